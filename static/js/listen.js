// Listening to a sound while it is made: <echo-listen> is its button, its words and its time.
//
// The sound itself is in no page's part: it plays on while the parts around it are replaced. When the job is ready the
// player of the finished sound takes over at the same place.

const SVG = "http://www.w3.org/2000/svg";
const PLAY = "M5 2.6v12.8a.8.8 0 0 0 1.2.7l10-6.4a.8.8 0 0 0 0-1.4l-10-6.4a.8.8 0 0 0-1.2.7Z";
const PAUSE = "M4.2 2.5h3.2v13H4.2Zm6.4 0h3.2v13h-3.2Z";
const NEAR = 0.04; // seconds between the two sounds that nobody minds
const TRIES = 4; // to come that near

const WORDS = {
  idle: "Listen while it is made",
  first: "It plays as soon as the first sentence is made",
  wait: "The next sentence is being made…",
  play: "You hear it while it is made",
  pause: "Paused. It is still being made",
  end: "That was the last sentence",
  fail: "It can't be heard just now. Press play to try again",
};

let live = null; // { job, audio, words, heard, goesOver }

function clock(seconds) {
  const two = (number) => String(number).padStart(2, "0");
  const whole = Math.floor(seconds);
  const minutes = Math.floor(whole / 60) % 60;
  const hours = Math.floor(whole / 3600);
  return hours ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}

function icon(className, path) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", className);
  svg.setAttribute("viewBox", "0 0 18 18");
  svg.setAttribute("aria-hidden", "true");
  svg.append(document.createElementNS(SVG, "path"));
  svg.firstChild.setAttribute("d", path);
  return svg;
}

function tell(words) {
  if (!live) return;
  live.words = words;
  document.querySelector("echo-listen")?.show();
}

/** Ends the connection; the place is kept. */
function letGo() {
  live.heard ??= live.audio.currentTime;
  live.audio.pause();
  live.audio.removeAttribute("src");
  live.audio.load();
}

function drop() {
  if (live) letGo();
  live = null;
}

function start(job, src) {
  drop();
  const audio = new Audio(src);
  const current = { job, audio, words: "first" };
  const on = (names, act) => names.split(" ").forEach((name) => audio.addEventListener(name, () => live === current && act()));
  live = current;
  on("playing", () => tell("play"));
  on("waiting stalled", () => audio.paused || tell(audio.currentTime ? "wait" : "first"));
  on("pause", () => audio.ended || tell("pause"));
  on("timeupdate", () => tell(live.words));
  on("ended", finish);
  on("error", fail);
  quieten();
  audio.play().catch(() => {}); // what is wrong comes as an error of its own
}

function finish() {
  tell("end");
  document.dispatchEvent(new Event("job:look"));
}

function fail() {
  tell("fail");
  document.dispatchEvent(new Event("job:look"));
}

/** One voice at a time. */
function quieten() {
  for (const audio of document.querySelectorAll("echo-player audio")) audio.pause();
}

class EchoListen extends HTMLElement {
  connectedCallback() {
    if (this.button) return;
    if (!new Audio().canPlayType(this.dataset.type)) {
      this.remove();
      return;
    }
    this.button = document.createElement("button");
    this.button.type = "button";
    this.button.id = "listen"; // the focus comes back to it when the part is replaced
    this.button.className = "player-button";
    this.button.append(icon("player-play", PLAY), icon("player-pause", PAUSE));
    this.button.addEventListener("click", () => this.toggle());
    this.words = document.createElement("span");
    this.time = document.createElement("span");
    this.time.className = "player-time";
    this.replaceChildren(this.button, this.words, this.time);
    this.show();
  }

  get sound() {
    return live?.job === this.dataset.job ? live : null;
  }

  toggle() {
    const sound = this.sound;
    if (!sound || sound.words === "fail" || sound.heard !== undefined) start(this.dataset.job, this.dataset.src);
    else if (!sound.audio.paused) sound.audio.pause();
    else if (!sound.audio.ended) {
      quieten();
      sound.audio.play().catch(() => {});
    }
    this.show();
  }

  show() {
    const sound = this.sound;
    const isOn = Boolean(sound) && !sound.audio.paused && sound.words !== "fail";
    const words = WORDS[sound?.words ?? "idle"];
    const time = sound ? clock(sound.heard ?? sound.audio.currentTime) : "";
    this.classList.toggle("player-on", isOn);
    this.classList.toggle("player-wait", isOn && sound.words !== "play");
    this.button.setAttribute("aria-label", `${isOn ? "Pause" : "Play"} ${this.dataset.label} while it is made`);
    if (this.words.textContent !== words) this.words.textContent = words;
    if (this.time.textContent !== time) this.time.textContent = time;
  }
}

customElements.define("echo-listen", EchoListen);

function happens(target, name) {
  return new Promise((done) => target.addEventListener(name, done, { once: true }));
}

/** Brings the silent, finished sound to the place of the one that is heard. */
async function catchUp(to, from) {
  let lead = 0; // what a jump takes
  for (let turn = 0; turn < TRIES && !from.paused && !to.paused; turn += 1) {
    to.currentTime = from.currentTime + lead;
    await happens(to, "seeked");
    await happens(to, "timeupdate");
    const late = from.currentTime - to.currentTime;
    if (Math.abs(late) < NEAR) return;
    lead += late;
  }
}

async function handOver(player) {
  const { audio: from } = live;
  const to = player.audio;
  live.goesOver = true;
  if (to.readyState < HTMLMediaElement.HAVE_METADATA) await happens(to, "loadedmetadata");
  if (live?.audio !== from) return;
  if (from.paused) {
    to.currentTime = from.ended ? 0 : live.heard ?? from.currentTime;
    drop();
    return;
  }
  to.muted = true;
  await to.play().catch(() => {});
  await catchUp(to, from);
  to.muted = false;
  if (live?.audio === from) drop();
}

/** The job was cancelled or failed while somebody listened to it. */
function breakOff(section) {
  const heard = live.heard ?? live.audio.currentTime;
  drop();
  if (!heard) return;
  const words = document.createElement("p");
  words.setAttribute("role", "status");
  words.textContent = `The sound ends here: ${clock(heard)} of it was made and heard.`;
  section.querySelector(".actions").before(words);
}

document.addEventListener("htmx:load", () => {
  if (!live || live.goesOver) return undefined;
  const section = document.querySelector(`.status[data-job="${live.job}"]`);
  if (!section) return drop();
  if ("events" in section.dataset) return undefined;
  const player = section.querySelector("echo-player");
  if (!player?.button) return breakOff(section);
  return handOver(player);
});

// Whoever cancels hears no more: the server would break the sound off, and the browser complain of that.
document.addEventListener("htmx:beforeRequest", (event) => {
  if (live && event.detail.requestConfig.path.endsWith("/cancel")) letGo();
});

document.addEventListener("play", (event) => {
  if (live && !event.target.muted) live.audio.pause();
}, true);
