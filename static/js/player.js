// The audio player: <echo-player> turns the plain <audio controls> inside it into a button, a waveform and a time.

const SVG = "http://www.w3.org/2000/svg";
const ARROW_STEP = 5; // seconds
const PAGE_STEP = 0.1; // of the whole
const BAR_PITCH = 4; // the least distance between bars, in pixels
const HEAR_AGAIN = 0.25; // this close to the end, in seconds, "play" starts over
const PLAY = "M5 2.6v12.8a.8.8 0 0 0 1.2.7l10-6.4a.8.8 0 0 0 0-1.4l-10-6.4a.8.8 0 0 0-1.2.7Z";
const PAUSE = "M4.2 2.5h3.2v13H4.2Zm6.4 0h3.2v13h-3.2Z";

function clock(seconds) {
  const whole = Math.round(seconds);
  const two = (number) => String(number).padStart(2, "0");
  const minutes = Math.floor(whole / 60) % 60;
  const hours = Math.floor(whole / 3600);
  return hours ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}

function drawing(className, path = "") {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", className);
  svg.setAttribute("aria-hidden", "true");
  svg.append(document.createElementNS(SVG, "path"));
  svg.firstChild.setAttribute("d", path);
  return svg;
}

function icon(className, path) {
  const svg = drawing(className, path);
  svg.setAttribute("viewBox", "0 0 18 18");
  return svg;
}

/** Bars that fill `width`, the loudest of each bar's share of `peaks` (0 to 100); a flat line where there are none. */
function outline(peaks, width, height) {
  const middle = height / 2;
  if (!peaks.length) return { path: `M2 ${middle}H${Math.max(width - 2, 2)}`, stroke: 4 };
  const count = Math.max(1, Math.min(peaks.length, Math.floor(width / BAR_PITCH)));
  const pitch = width / count;
  const stroke = Math.min(4, pitch * 0.58);
  const bars = Array.from({ length: count }, (_, bar) => {
    const share = peaks.slice((bar * peaks.length) / count, Math.ceil(((bar + 1) * peaks.length) / count));
    const reach = (Math.max(...share) / 100) * (middle - stroke / 2);
    return `M${((bar + 0.5) * pitch).toFixed(2)} ${(middle - reach).toFixed(2)}v${(2 * reach + 0.01).toFixed(2)}`;
  });
  return { path: bars.join(""), stroke };
}

class EchoPlayer extends HTMLElement {
  connectedCallback() {
    if (!this.audio) this.build();
    this.size?.observe(this.wave);
  }

  disconnectedCallback() {
    this.audio.pause();
    this.size?.disconnect();
  }

  build() {
    this.audio = this.querySelector("audio");
    if (this.dataset.type && !this.audio.canPlayType(this.dataset.type)) {
      this.offerFile();
      return;
    }
    this.audio.controls = false;
    this.peaks = this.dataset.peaks ? this.dataset.peaks.split(",").map(Number) : [];
    this.makeButton();
    this.makeWave();
    this.time = document.createElement("span");
    this.time.className = "player-time";
    this.append(this.button, this.wave, this.time);
    this.size = new ResizeObserver(() => this.draw());
    this.listen();
    this.show();
    this.tell();
  }

  makeButton() {
    this.button = document.createElement("button");
    this.button.type = "button";
    this.button.className = "player-button";
    this.button.append(icon("player-play", PLAY), icon("player-pause", PAUSE));
    this.button.addEventListener("click", () => this.toggle());
    this.name();
  }

  makeWave() {
    this.wave = document.createElement("div");
    this.wave.className = "player-wave";
    this.wave.tabIndex = 0;
    this.wave.setAttribute("role", "slider");
    this.wave.setAttribute("aria-label", `Position in ${this.dataset.label}`);
    this.wave.setAttribute("aria-valuemin", "0");
    this.wave.append(drawing("player-whole"), drawing("player-played"));
    this.wave.addEventListener("keydown", (event) => this.press(event));
    this.wave.addEventListener("pointerdown", (event) => this.grab(event));
    this.wave.addEventListener("pointermove", (event) => this.drag(event));
    this.wave.addEventListener("pointerup", (event) => this.drop(event));
    this.wave.addEventListener("pointercancel", () => this.letGo());
  }

  listen() {
    const on = (names, act) => names.split(" ").forEach((name) => this.audio.addEventListener(name, act));
    on("play pause ended", () => this.turn());
    on("loadedmetadata durationchange timeupdate seeked", () => this.refresh());
    on("waiting", () => this.classList.add("player-wait"));
    on("playing pause canplay", () => this.classList.remove("player-wait"));
    on("error", () => this.fail());
  }

