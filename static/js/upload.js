// Uploads one file after the other through the API, with the progress of each; without this script the form posts itself.

import { takeDrops } from "./drop.js";

const form = document.querySelector("[data-upload]");
const waiting = [];
let busy = false;

function line(list, file) {
  const item = document.createElement("li");
  const name = document.createElement("span");
  const bar = document.createElement("progress");
  const said = document.createElement("span");
  name.dir = "auto";
  name.textContent = file.name;
  bar.max = 1;
  bar.value = 0;
  bar.setAttribute("aria-label", `Upload of ${file.name}`);
  said.className = "small quiet";
  said.textContent = "waiting";
  item.append(name, bar, said);
  list.append(item);
  list.hidden = false;
  return { item, bar, said };
}

function end(shown, words, isBad) {
  shown.bar.remove();
  shown.said.textContent = words;
  shown.said.classList.toggle("upload-bad", isBad);
  shown.said.classList.toggle("quiet", !isBad);
  form.querySelector("[data-said]").textContent = `${shown.item.firstChild.textContent}: ${words}`;
}

function sentence(request) {
  try {
    return JSON.parse(request.responseText).detail;
  } catch {
    return request.status ? `The upload failed (${request.status}). Try again.` : "The connection broke. Try again.";
  }
}

function send({ file, isEncrypted, shown }) {
  const data = new FormData();
  data.append("encrypted", String(isEncrypted));
  data.append("file", file, file.name);
  const request = new XMLHttpRequest();
  request.open("POST", form.dataset.upload);
  request.setRequestHeader("X-CSRFToken", form.elements.csrfmiddlewaretoken.value);
  request.upload.addEventListener("progress", (event) => {
    if (event.lengthComputable) shown.bar.value = event.loaded / event.total;
    shown.said.textContent = `${Math.floor(shown.bar.value * 100)} %`;
  });
  request.upload.addEventListener("load", () => {
    shown.bar.removeAttribute("value");
    shown.said.textContent = "checking";
  });
  return new Promise((done) => {
    request.addEventListener("loadend", () => {
      const isBad = request.status !== 200;
      end(shown, isBad ? sentence(request) : "uploaded", isBad);
      done();
    });
    request.send(data);
  });
}

async function work() {
  if (busy) return;
  busy = true;
  while (waiting.length) await send(waiting.shift());
  busy = false;
  await window.htmx.ajax("GET", form.dataset.list, { target: "#kept", swap: "outerHTML" });
}

function take(files) {
  const list = form.querySelector("[data-uploads]");
  if (!busy) list.replaceChildren();
  for (const file of files) {
    const shown = line(list, file);
    if (file.size > Number(form.dataset.maxBytes)) end(shown, "This file is too large. Cut it into parts.", true);
    else waiting.push({ file, shown, isEncrypted: form.elements.encrypted.checked });
  }
  form.elements.file.value = "";
  if (waiting.length) work();
}

if (form) {
  form.querySelector("[data-drop]").hidden = false;
  takeDrops(form.querySelector("[data-place]"), take);
  form.addEventListener("submit", (event) => {
    if (!form.elements.file.files.length) return; // The server says what is missing.
    event.preventDefault();
    take([...form.elements.file.files]);
  });
  window.addEventListener("beforeunload", (event) => {
    if (busy) event.preventDefault();
  });
}
