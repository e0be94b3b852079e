// Rows of jobs that are not finished yet show how they stand: one small request for all of them, while there are any.

const PAUSE = 2_000; // ms between two looks
const PAUSE_AWAY = 10_000; // after one that failed
const MOST = 100; // rows in one look
const MOVING = [".row-state", ".row-length"];

const table = document.querySelector("table[data-rows]");
const said = document.querySelector("[data-rows-said]");

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
  for (const part of MOVING) {
    const [old, now] = [row.querySelector(part), fresh.querySelector(part)];
    if (old.innerHTML !== now.innerHTML) old.replaceWith(document.adoptNode(now));
  }
  if ("open" in fresh.dataset) return undefined;
  row.removeAttribute("data-open");
  say(row);
  return document.dispatchEvent(new Event("job:ended"));
}

async function look() {
  const rows = openRows();
  const query = new URLSearchParams(rows.map((row) => ["job", row.dataset.job]));
  const answer = await fetch(`${table.dataset.rows}?${query}`, { headers: { Accept: "text/html" } }).catch(() => null);
  if (answer?.redirected) return; // signed out in another window
  if (!answer?.ok) return wait(PAUSE_AWAY);
  const fresh = new DOMParser().parseFromString(`<table>${await answer.text()}</table>`, "text/html");
  for (const row of rows) renew(row, fresh.querySelector(`tr[data-job="${row.dataset.job}"]`));
  wait(PAUSE);
}

if (table) {
  wait(PAUSE);
  document.addEventListener("visibilitychange", () => wait(0));
  document.addEventListener("htmx:load", () => timer || wait(PAUSE)); // more rows are shown
}
