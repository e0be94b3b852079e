// The page on which a voice is cloned: records into the file field, plays it back, and shows the progress of the upload.

import { takeDrops } from "./drop.js";
import { preview } from "./preview.js";
import { Recording } from "./recording.js";

const PROBLEMS = {
  NotAllowedError: "The browser may not use the microphone. Allow it beside the address, then try again.",
  NotFoundError: "There is no microphone. Plug one in, or upload a file.",
  NotReadableError: "Another program uses the microphone. Close it, then try again.",
};
const INSECURE = "Recording needs an address with https, or this machine's own. Upload a file instead.";
const UNABLE = "This browser can't record. Upload a file instead.";
const NOTHING = "Nothing was recorded. Check the microphone, then try again.";

const form = document.querySelector("[data-reference]");
const part = (name) => form.querySelector(`[data-${name}]`);

let take = null; // while it records
let isUnsent = false; // a take that exists nowhere else
let isSending = false;

function clock(seconds) {
  return `${Math.floor(seconds / 60)}:${String(Math.floor(seconds) % 60).padStart(2, "0")}`;
}

function hold(file) {
  const files = new DataTransfer();
  files.items.add(file);
  form.elements.audio.files = files.files;
}

// Recording

function turn(isOn) {
  for (const name of ["stop", "time", "level"]) part(name).hidden = !isOn;
  part("start").hidden = isOn;
  form.querySelector(".button-main").disabled = isOn;
  (isOn ? part("stop") : part("start")).focus();
  part("said").textContent = isOn ? "Recording" : "";
}

function end(file, isFull) {
  take = null;
  turn(false);
  isUnsent = Boolean(file);
  if (!file) {
    part("problem").textContent = NOTHING;
    return;
  }
  hold(file);
  preview(part("heard"), file);
  part("start").textContent = "Record again";
  part("said").textContent = "Recorded. Listen to it below, then send it.";
  const minutes = Number(part("record").dataset.longest) / 60;
  if (isFull) part("problem").textContent = `It stopped by itself: a recording has at most ${minutes} minutes.`;
}

async function start() {
  part("problem").textContent = "";
  part("start").disabled = true;
  try {
    take = await Recording.begin(Number(part("record").dataset.longest), {
      time: (seconds) => (part("time").textContent = clock(seconds)),
      level: (level) => (part("level").value = level),
      end,
    });
    part("time").textContent = clock(0);
    preview(part("heard"), null);
    turn(true);
  } catch (error) {
    part("problem").textContent = PROBLEMS[error.name] ?? `The microphone can't be used (${error.name}). Upload a file instead.`;
  } finally {
    part("start").disabled = false;
  }
}

function offerRecording() {
  part("record").hidden = false;
  const able = window.isSecureContext && navigator.mediaDevices && window.MediaRecorder && window.AudioContext;
  part("start").hidden = !able;
  if (!able) part("problem").textContent = window.isSecureContext ? UNABLE : INSECURE;
  part("start").addEventListener("click", start);
  part("stop").addEventListener("click", () => take?.stop());
  window.addEventListener("pagehide", () => take?.stop());
}

function choose(file) {
  isUnsent = false;
  part("start").textContent = "Record";
  preview(part("heard"), file);
}

function watchField() {
  const field = form.elements.audio;
  takeDrops(part("place"), (files) => {
    if (take) return;
    hold(files[0]);
    choose(files[0]);
  });
  field.addEventListener("change", () => choose(field.files[0]));
}

// Sending

function complain(sentence) {
  const list = document.createElement("ul");
  const item = document.createElement("li");
  list.className = "notice notice-bad reference-problems";
  item.textContent = sentence;
  list.append(item);
  form.querySelector("#problems").replaceChildren(list);
  showProblems();
}

/** They stand above the form, its button below: without this nobody on a small screen would see them. */
function showProblems() {
  const problems = form.querySelector("#problems");
  if (!problems.querySelector("li")) return;
  for (const link of problems.querySelectorAll("a")) form.querySelector(link.hash)?.setAttribute("aria-invalid", "true");
  problems.focus();
}

function clearProblems() {
  form.querySelector("#problems").replaceChildren();
  for (const field of form.querySelectorAll("[aria-invalid]")) field.removeAttribute("aria-invalid");
}

function refusal(request) {
  const page = new DOMParser().parseFromString(request.responseText, "text/html");
  return page.querySelector("main p")?.textContent ?? `The upload failed (${request.status}). Try again.`;
}

function going(words) {
  part("going").textContent = words;
  part("said").textContent = words;
}

/** A take goes under the name of the voice: wherever it is kept it is found by that. */
function nameTake({ detail }) {
  const file = form.elements.audio?.files[0];
  const name = form.elements.name?.value.replace(/[/\\]/g, " ").trim();
  if (isUnsent && file && name) detail.formData.set("audio", file, name + file.name.replace(/^.*(?=\.)|^.*$/, ""));
}

function begin(event) {
  const file = form.elements.audio?.files[0];
  clearProblems();
  if (file?.size > Number(form.dataset.maxBytes)) {
    event.preventDefault();
    complain("This recording is too large. Send a part of it.");
    return;
  }
  isSending = true;
  part("progress").hidden = false;
  part("progress").querySelector("progress").value = 0;
  going(file ? "Uploading" : part("going").dataset.then);
}

function progress({ detail }) {
  const bar = part("progress").querySelector("progress");
  if (!detail.lengthComputable) return;
  bar.value = detail.loaded / detail.total;
  if (detail.loaded < detail.total) return;
  bar.removeAttribute("value");
  going(part("going").dataset.then);
}

function watchUpload() {
  form.addEventListener("htmx:configRequest", nameTake);
  form.addEventListener("htmx:beforeRequest", begin);
  form.addEventListener("htmx:xhr:progress", progress);
  form.addEventListener("htmx:beforeOnLoad", ({ detail }) => {
    isSending = false;
    const way = detail.xhr.getResponseHeader("HX-Redirect");
    if (way && !way.startsWith("/login")) isUnsent = false; // signed out meanwhile: the take is still nowhere else
  });
  form.addEventListener("htmx:afterRequest", () => {
    isSending = false;
    part("progress").hidden = true;
    part("said").textContent = "";
  });
  form.addEventListener("htmx:load", showProblems);
  form.addEventListener("htmx:responseError", ({ detail }) => complain(refusal(detail.xhr)));
  form.addEventListener("htmx:sendError", () => complain("The connection broke. Try again."));
  form.addEventListener("submit", () => {
    if (!window.htmx) isUnsent = false; // The browser sends it itself.
  });
  window.addEventListener("beforeunload", (event) => {
    if (take || isUnsent || isSending) event.preventDefault();
  });
}

watchUpload();
if (part("record")) {
  offerRecording();
  watchField();
}
