// The theme switch: changes the colours at once, without the reload that would lose a half-written text.

async function keep(form, button) {
  const body = new FormData(form, button);
  const reply = await fetch(form.action, { method: "POST", body, redirect: "manual", keepalive: true });
  if (reply.type !== "opaqueredirect" && !reply.ok) throw new Error("The choice was not kept.");
}

function show(theme) {
  document.documentElement.dataset.theme = theme;
  for (const button of document.querySelectorAll("[data-theme-form] [name=theme]")) {
    button.setAttribute("aria-pressed", String(button.value === theme));
  }
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("[data-theme-form]") || !event.submitter) return;
  event.preventDefault();
  const before = document.documentElement.dataset.theme;
  show(event.submitter.value);
  keep(form, event.submitter).catch(() => show(before));
});
