// A document that is dropped on its place is sent at once; without this script the form takes a chosen one.

import { takeDrops } from "./drop.js";

const form = document.querySelector("[data-document]");

if (form) {
  const said = form.querySelector("[data-said]");
  const button = form.querySelector("button");

  const send = (files) => {
    form.elements.file.files = files;
    form.requestSubmit();
  };

  form.querySelector("[data-drop]").hidden = false;
  takeDrops(form.querySelector("[data-place]"), (files) => {
    if (files.length === 1) send(files);
    else said.textContent = "Drop one document at a time: each becomes an audiobook of its own.";
  });
  form.addEventListener("submit", (event) => {
    const file = form.elements.file.files[0];
    if (file?.size > Number(form.dataset.maxBytes)) {
      event.preventDefault();
      said.textContent = "This document is too large. Cut it into parts.";
    } else if (file) {
      button.setAttribute("aria-busy", "true");
      said.textContent = `Sending ${file.name}…`;
    }
  });
  window.addEventListener("pageshow", () => button.removeAttribute("aria-busy"));
}
