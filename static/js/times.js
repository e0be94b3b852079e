// Exact times in the reader's own time zone; the server writes them in its own.

const EXACT = new Intl.DateTimeFormat("en-GB", { dateStyle: "long", timeStyle: "short" });
const DATE = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "long" });
const CLOCK = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const SECONDS = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const NEAR = new Intl.RelativeTimeFormat("en", { numeric: "auto" });

function day(when) {
  const days = Math.round((new Date(when).setHours(0, 0, 0, 0) - new Date().setHours(0, 0, 0, 0)) / 86_400_000);
  return `${Math.abs(days) < 2 ? NEAR.format(days, "day") : DATE.format(when)} ${CLOCK.format(when)}`;
}

function localise(root) {
  for (const time of root.querySelectorAll("time[datetime]")) {
    const when = new Date(time.dateTime);
    time.title = EXACT.format(when);
    if ("day" in time.dataset) time.textContent = day(when);
    if ("minute" in time.dataset) time.textContent = CLOCK.format(when);
    if ("clock" in time.dataset) time.textContent = SECONDS.format(when);
  }
}

localise(document);
document.addEventListener("htmx:load", (event) => localise(event.target));
