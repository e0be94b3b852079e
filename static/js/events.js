// How far a job is, told by the server as it happens. Where that fails, the page goes on asking now and then.

const TRIES = 3; // connections in a row that told nothing
const FRESH = 10_000; // ms after which the page asks although events come

const without = new Set(); // addresses that give no events: the page asks instead

let source = null;
let address = "";
let failures = 0;
let heard = 0;
let asking = false;

function section() {
  return document.querySelector("[data-events]");
}

function close() {
  source?.close();
  source = null;
  address = "";
}

/** Let the page ask for the part that moves. */
function look() {
  const element = section();
  if (!element) return;
  asking = true;
  window.htmx.trigger(element, "look");
  asking = false;
}

function show(element, { status, progress }) {
  const bar = element.querySelector("progress");
  const words = `${element.dataset.say} · ${progress} %`;
  element.dataset.progress = progress;
  bar.value = progress;
  bar.textContent = `${progress} %`;
  if (status === "processing") element.querySelector(".state").textContent = words;
  element.dispatchEvent(new Event("job:moved", { bubbles: true }));
}

function move(event) {
  const element = section();
  failures = 0;
  heard = performance.now();
  const job = JSON.parse(event.data);
  if (element?.dataset.job !== job._id) return;
  if (element.dataset.status === job.status) show(element, job);
  else look(); // other words belong there, and they are the server's
}

function end() {
  close();
  look();
}

/** The browser connects again by itself, unless it was refused; not for ever. */
function fail() {
  failures += 1;
  if (source.readyState !== EventSource.CLOSED && failures < TRIES) return;
  without.add(address);
  end();
}

function open(wanted) {
  address = wanted;
  failures = 0;
  source = new EventSource(wanted);
  source.addEventListener("progress", move);
  source.addEventListener("completed", end);
  source.addEventListener("failed", end);
  source.addEventListener("error", fail);
}

/** Events for the job that the page shows; none while nobody sees it, for a browser has few connections. */
function follow() {
  const now = section()?.dataset.events ?? "";
  const wanted = document.hidden || without.has(now) ? "" : now;
  if (wanted === address) return;
  close();
  if (wanted) open(wanted);
}

document.addEventListener("htmx:beforeRequest", (event) => {
  const isFresh = source && performance.now() - heard < FRESH;
  if (isFresh && !asking && event.target === section()) event.preventDefault();
});
document.addEventListener("htmx:load", follow);
document.addEventListener("visibilitychange", follow);
document.addEventListener("job:look", look);
follow();
