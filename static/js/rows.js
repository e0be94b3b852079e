// Rows of jobs, or of chapters, that are not finished yet show how they stand: one small request for all of them, while there are any.

const PAUSE = 2_000; // ms between two looks
const PAUSE_AWAY = 10_000; // after one that failed
const MOST = 100; // rows in one look
const MOVING = ".row-state, .row-length, .row-moves";

const table = document.querySelector("table[data-rows]");
const said = document.querySelector("[data-rows-said]");
const name = table?.dataset.rowsName ?? "job"; // of a row's number, in the row and in the question

let timer = 0;

function openRows() {
  return [...table.querySelectorAll("tr[data-open]")].slice(0, MOST);
}

function wait(pause) {
  clearTimeout(timer);
  timer = document.hidden || !openRows().length ? 0 : setTimeout(look, pause);
}

function say(row) {
  said.textContent = `${row.querySelector(".row-title").textContent}: ${row.querySelector(".state").textContent}`;
}

/** A row that has gone was deleted somewhere else. */
function renew(row, fresh) {
  if (!fresh) return row.remove();
  const parts = [...fresh.querySelectorAll(MOVING)];
  [...row.querySelectorAll(MOVING)].forEach((old, at) => {
    if (old.innerHTML !== parts[at].innerHTML) old.replaceWith(document.adoptNode(parts[at]));
  });
  if ("open" in fresh.dataset) return undefined;
  row.removeAttribute("data-open");
  say(row);
  return document.dispatchEvent(new Event("job:ended"));
}

async function look() {
  const rows = openRows();
  const query = new URLSearchParams(rows.map((row) => [name, row.dataset[name]]));
  const answer = await fetch(`${table.dataset.rows}?${query}`, { headers: { Accept: "text/html" } }).catch(() => null);
  if (answer?.redirected) return; // signed out in another window
  if (!answer?.ok) return wait(PAUSE_AWAY);
  const fresh = new DOMParser().parseFromString(`<table>${await answer.text()}</table>`, "text/html");
  for (const row of rows) renew(row, fresh.querySelector(`tr[data-${name}="${row.dataset[name]}"]`));
  wait(PAUSE);
}

if (table) {
  wait(PAUSE);
  document.addEventListener("visibilitychange", () => wait(0));
  document.addEventListener("htmx:load", () => timer || wait(PAUSE)); // more rows are shown
}
