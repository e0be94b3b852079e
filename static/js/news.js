// News of the desk on every page: counts in the navigation, one toast, and a way to what a list does not show yet.

import { showCount } from "./counts.js";

const PAUSE = 1_500; // ms between two looks
const PAUSE_AWAY = 10_000; // after one that failed
const SHOWN = 20_000; // ms that a toast stays while nobody is at it
const LINES = 3; // more are told in one
const KEPT = 4_000; // ids of what was told, so that nothing is told twice

const place = document.querySelector("[data-news]");
const toast = place?.querySelector(".toast");
const lines = toast?.querySelector(".toast-lines");
const said = place?.querySelector("[data-news-said]");
const fresh = document.querySelector("[data-new-rows]");

const told = new Set();
let state = place?.dataset.state;
let waiting = []; // what the toast tells
let missing = { lead: 0, status: 0 }; // in the list of this page
let timer = 0;
let closing = 0;
let came = null; // where the focus was before it went into the toast

// Words

function several(number, one, many) {
  return number ? [`${number} ${number === 1 ? one : many}`] : [];
}

function counted(lead, status) {
  const leads = several(lead, "new lead", "new leads");
  return [...leads, ...several(status, "change of status", "changes of status")].join(" and ");
}

function numberOf(kind, news) {
  return news.filter((each) => each.kind === kind).length;
}

// The toast

function line(words, address) {
  const item = document.createElement("li");
  item.append(Object.assign(document.createElement("a"), { textContent: words, href: address }));
  return item;
}

/** Few are told one by one, each with its lead; many together, with all leads. */
function linesOf() {
  if (waiting.length <= LINES && waiting.every((each) => each.words)) return waiting.map((each) => line(each.words, each.address));
  const leads = document.querySelector('.navigation-item[data-item="leads"]').href;
  return [line(counted(numberOf("lead", waiting), numberOf("status", waiting)), leads)];
}

function keepOpen() {
  clearTimeout(closing);
  closing = setTimeout(() => (toast.matches(":hover, :focus-within") || document.hidden ? keepOpen() : close()), SHOWN);
}

function show() {
  const fresh = linesOf();
  if (!toast.contains(document.activeElement)) lines.replaceChildren(...fresh);
  toast.hidden = false;
  said.textContent = fresh.map((each) => each.textContent).join(". ");
  keepOpen();
}

function close() {
  const held = toast.contains(document.activeElement);
  toast.hidden = true;
  said.textContent = "";
  waiting = [];
  lines.replaceChildren();
  if (held) (came?.isConnected ? came : document.getElementById("main")).focus({ preventScroll: true });
}

// The list of this page

function tellList(news) {
  missing.lead += numberOf("lead", news);
  missing.status += numberOf("status", news);
  const link = fresh.firstElementChild;
  const isFiltered = new URLSearchParams(location.search).size > 0;
  link.textContent = `${counted(missing.lead, missing.status)} · ${isFiltered ? "show all leads" : "show"}`;
  if (isFiltered) link.href = location.pathname;
  fresh.hidden = false;
}

// Looking

function take(answer) {
  state = answer.state;
  for (const [name, number] of Object.entries(answer.counts)) showCount(name, number);
  const news = answer.news.filter((each) => !told.has(each.id));
  if (!news.length) return;
  for (const each of news) told.add(each.id);
  if (told.size > KEPT) for (const id of [...told].slice(0, KEPT / 2)) told.delete(id);
  waiting = [...news, ...waiting];
  if (fresh) tellList(news);
  show();
  document.body.dispatchEvent(new Event("desk:news"));
}

function wait(pause) {
  clearTimeout(timer);
  timer = document.hidden ? 0 : setTimeout(look, pause);
}

async function look() {
  const address = `${place.dataset.news}?state=${encodeURIComponent(state)}`;
  const answer = await fetch(address, { headers: { Accept: "application/json" } }).catch(() => null);
  if (answer?.redirected) return; // signed out in another window
  if (!answer?.ok) return wait(PAUSE_AWAY);
  const found = answer.status === 200 && (await answer.json().catch(() => null)); // cut off in the middle: asked again
  if (found) take(found);
  wait(Number(answer.headers.get("Retry-After")) * 1000 || PAUSE);
}

if (place) {
  toast.querySelector(".toast-close").addEventListener("click", close);
  toast.addEventListener("focusin", (event) => {
    if (!toast.contains(event.relatedTarget)) came = event.relatedTarget;
  });
  toast.addEventListener("keydown", (event) => event.key === "Escape" && close());
  document.addEventListener("visibilitychange", () => wait(0));
  wait(PAUSE);
}
