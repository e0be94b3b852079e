// What waits, beside an item of the navigation.

const MOST = 999; // more is counted no further

function made(name, words) {
  const count = Object.assign(document.createElement("span"), { className: "navigation-count" });
  count.dataset.counts = name;
  const hidden = Object.assign(document.createElement("span"), { className: "visually-hidden", textContent: ` ${words}` });
  count.append(document.createElement("span"), hidden);
  return count;
}

/** Shows how many wait there; none: no number stands there. */
export function showCount(name, number) {
  const item = document.querySelector(`.navigation-item[data-item="${name}"]`);
  if (!item) return;
  const shown = item.querySelector("[data-counts]");
  if (!number) return void shown?.remove();
  const count = shown ?? made(name, item.dataset.counted);
  const text = number > MOST ? `${MOST}+` : String(number);
  if (count.firstElementChild.textContent !== text) count.firstElementChild.textContent = text;
  if (!shown) item.append(" ", count);
}
