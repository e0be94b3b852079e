// Beside htmx: says changes aloud, keeps the menu's count, and keeps the focus where a swap took it away.

const QUARTER = 25; // percent: often enough to hear, seldom enough to bear
const AWAY = 503; // the database, for a while

let held = null; // the part that had the focus and is replaced

function sayStatus(element) {
  const said = document.getElementById("said");
  if (!said || !element.dataset.say) return;
  const quarter = Math.floor(Number(element.dataset.progress) / QUARTER) * QUARTER;
  const going = element.hasAttribute("hx-get") && quarter > 0;
  const words = going ? `${element.dataset.say}, ${quarter} %` : element.dataset.say;
  if (said.textContent !== words) said.textContent = words;
}

/** The menu has counted this job as open until now. */
function countDown() {
  const number = document.querySelector("[data-counts=jobs] > :first-child");
  if (!number || number.textContent.endsWith("+")) return;
  const left = Number(number.textContent) - 1;
  if (left > 0) number.textContent = String(left);
  else number.parentElement.remove();
}

function hold(event) {
  const { target } = event.detail;
  if (target.contains(document.activeElement)) held = target;
}

function firstStop(part) {
  return part?.querySelector("a[href], button, [tabindex]");
}

/** In what replaces the part that had it, else in another part of the same reply, which may come first. */
function keepFocus(element) {
  if (!held || document.activeElement !== document.body) return;
  const instead = held.isConnected ? null : document.getElementById(held.id);
  const next = firstStop(instead) ?? firstStop(element);
  if (!next) return;
  next.focus({ preventScroll: true });
  held = null;
}

function failureWords(status) {
  if (!status) return "The connection broke. Try again.";
  if (status === AWAY) return "It can't be done right now. Try again in a few seconds."; // Typed words stay: no reload.
  return `That did not work (${status}). Reload the page, then try again.`;
}

/** What a person asked for and did not get; what the page asks for by itself, it asks for again. */
function sayFailure(event) {
  const { elt, xhr } = event.detail;
  if (!elt.matches("form:not([data-reference]), a")) return;
  const words = document.createElement("p");
  words.className = "notice notice-bad failure";
  words.setAttribute("role", "alert");
  words.textContent = failureWords(xhr?.status);
  forgetFailure(event);
  elt.after(words);
}

function forgetFailure(event) {
  const after = event.detail.elt.nextElementSibling;
  if (after?.matches(".failure")) after.remove();
}

document.addEventListener("htmx:responseError", sayFailure);
document.addEventListener("htmx:sendError", sayFailure);
document.addEventListener("htmx:beforeRequest", forgetFailure);

document.addEventListener("htmx:beforeSwap", (event) => {
  held = null;
  hold(event);
});
document.addEventListener("htmx:oobBeforeSwap", hold);

document.addEventListener("htmx:load", (event) => {
  sayStatus(event.target);
  if (event.target.id === "status" && !event.target.hasAttribute("hx-get")) countDown();
  keepFocus(event.target);
});

document.addEventListener("job:moved", (event) => sayStatus(event.target));
document.addEventListener("job:ended", countDown);
