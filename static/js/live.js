// Beside htmx: says changes aloud, keeps the menu's count, and keeps the focus where a swap took it away.

const QUARTER = 25; // percent: often enough to hear, seldom enough to bear

let held = false;

function sayStatus(element) {
  const said = document.getElementById("said");
  if (!said || !element.dataset.say) return;
  const quarter = Math.floor(Number(element.dataset.progress) / QUARTER) * QUARTER;
  const going = element.hasAttribute("hx-get") && quarter > 0;
  const words = going ? `${element.dataset.say}, ${quarter} %` : element.dataset.say;
  if (said.textContent !== words) said.textContent = words;
}

/** The menu has counted this job as open until now. */
function countDown(element) {
  const number = document.querySelector("[data-counts=jobs] > :first-child");
  if (!number || element.id !== "status" || element.hasAttribute("hx-get")) return;
  const left = Number(number.textContent) - 1;
  if (left > 0) number.textContent = String(left);
  else number.parentElement.remove();
}

function keepFocus(element) {
  if (!held || document.activeElement !== document.body) return;
  const next = element.querySelector("a[href], button, [tabindex]");
  if (!next) return; // Another part of the same reply may have one.
  next.focus({ preventScroll: true });
  held = false;
}

document.addEventListener("htmx:beforeSwap", (event) => {
  held = event.detail.target.contains(document.activeElement);
});

document.addEventListener("htmx:load", (event) => {
  sayStatus(event.target);
  countDown(event.target);
  keepFocus(event.target);
});