  get duration() {
    return Number.isFinite(this.audio.duration) ? this.audio.duration : Number(this.dataset.duration);
  }

  toggle() {
    if (!this.audio.paused) return this.audio.pause();
    if (this.duration && this.audio.currentTime > this.duration - HEAR_AGAIN) this.audio.currentTime = 0;
    return this.audio.play().catch(() => this.turn());
  }

  turn() {
    const playing = !this.audio.paused && !this.audio.ended;
    this.classList.toggle("player-on", playing);
    this.name();
    if (playing) this.follow();
    else this.refresh();
  }

  name() {
    this.button.setAttribute("aria-label", `${this.audio.paused ? "Play" : "Pause"} ${this.dataset.label}`);
  }

  follow() {
    if (this.grabbed === undefined) this.show();
    if (!this.audio.paused && this.isConnected) requestAnimationFrame(() => this.follow());
  }

  refresh() {
    if (this.grabbed !== undefined) return;
    this.show();
    // A screen reader that sits on the slider would otherwise read out every second.
    if (this.audio.paused || document.activeElement !== this.wave) this.tell();
  }

  show(at = this.audio.currentTime) {
    const text = this.duration ? `${clock(at)} / ${clock(this.duration)}` : clock(at);
    if (this.time.textContent !== text) this.time.textContent = text;
    this.wave.style.setProperty("--played", this.duration ? String(Math.min(at / this.duration, 1)) : "0");
  }

  tell(at = this.audio.currentTime) {
    this.wave.setAttribute("aria-valuemax", String(Math.round(this.duration)));
    this.wave.setAttribute("aria-valuenow", String(Math.round(at)));
    this.wave.setAttribute("aria-valuetext", `${clock(at)} of ${clock(this.duration)}`);
  }

  seek(seconds) {
    const at = Math.max(0, Math.min(seconds, this.duration));
    this.audio.currentTime = at;
    this.show(at);
    this.tell(at);
  }

  playFrom(seconds) {
    const start = () => {
      this.seek(seconds);
      this.audio.play().catch(() => this.turn());
    };
    if (this.audio.readyState >= HTMLMediaElement.HAVE_METADATA) return start();
    this.audio.addEventListener("loadedmetadata", start, { once: true });
    return this.audio.load();
  }

  press(event) {
    const now = this.audio.currentTime;
    const page = this.duration * PAGE_STEP;
    const places = {
      ArrowRight: now + ARROW_STEP, ArrowUp: now + ARROW_STEP, ArrowLeft: now - ARROW_STEP, ArrowDown: now - ARROW_STEP,
      PageUp: now + page, PageDown: now - page, Home: 0, End: this.duration,
    };
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === " ") this.toggle();
    else if (event.key in places) this.seek(places[event.key]);
    else return;
    event.preventDefault();
  }

  grab(event) {
    if (event.button !== 0) return;
    if (!this.duration) { // Not loaded yet: there is no place to go to.
      this.toggle();
      return;
    }
    this.wave.setPointerCapture(event.pointerId);
    this.grabbed = 0;
    this.drag(event);
  }

  drag(event) {
    if (this.grabbed === undefined) return;
    const box = this.wave.getBoundingClientRect();
    this.grabbed = Math.max(0, Math.min((event.clientX - box.left) / box.width, 1)) * this.duration;
    this.show(this.grabbed);
  }

  drop(event) {
    if (this.grabbed === undefined) return;
    this.drag(event);
    this.seek(this.grabbed);
    this.grabbed = undefined;
  }

  letGo() {
    this.grabbed = undefined;
    this.show();
  }

  draw() {
    const { clientWidth: width, clientHeight: height } = this.wave;
    if (!width) return;
    const { path, stroke } = outline(this.peaks, width, height);
    for (const svg of this.wave.children) {
      svg.firstChild.setAttribute("d", path);
      svg.firstChild.setAttribute("stroke-width", stroke.toFixed(2));
    }
  }

  offerFile() {
    const note = document.createElement("p");
    const link = document.createElement("a");
    note.className = "player-note";
    link.href = `${this.audio.src}?download=1`;
    link.download = "";
    link.textContent = "Download it";
    note.append("This browser can't play this kind of sound. ", link, ".");
    this.replaceChildren(note);
  }

  fail() {
    if (this.querySelector(".player-problem")) return;
    const problem = document.createElement("p");
    problem.className = "player-problem";
    problem.setAttribute("role", "alert");
    problem.textContent = "The sound can't be loaded. Reload the page and try again.";
    this.append(problem);
  }
}

customElements.define("echo-player", EchoPlayer);

// One voice at a time.
document.addEventListener("play", (event) => {
  for (const audio of document.querySelectorAll("echo-player audio")) if (audio !== event.target) audio.pause();
}, true);
