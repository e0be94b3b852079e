// The page on which a voice is cloned: records into the file field, plays it back, and shows the progress of the upload.

import { takeDrops } from "./drop.js";

const BARS = 120;
const QUIETEST = -60; // dB, the left end of the level
const PREVIEWED = 20 * 1024 * 1024; // bytes whose waveform is drawn before they are sent
const KINDS = ["audio/webm;codecs=opus", "audio/mp4", "audio/ogg;codecs=opus"];
const PROBLEMS = {
  NotAllowedError: "The browser may not use the microphone. Allow it beside the address, then try again.",
  NotFoundError: "There is no microphone. Plug one in, or upload a file.",
  NotReadableError: "Another program uses the microphone. Close it, then try again.",
};
const INSECURE = "Recording needs an address with https, or this machine's own. Upload a file instead.";
const UNABLE = "This browser can't record. Upload a file instead.";

const form = document.querySelector("[data-reference]");
const part = (name) => form.querySelector(`[data-${name}]`);

function clock(seconds) {
  return `${Math.floor(seconds / 60)}:${String(Math.floor(seconds) % 60).padStart(2, "0")}`;
}

/** The loudest of each of 120 parts, 0 to 100, and the length in seconds; neither where the browser can't decode it. */
async function look(file) {
  if (file.size > PREVIEWED) return { peaks: "", duration: "" };
  const context = new AudioContext();
  try {
    const sound = await context.decodeAudioData(await file.arrayBuffer());
    const samples = sound.getChannelData(0);
    const tops = Array.from({ length: BARS }, (_, bar) => {
      const end = Math.floor(((bar + 1) * samples.length) / BARS);
      let top = 0;
      for (let at = Math.floor((bar * samples.length) / BARS); at < end; at += 1) top = Math.max(top, Math.abs(samples[at]));
      return top;
    });
    const loudest = Math.max(...tops) || 1;
    return { peaks: tops.map((top) => Math.round((100 * top) / loudest)).join(","), duration: sound.duration };
  } catch {
    return { peaks: "", duration: "" };
  } finally {
    context.close();
  }
}

let shown = 0; // the file whose player is wanted: decoding takes a while
let address = "";

async function preview(file) {
  const number = (shown += 1);
  const place = part("heard");
  place.hidden = true;
  place.replaceChildren();
  URL.revokeObjectURL(address);
  if (!file || !document.createElement("audio").canPlayType(file.type)) return;
  const seen = await look(file);
  if (number !== shown) return;
  address = URL.createObjectURL(file);
  const player = document.createElement("echo-player");
  Object.assign(player.dataset, { label: "your recording", ...seen });
  const audio = document.createElement("audio");
  audio.controls = true;
  audio.src = address;
  player.append(audio);
  place.append(player);
  place.hidden = false;
}

class Recording {
  /** One take: from the microphone into the file field. */
  constructor(stream, ended) {
    this.stream = stream;
    this.ended = ended;
    this.parts = [];
    const mimeType = KINDS.find((kind) => MediaRecorder.isTypeSupported(kind));
    this.recorder = new MediaRecorder(stream, { mimeType, audioBitsPerSecond: 128_000 });
    this.recorder.addEventListener("dataavailable", (event) => this.parts.push(event.data));
    this.recorder.addEventListener("stop", () => this.finish());
    stream.getAudioTracks()[0].addEventListener("ended", () => this.stop());
    this.listen();
    this.recorder.start();
    this.began = performance.now();
    this.timer = setInterval(() => this.tick(), 200);
    this.draw();
  }

  listen() {
    this.context = new AudioContext();
    this.analyser = this.context.createAnalyser();
    this.context.createMediaStreamSource(this.stream).connect(this.analyser);
    this.samples = new Float32Array(this.analyser.fftSize);
  }

  tick() {
    const seconds = (performance.now() - this.began) / 1000;
    part("time").textContent = clock(seconds);
    if (seconds >= Number(part("record").dataset.longest)) this.stop();
  }

