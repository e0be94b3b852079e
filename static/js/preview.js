// A player for a file that has not been sent yet.

const BARS = 120;
const RATE = 8_000; // Hz, enough for a waveform
const DRAWN = 20 * 1024 * 1024; // bytes; of larger ones nobody waits for the waveform

let wanted = 0; // decoding takes a while: only the last file asked for is shown
let address = "";

function loudest(samples, bar) {
  const end = Math.floor(((bar + 1) * samples.length) / BARS);
  let top = 0;
  for (let at = Math.floor((bar * samples.length) / BARS); at < end; at += 1) top = Math.max(top, Math.abs(samples[at]));
  return top;
}

/** The loudest of each of 120 parts, 0 to 100, and the length in seconds; neither where the browser can't decode it. */
async function look(file) {
  if (file.size > DRAWN) return {};
  try {
    const sound = await new OfflineAudioContext(1, 1, RATE).decodeAudioData(await file.arrayBuffer());
    const samples = sound.getChannelData(0);
    const tops = Array.from({ length: BARS }, (_, bar) => loudest(samples, bar));
    const most = Math.max(...tops) || 1;
    return { peaks: tops.map((top) => Math.round((100 * top) / most)).join(","), duration: sound.duration };
  } catch {
    return {};
  }
}

function clear(place) {
  place.hidden = true;
  place.replaceChildren();
  if (address) URL.revokeObjectURL(address);
  address = "";
}

/** Shows the file in the place; nothing when there is none or the browser can't play it. */
export async function preview(place, file) {
  const number = (wanted += 1);
  clear(place);
  const audio = document.createElement("audio");
  if (!file?.size || !audio.canPlayType(file.type)) return;
  const seen = await look(file);
  if (number !== wanted) return;
  address = URL.createObjectURL(file);
  const player = document.createElement("echo-player");
  Object.assign(player.dataset, { label: "your recording" }, seen);
  audio.controls = true;
  audio.addEventListener("error", () => clear(place), { once: true }); // the server says what is wrong with it
  audio.src = address;
  player.append(audio);
  place.append(player);
  place.hidden = false;
}
