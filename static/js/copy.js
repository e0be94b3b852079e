// <button data-copy="#id" hidden>: copies what the element says, a field's value or a text, and says that it did.

const SHOWN_MS = 2_000;

function select(source) {
  if ("select" in source) source.select();
  else getSelection().selectAllChildren(source);
}

/** Browsers lend the clipboard only to https and localhost; elsewhere they still copy what is selected. */
async function copy(source) {
  try {
    await navigator.clipboard.writeText("value" in source ? source.value : source.textContent);
    return true;
  } catch {
    select(source);
    return document.execCommand("copy");
  }
}

function prepare(button) {
  const source = document.querySelector(button.dataset.copy);
  const words = button.textContent;
  const said = document.createElement("span");
  said.className = "visually-hidden";
  said.setAttribute("role", "status");
  button.after(said);
  button.hidden = false;
  let back;
  button.addEventListener("click", async () => {
    const answer = (await copy(source)) ? "Copied" : "Press Ctrl + C";
    button.textContent = said.textContent = answer;
    clearTimeout(back);
    back = setTimeout(() => {
      button.textContent = words;
      said.textContent = "";
    }, SHOWN_MS);
    button.focus();
  });
}

for (const button of document.querySelectorAll("[data-copy]")) prepare(button);
