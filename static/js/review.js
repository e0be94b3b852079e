// How much of a document is chosen to be spoken.

import { speech } from "./speech.js";

const form = document.querySelector("[data-review]");

if (form) {
  const words = form.querySelector("[data-chosen]");
  const boxes = [...form.querySelectorAll("td .tick")];

  const count = () => {
    const chosen = boxes.filter((box) => box.checked);
    const characters = chosen.reduce((sum, box) => sum + Number(box.dataset.characters), 0);
    const length = characters ? `, ${speech(characters, Number(form.elements.speed.value) || 1)}` : "";
    words.textContent = `${chosen.length} of ${boxes.length} chapters, ${characters.toLocaleString("en")} characters${length}`;
  };

  form.addEventListener("change", count);
  window.addEventListener("pageshow", count);
  count();
}