  draw() {
    if (this.recorder.state === "inactive") return;
    this.analyser.getFloatTimeDomainData(this.samples);
    const top = this.samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 1e-6);
    part("level").value = Math.max(0, 1 - (20 * Math.log10(top)) / QUIETEST);
    this.frame = requestAnimationFrame(() => this.draw());
  }

  stop() {
    if (this.recorder.state !== "inactive") this.recorder.stop();
  }

  finish() {
    clearInterval(this.timer);
    cancelAnimationFrame(this.frame);
    this.context.close();
    for (const track of this.stream.getTracks()) track.stop();
    const type = this.recorder.mimeType;
    const extension = type.includes("mp4") ? "m4a" : type.includes("ogg") ? "ogg" : "webm";
    const day = new Date().toISOString().slice(0, 16).replace("T", " ").replace(":", ".");
    this.ended(new File(this.parts, `Recording ${day}.${extension}`, { type }));
  }
}

let take = null;

function turn(isOn) {
  part("start").hidden = isOn;
  part("stop").hidden = !isOn;
  part("time").hidden = false;
  part("level").hidden = !isOn;
  part("time").classList.toggle("record-on", isOn);
  form.querySelector(".button-main").disabled = isOn;
  (isOn ? part("stop") : part("start")).focus();
  part("said").textContent = isOn ? "Recording" : "Recorded. Listen to it below, then send it.";
}

function use(file) {
  take = null;
  turn(false);
  part("start").textContent = "Record again";
  const files = new DataTransfer();
  files.items.add(file);
  form.elements.audio.files = files.files;
  preview(file);
}

async function start() {
  part("problem").textContent = "";
  part("start").disabled = true;
  try {
    const audio = { echoCancellation: false, noiseSuppression: false };
    const stream = await navigator.mediaDevices.getUserMedia({ audio });
    preview(null);
    take = new Recording(stream, use);
    turn(true);
  } catch (error) {
    part("problem").textContent = PROBLEMS[error.name] ?? `The microphone can't be used (${error.name}). Upload a file instead.`;
  } finally {
    part("start").disabled = false;
  }
}

function offerRecording() {
  part("record").hidden = false;
  const able = window.isSecureContext && navigator.mediaDevices && window.MediaRecorder;
  part("start").hidden = !able;
  if (!able) part("problem").textContent = window.isSecureContext ? UNABLE : INSECURE;
  part("start").addEventListener("click", start);
  part("stop").addEventListener("click", () => take?.stop());
}

function complain(sentence) {
  const list = document.createElement("ul");
  const item = document.createElement("li");
  list.className = "notice notice-bad reference-problems";
  item.textContent = sentence;
  list.append(item);
  form.querySelector("#problems").replaceChildren(list);
}

function refusal(request) {
  const page = new DOMParser().parseFromString(request.responseText, "text/html");
  return page.querySelector("main p")?.textContent ?? `The upload failed (${request.status}). Try again.`;
}

function going(words) {
  part("going").textContent = words;
  part("said").textContent = words;
}

function watchUpload() {
  const bar = part("progress").querySelector("progress");
  form.addEventListener("htmx:beforeRequest", (event) => {
    const file = form.elements.audio?.files[0];
    if (file?.size > Number(form.dataset.maxBytes)) {
      event.preventDefault();
      complain("This recording is too large. Send a part of it.");
      return;
    }
    part("progress").hidden = false;
    going(file ? "Uploading" : "Fish Audio gets the recording");
  });
  form.addEventListener("htmx:xhr:progress", ({ detail }) => {
    if (!detail.lengthComputable) return;
    bar.value = detail.loaded / detail.total;
    if (detail.loaded < detail.total) return;
    bar.removeAttribute("value");
    going("Listening to it, then Fish Audio gets it");
  });
  form.addEventListener("htmx:afterRequest", () => {
    part("progress").hidden = true;
    part("said").textContent = "";
  });
  form.addEventListener("htmx:responseError", ({ detail }) => complain(refusal(detail.xhr)));
  form.addEventListener("htmx:sendError", () => complain("The connection broke. Try again."));
}

function watchField() {
  const field = form.elements.audio;
  takeDrops(part("place"), (files) => {
    field.files = files;
    preview(files[0]);
  });
  field.addEventListener("change", () => preview(field.files[0]));
}

watchUpload();
if (part("record")) {
  offerRecording();
  watchField();
}
