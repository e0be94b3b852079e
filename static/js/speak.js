// The form on Speak: counts what is typed, sends on Ctrl or Cmd + Enter, sends once.

import { speech } from "./speech.js";

const form = document.querySelector("[data-speak]");

function sayCount(hint, text, speed, limit) {
  const count = [...text.value].length; // code points, as the server counts
  const over = count - limit;
  const figures = document.createElement("span");
  figures.textContent = over > 0
    ? `${over.toLocaleString("en")} character${over === 1 ? "" : "s"} too many`
    : `${count.toLocaleString("en")} of ${limit.toLocaleString("en")} characters`;
  figures.classList.toggle("speak-too-long", over > 0);
  hint.replaceChildren(figures);
  if (count && over <= 0) hint.append(` · ${speech(count, Number(speed?.value) || 1)}`);
}

function sendOnce(form, button) {
  form.addEventListener("submit", (event) => {
    if (button.getAttribute("aria-busy") === "true") event.preventDefault();
    button.setAttribute("aria-busy", "true");
  });
  window.addEventListener("pageshow", () => button.removeAttribute("aria-busy"));
}

if (form) {
  const { text, speed } = form.elements;
  const update = () => sayCount(form.querySelector("[data-count]"), text, speed, Number(form.dataset.limit));
  text.removeAttribute("maxlength"); // Say how much is too much instead of cutting a pasted text.
  text.addEventListener("input", update);
  speed?.addEventListener("change", update);
  window.addEventListener("pageshow", update);
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
  });
  sendOnce(form, form.querySelector(".button-main"));
  update();
}
