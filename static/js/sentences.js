// The sentences of a job: the one that is heard is marked and kept in sight, the one that is chosen is played.

const LATE = 0.02; // seconds: a player that goes to a place may say that it is a little before it
const SOON = 0.4; // seconds: what comes before the player tells its place the next time
const ABOVE = 0.25; // of the list, over a sentence that is brought into sight

let list = null; // { box, links, starts, at: which is marked, or -1, stop: which one Tab comes to }
let timer = 0;

function player() {
  const found = document.querySelector("#status echo-player");
  return found?.button ? found : null; // without a button this browser can't play it
}

/** The list that the page has now. One of its links is reached by Tab, the others by arrows from there. */
function take() {
  const box = document.getElementById("sentences");
  if (list?.box === box) return;
  list = null;
  if (!box || !player()) return;
  const links = [...box.querySelectorAll("a")];
  const starts = links.map((link) => Number(link.hash.slice("#t=".length)));
  for (const link of links) link.tabIndex = -1;
  links[0].tabIndex = 0;
  list = { box, links, starts, at: -1, stop: 0 };
}

/** The last sentence that starts before this second. */
function indexAt(seconds) {
  let low = 0;
  let high = list.starts.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (list.starts[middle] <= seconds) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

function stopAt(index) {
  list.links[list.stop].tabIndex = -1;
  list.links[index].tabIndex = 0;
  list.stop = index;
}

function isInSight(link) {
  const view = list.box.getBoundingClientRect();
  const row = link.getBoundingClientRect();
  return row.bottom > view.top && row.top < view.bottom;
}

/** Within the list alone: the page stays where it is. At once, so that nothing is on its way when the next one comes. */
function bring(link) {
  const view = list.box.getBoundingClientRect();
  const row = link.getBoundingClientRect();
  if (row.top >= view.top && row.bottom <= view.bottom) return;
  list.box.scrollTop += row.top - view.top - view.height * ABOVE;
}

/** Whoever has scrolled to another place stays there, until they come back to what is heard. */
function mark(index) {
  const before = list.links[list.at];
  const now = list.links[index];
  const isFollowed = !before || isInSight(before);
  before?.removeAttribute("aria-current");
  list.at = index;
  if (!now) return;
  now.setAttribute("aria-current", "true");
  if (!list.box.contains(document.activeElement)) stopAt(index);
  if (isFollowed) bring(now);
}

function look() {
  clearTimeout(timer);
  const audio = player()?.audio;
  if (!list || !audio) return;
  const index = audio.ended ? -1 : indexAt(audio.currentTime + LATE);
  if (index !== list.at) mark(index);
  const left = (list.starts[index + 1] - audio.currentTime) / audio.playbackRate;
  if (!audio.paused && left < SOON) timer = setTimeout(look, Math.max(left, LATE) * 1000);
}

function press(event) {
  const to = { ArrowDown: list.stop + 1, ArrowUp: list.stop - 1, Home: 0, End: list.links.length - 1 }[event.key];
  if (to === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  if (!list.links[to]) return;
  stopAt(to);
  list.links[to].focus();
}

for (const name of ["play", "pause", "timeupdate", "seeked", "ended"]) {
  document.addEventListener(name, (event) => event.target === player()?.audio && look(), true); // they don't bubble
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("#sentences a");
  if (!link || !list || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  const index = list.links.indexOf(link);
  stopAt(index);
  player().playFrom(list.starts[index]);
});

document.addEventListener("keydown", (event) => {
  if (list && event.target.closest("#sentences")) press(event);
});

document.addEventListener("htmx:load", take);
take();
