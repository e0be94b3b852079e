// The board: cards are dragged from column to column, and what others move comes in by itself.

import { place } from "./place.js";

const board = document.getElementById("board");
const notice = document.getElementById("board-notice");
const NEWS = "board-news";
const OVER = "board-over";

let dragged = null;

// What is new

function takeColumn(fresh) {
  const column = board.querySelector(`[data-column=${fresh.dataset.column}]`);
  const list = column.querySelector("ol");
  const cards = [...fresh.querySelector("ol").children];
  const ids = new Set(cards.map((card) => card.id));
  for (const card of [...list.children]) if (!ids.has(card.id)) card.remove();
  place(list, cards);
  const counts = fresh.querySelectorAll("[data-count]");
  column.querySelectorAll("[data-count]").forEach((count, index) => {
    count.textContent = counts[index].textContent;
  });
  column.querySelector(".board-more").hidden = fresh.querySelector(".board-more").hidden;
}

/** Whoever had the focus in a card finds it on the same card, wherever that is now. */
function returnFocus(id) {
  if (!id || document.activeElement !== document.body) return;
  (document.querySelector(`#${id} summary`) ?? notice).focus({ preventScroll: true });
}

function take(news) {
  const fresh = news.querySelector("[data-board]");
  if (!fresh) return undefined;
  if (!board) return fresh.querySelector("li") ? location.reload() : news.replaceChildren(); // the first lead of all
  makeDraggable(fresh);
  const held = document.activeElement.closest(".board-card")?.id;
  for (const column of fresh.children) takeColumn(column);
  const words = news.querySelector("[data-notice]");
  if (words || news.dataset.say) notice.replaceChildren(...(words ? [words] : []));
  news.replaceChildren();
  return returnFocus(held);
}

/** A refusal brings the board as it is now, too. */
function isNews(event) {
  return event.detail.target.id === NEWS && event.detail.serverResponse.includes(`id="${NEWS}"`);
}

document.addEventListener("htmx:beforeSwap", (event) => {
  if (!isNews(event)) return;
  event.detail.shouldSwap = true;
  event.detail.isError = false;
});

document.addEventListener("htmx:load", (event) => {
  if (event.target.id === NEWS) take(event.target);
});

document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.target.id === NEWS && (document.hidden || dragged)) event.preventDefault();
});

// A move that failed on its way says so beside its buttons, which a drag has not opened.
for (const name of ["htmx:responseError", "htmx:sendError"]) {
  document.addEventListener(name, (event) => {
    const move = event.detail.elt.closest(".board-move");
    if (move) move.open = true;
  });
}

// Moving by mouse; by keyboard and by ear a card has its own buttons

function columnOf(event) {
  return dragged && event.target.closest(".board-column");
}

function end() {
  dragged?.classList.remove("board-dragged");
  for (const column of board.querySelectorAll(`.${OVER}`)) column.classList.remove(OVER);
  dragged = null;
}

function start(event) {
  const card = event.target.closest?.(".board-card");
  if (!card) return;
  dragged = card;
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", card.querySelector("h3").textContent.trim());
  requestAnimationFrame(() => card.classList.add("board-dragged"));
}

function over(event) {
  const column = columnOf(event);
  if (!column) return;
  for (const other of board.querySelectorAll(`.${OVER}`)) if (other !== column) other.classList.remove(OVER);
  if (column.contains(dragged)) return;
  event.preventDefault(); // it may be dropped here
  column.classList.add(OVER);
}

function drop(event) {
  const column = columnOf(event);
  if (!column) return;
  event.preventDefault();
  const card = dragged;
  end();
  card.querySelector(`button[value=${column.dataset.column}]`)?.click();
}

function makeDraggable(within) {
  for (const card of within.querySelectorAll(".board-card")) card.draggable = true;
}

if (board) {
  makeDraggable(board);
  board.addEventListener("dragstart", start);
  board.addEventListener("dragover", over);
  board.addEventListener("drop", drop);
  board.addEventListener("dragend", end);
}
