// The inbox: chats move up as messages come in, and go when they do not fit the filter any more.

import { showCount } from "./counts.js";
import { place } from "./place.js";

/** Chats that would stand among the first ones, and are not among them, do not fit any more. */
function dropOthers(list, fresh, hasMore) {
  const ids = new Set(fresh.map((row) => row.id));
  const oldest = hasMore ? Number(fresh.at(-1).dataset.at) : 0;
  for (const row of list.querySelectorAll("[data-at]")) {
    if (!ids.has(row.id) && Number(row.dataset.at) > oldest) row.remove();
  }
}

function say(rows) {
  const unread = rows.filter((row) => row.matches(".chat-unread"));
  if (!unread.length) return;
  const said = document.getElementById("said");
  said.textContent = unread.map((row) => row.querySelector(".chat-last").textContent.trim().replace(/\s+/g, " ")).join(". ");
}

function take(news) {
  const list = document.getElementById("chats");
  const box = news.querySelector("ol");
  if (!list) return box.firstElementChild ? location.reload() : undefined; // the first chat of all
  const rows = [...box.children];
  const changed = rows.filter((row) => list.querySelector(`#${row.id}`)?.dataset.mark !== row.dataset.mark);
  const hasMore = "more" in box.dataset;
  place(list, rows);
  box.remove();
  dropOthers(list, rows, hasMore);
  showCount("inbox", Number(news.dataset.unread));
  return say(changed);
}

document.addEventListener("htmx:load", (event) => {
  if (event.target.id === "inbox-news" && "unread" in event.target.dataset) take(event.target);
});

document.addEventListener("htmx:beforeRequest", (event) => {
  if (document.hidden && event.target.id === "inbox-news") event.preventDefault();
});
