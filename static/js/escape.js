// Escape closes what was opened around the focus, and gives the focus back to what opened it.

function opened(element) {
  const menu = element.closest(".navigation") && document.querySelector(".menu[open]");
  return element.closest("details[open]") ?? menu;
}

document.addEventListener("keydown", (event) => {
  const details = event.key === "Escape" && !event.defaultPrevented && opened(event.target);
  if (!details) return;
  details.open = false;
  details.querySelector("summary").focus();
});
