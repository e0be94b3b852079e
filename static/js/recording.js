// One take of the microphone.

const QUIETEST = -60; // dB, the left end of the level
const SLICE_MS = 1_000; // the recorder hands over its sound this often, even where a hidden page's timers sleep
const KINDS = ["audio/webm;codecs=opus", "audio/mp4", "audio/ogg;codecs=opus"]; // else what the browser likes best
const EXTENSIONS = { webm: "webm", mp4: "m4a", ogg: "ogg" };

function release(stream) {
  for (const track of stream.getTracks()) track.stop();
}

function named(parts, type) {
  const kind = Object.keys(EXTENSIONS).find((name) => type.includes(name));
  const when = new Date().toLocaleString("sv").slice(0, 16).replace(":", "-"); // 2026-11-21 15-12, as the clock on the wall
  return new File(parts, `Recording ${when}${kind ? `.${EXTENSIONS[kind]}` : ""}`, { type });
}

export class Recording {
  /** Asks for the microphone and begins. `on.time` gets the seconds, `on.level` 0 to 1, `on.end` the file and whether
   * the take was as long as can be; no file when nothing was heard. */
  static async begin(longest, on) {
    const audio = { echoCancellation: false, noiseSuppression: false };
    const stream = await navigator.mediaDevices.getUserMedia({ audio });
    try {
      return new Recording(stream, longest, on);
    } catch (error) {
      release(stream);
      throw error;
    }
  }

  constructor(stream, longest, on) {
    Object.assign(this, { stream, longest, on, parts: [], isFull: false });
    const mimeType = KINDS.find((kind) => MediaRecorder.isTypeSupported(kind));
    this.recorder = new MediaRecorder(stream, { mimeType, audioBitsPerSecond: 128_000 });
    this.recorder.addEventListener("dataavailable", (event) => this.take(event.data));
    this.recorder.addEventListener("stop", () => this.finish());
    stream.getAudioTracks()[0].addEventListener("ended", () => this.stop());
    this.recorder.start(SLICE_MS);
    this.began = performance.now();
    this.timer = setInterval(() => this.tick(), 200);
    this.listen();
  }

  /** For the level. A browser that can't, as some can't at some sample rates, records without one. */
  listen() {
    this.context = new AudioContext();
    try {
      this.analyser = this.context.createAnalyser();
      this.context.createMediaStreamSource(this.stream).connect(this.analyser);
      this.samples = new Float32Array(this.analyser.fftSize);
      this.draw();
    } catch (error) {
      console.info("No level is shown:", error);
    }
  }

  draw() {
    if (this.recorder.state === "inactive") return;
    this.analyser.getFloatTimeDomainData(this.samples);
    const top = this.samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 1e-6);
    this.on.level(Math.max(0, 1 - (20 * Math.log10(top)) / QUIETEST));
    this.frame = requestAnimationFrame(() => this.draw());
  }

  take(part) {
    if (part.size) this.parts.push(part);
    this.tick();
  }

  tick() {
    if (this.recorder.state === "inactive") return;
    const seconds = (performance.now() - this.began) / 1000;
    this.on.time(seconds);
    this.isFull = seconds >= this.longest - SLICE_MS / 1000; // the next look could be too late
    if (this.isFull) this.stop();
  }

  stop() {
    if (this.recorder.state !== "inactive") this.recorder.stop();
  }

  finish() {
    clearInterval(this.timer);
    cancelAnimationFrame(this.frame);
    this.context.close();
    release(this.stream);
    const type = this.parts[0]?.type || this.recorder.mimeType;
    this.on.end(this.parts.length ? named(this.parts, type) : null, this.isFull);
  }
}
