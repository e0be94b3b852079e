// A conversation: what is new stays in sight for who reads at its end, moments are played, replies are spoken in place.

import { isInSight } from "./place.js";

let atEnd = false;

function showPlayButtons(root) {
  if (!document.querySelector("#sound echo-player")) return;
  for (const button of root.querySelectorAll("[data-play-from]")) button.hidden = false;
}

/** One reply is heard at a time: its speech shows under it. */
function bringSpeech(event) {
  const form = event.target;
  if (!form.matches("#speak") || !event.submitter?.value) return;
  form.querySelector("input[name=event]").value = event.submitter.value;
  const box = document.getElementById("spoken");
  box.replaceChildren();
  event.submitter.closest("li").append(box);
}

document.addEventListener("submit", bringSpeech, true);

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-play-from]");
  if (button) document.querySelector("#sound echo-player").playFrom(Number(button.dataset.playFrom));
});

document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.target.id !== "follow") return;
  atEnd = isInSight(event.detail.target);
});

document.addEventListener("htmx:load", (event) => {
  showPlayButtons(event.target);
  if (event.target.id === "follow" && atEnd) event.target.scrollIntoView({ block: "end" });
});

showPlayButtons(document);
