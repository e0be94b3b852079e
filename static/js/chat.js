// A chat: what is new comes in its place and stays in sight for who reads at the end; the box counts and sends on Enter.

import { isInSight, place } from "./place.js";

const list = document.getElementById("messages");
const end = document.getElementById("end");
const said = document.getElementById("said");
const DATE = new Intl.DateTimeFormat("en-GB", { weekday: "long", day: "numeric", month: "long" });
const DATE_OF_YEAR = new Intl.DateTimeFormat("en-GB", { dateStyle: "full" });
const DAY = 86_400_000; // ms
const DAYS = ["Today", "Yesterday"];

let atEnd = location.hash === "#end";

// Days as the reader has them: the server knows its own only

function dayWords(when) {
  const past = Math.round((new Date().setHours(0, 0, 0, 0) - new Date(when).setHours(0, 0, 0, 0)) / DAY);
  return DAYS[past] ?? (when.getFullYear() === new Date().getFullYear() ? DATE : DATE_OF_YEAR).format(when);
}

function markDays() {
  for (const day of list.querySelectorAll(".chat-day")) day.remove();
  let last = "";
  for (const message of list.querySelectorAll(".chat-message")) {
    const words = dayWords(new Date(message.querySelector("time").dateTime));
    if (words !== last) {
      const day = document.createElement("li");
      day.className = "chat-day quiet small";
      day.textContent = words;
      message.before(day);
    }
    last = words;
  }
}

// What is new

function say(messages) {
  const theirs = messages.map((message) => message.dataset.said);
  if (theirs.length) said.textContent = `${theirs.length > 1 ? `${theirs.length} new. ` : ""}${theirs.at(-1)}`;
}

/** Why a message did not go out, of those that the list does not show so yet. */
function failureIn(rows) {
  const isNews = (row) => !list.querySelector(`#${row.id} .chat-failed`);
  const failed = rows.findLast((row) => row.querySelector(".chat-failed") && isNews(row));
  const words = failed?.querySelector(".chat-failed p").textContent.trim();
  return words?.replace(/\s+/g, " ").replace(/^not sent /, "Not sent: ");
}

/** The row after which the followed part begins: what stands before it is not among the fresh ones. */
function beforeFirst(first) {
  const known = first && list.querySelector(`#${first.id}`);
  return known?.previousElementSibling ?? null;
}

function take(news) {
  const box = news.querySelector("ol");
  if (!box) return;
  box.remove();
  for (const day of list.querySelectorAll(".chat-day")) day.remove();
  const rows = [...box.children];
  const failure = failureIn(rows);
  say(place(list, rows, beforeFirst(rows[0])));
  if (failure) said.textContent = failure;
  stay();
}

// Whoever reads at the end stays there, also while images come in and the box grows.

function stay() {
  if (atEnd) end.scrollIntoView({ block: "end" });
}

document.addEventListener("scroll", () => {
  atEnd = isInSight(end);
}, { passive: true });

new ResizeObserver(stay).observe(document.getElementById("main"));

document.addEventListener("htmx:beforeRequest", (event) => {
  if (document.hidden && event.target.id === "chat-news") event.preventDefault(); // nobody has seen it then
});

document.addEventListener("htmx:oobBeforeSwap", (event) => {
  const { target } = event.detail;
  if (target.id === "composer" && target.querySelector("textarea")?.value) event.detail.shouldSwap = false;
});

document.addEventListener("htmx:load", (event) => {
  if (event.target.id === "chat-news") take(event.target);
  if (event.target.id === "composer") prepare(event.target);
  if (list.contains(event.target)) markDays();
});

// The box

function count(text) {
  const hint = text.form.querySelector("[data-count]");
  const limit = Number(text.dataset.limit);
  const length = [...text.value].length; // code points, as the server counts
  const over = length - limit;
  hint.textContent = over > 0
    ? `${over.toLocaleString("en")} character${over === 1 ? "" : "s"} too many.`
    : `${length.toLocaleString("en")} of ${limit.toLocaleString("en")} characters.`;
  hint.classList.toggle("composer-too-long", over > 0);
}

function prepare(composer) {
  const text = composer.querySelector("textarea");
  if (!text) return;
  text.addEventListener("input", () => count(text));
  text.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    if (text.value.trim()) text.form.requestSubmit();
  });
  text.form.querySelector("[data-keys]").hidden = false;
  count(text);
}

markDays();
prepare(document.getElementById("composer"));
