// The boxes of a list: all at once, and how many are ticked.

const form = document.querySelector("[data-ticks]");

if (form) {
  const all = form.querySelector(".ticks-all input");
  const words = form.querySelector("[data-ticked]");
  const boxes = () => [...form.querySelectorAll("td .tick")];

  const count = () => {
    const ticked = boxes().filter((box) => box.checked).length;
    all.checked = ticked > 0 && ticked === boxes().length;
    all.indeterminate = ticked > 0 && !all.checked;
    words.textContent = ticked ? `${ticked} ticked` : "";
  };

  all.closest("label").hidden = false;
  form.addEventListener("change", (event) => {
    if (event.target === all) for (const box of boxes()) box.checked = all.checked;
    count();
  });
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target.matches(".tick")) event.preventDefault(); // it would send the form
  });
  document.addEventListener("htmx:load", count);
  window.addEventListener("pageshow", count);
  count();
}
