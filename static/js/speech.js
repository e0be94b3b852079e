// How long a text takes to be spoken, in words.

const CHARACTERS_PER_SECOND = 15; // at speed 1

export function speech(characters, speed) {
  const seconds = characters / CHARACTERS_PER_SECOND / speed;
  const minutes = Math.round(seconds / 60);
  if (seconds < 100) return `about ${Math.max(1, Math.round(seconds))} second${seconds < 1.5 ? "" : "s"} of speech`;
  if (minutes < 100) return `about ${minutes} minutes of speech`;
  return `about ${(seconds / 3600).toFixed(1)} hours of speech`;
}
