"""IPA: which of it voices can say, how it is written for them, and where it stands in a sentence.

In a sentence it stands between double brackets, `[[ˈɛkoʊ]]`, which is Piper's own way.
"""

import re
import unicodedata
from collections.abc import Callable

Phonemize = Callable[[str], list[list[str]]]

# What Piper's voices have numbers for. Signs of a sentence are among those too, but no sounds.
KNOWN = frozenset(
    "abcdefhijklmnopqrstuvwxyz æçðøħŋœǀǁǂǃɐɑɒɓɔɕɖɗɘəɚɛɜɝɞɟɠɡɢɣɤɥɦɧɨɪɫɬɭɮɯɰɱɲɳɴɵɶɸɹɺɻɽɾʀʁʂʃʄʈʉʊʋʌʍʎʏʐʑʒʔʕʘʙʛʜʝʟʡʢβθχᵻⱱ"
    "ʰʲʷˈˌːˑ˞ˤ↑↓0123456789\u0303\u030a\u031d\u0327\u0329\u032a\u032f\u033a\u033b"
)
# People write these too, and mean others; joining arcs and the limits of syllables say nothing to a voice.
MEANT = str.maketrans(
    {"'": "ˈ", "’": "ˈ", ":": "ː", "g": "ɡ", "ε": "ɛ", "ʤ": "dʒ", "ʧ": "tʃ", "ʦ": "ts", "ʣ": "dz"}
    | dict.fromkeys(".‿\u0361\u035c")
)
SLASHES = re.compile(r"\s*/(.*)/\s*")
STOPS = dict(zip(",;:.!?…—–،؛。，、！？", ",;:.!?.;;,;.,,!?", strict=True))
OPENING, CLOSING = "[\"'“”‘’„«»‹›({¿¡]", "[\"'“”‘’„«»‹›)}…,;:.!?،؛。，、！？]"
BLOCK = re.compile(rf"{OPENING}*\[*\[\[([^\[\]]*)\]\]\]*((?:{CLOSING}|[—–]|\s+[—–](?=\s))*)")
BESIDE = re.compile(r"\]\](\s*)\[\[")


def written(ipa: str) -> str:
    """IPA as voices take it: without slashes around it and marks that have no sound, in single code points."""
    found = SLASHES.fullmatch(ipa)
    text = unicodedata.normalize("NFD", " ".join((found[1] if found else ipa).split()))
    return text.translate(MEANT)


def unknown(ipa: str) -> list[str]:
    """The characters of written IPA that no voice knows, each once."""
    return [character for character in dict.fromkeys(ipa) if character not in KNOWN]


def phonemized(phonemize: Phonemize, sentence: str) -> list[list[str]]:
    """The phonemes of a sentence that has blocks of them in it: a list for each part that is spoken in one breath.

    Piper loses the signs that follow a block, and so the pause or the question; inside the block they stay.
    """
    if "[[" not in sentence:
        return phonemize(sentence)
    inside = BLOCK.sub(lambda found: f"[[{found[1]}{stop(found[2])}]]{after(found)}", sentence)
    return [single_spaced(part) for part in phonemize(BESIDE.sub(r"\1", inside))]


def stop(signs: str) -> str:
    """The first of them that is heard, as Piper writes it."""
    return next((STOPS[sign] for sign in signs if sign in STOPS), "")


def after(found: re.Match[str]) -> str:
    """A space where the signs stood between two words, else nothing."""
    goes_on = found.string[found.end() : found.end() + 1].isalnum()
    return " " if goes_on and stop(found[2]) else ""


def single_spaced(phonemes: list[str]) -> list[str]:
    """Piper writes a space on both sides of a block; each is heard."""
    following = zip(phonemes, [*phonemes[1:], " "], strict=True)
    return [phoneme for phoneme, beyond in following if not phoneme == beyond == " "]
