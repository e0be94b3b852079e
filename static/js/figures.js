// The figures come anew every few seconds while somebody can see them; tables stay where they were scrolled to.

const scrolled = new Map();

document.addEventListener("htmx:beforeRequest", (event) => {
  if (document.hidden) event.preventDefault();
});

document.addEventListener("htmx:beforeSwap", (event) => {
  for (const table of event.detail.target.querySelectorAll(".figures-card")) scrolled.set(table.id, table.scrollLeft);
});

document.addEventListener("htmx:afterSwap", () => {
  for (const [id, left] of scrolled) {
    const table = document.getElementById(id);
    if (table) table.scrollLeft = left;
  }
});
