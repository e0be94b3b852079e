"""The short sample of a voice that the voices page plays."""

import io
import wave

from voices import engines
from voices.models import Voice

SAMPLE_WIDTH_BYTES = 2  # 16 bit
SENTENCES = {
    "de": "Hallo, so klinge ich. Schön, dass du zuhörst.",
    "en": "Hello, this is how I sound. It is good to have you here.",
    "es": "Hola, así suena mi voz. Me alegra que me escuches.",
    "fr": "Bonjour, voici ma voix. Merci de m'écouter.",
    "it": "Ciao, questa è la mia voce. Grazie per l'ascolto.",
    "nl": "Hallo, zo klink ik. Fijn dat je luistert.",
    "pt": "Olá, esta é a minha voz. Obrigado por ouvir.",
    "sv": "Hej, så här låter jag. Tack för att du lyssnar.",
}
COUNTING = "1, 2, 3, 4, 5."  # every language reads figures in its own words


def make_sample(voice: Voice) -> bytes:
    """A WAV file, 16 bit mono at the voice's own rate. VoiceBroken when the voice can't speak."""
    text = SENTENCES.get(voice.language.partition("_")[0], COUNTING)
    sound = b"".join(part.tobytes() for part in engines.get(voice.engine).synthesize(voice.voice_id, [text]))
    target = io.BytesIO()
    with wave.open(target, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(SAMPLE_WIDTH_BYTES)
        file.setframerate(voice.sample_rate)
        file.writeframes(sound)
    return target.getvalue()
