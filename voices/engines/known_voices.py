"""Well-known voices of Piper's own list, so that there is something to choose from before the list was ever fetched."""

from voices.engines.piper_catalogue import Entry
from voices.engines.piper_files import named, title

ARCTIC = ("awb", "rms", "slt", "ksp", "clb", "lnh", "aew", "bdl", "jmk")
ARCTIC += ("rxr", "fem", "ljm", "slp", "aup", "ahw", "axb", "eey", "gka")
SIZES = {  # bytes of the model
    "da_DK-talesyntese-medium": 63_201_294,
    "de_DE-thorsten-medium": 63_201_294,
    "en_GB-alba-medium": 63_201_294,
    "en_GB-northern_english_male-medium": 63_201_294,
    "en_US-amy-medium": 63_201_294,
    "en_US-arctic-medium": 76_766_385,
    "en_US-joe-medium": 63_201_294,
    "en_US-lessac-high": 113_895_201,
    "en_US-lessac-medium": 63_201_294,
    "en_US-ryan-high": 120_786_792,
    "en_US-ryan-medium": 63_201_294,
    "es_ES-davefx-medium": 63_201_294,
    "es_ES-sharvard-medium": 76_733_615,
    "es_MX-ald-medium": 63_201_294,
    "fi_FI-harri-medium": 63_201_294,
    "fr_FR-siwis-medium": 63_201_294,
    "nl_BE-nathalie-medium": 63_201_294,
    "pt_BR-faber-medium": 63_201_294,
    "ru_RU-irina-medium": 63_201_294,
    "sv_SE-nst-medium": 63_104_526,
    "uk_UA-ukrainian_tts-medium": 76_735_663,
    "zh_CN-huayan-medium": 63_201_294,
}
SPEAKERS = {
    "en_US-arctic-medium": ARCTIC,
    "es_ES-sharvard-medium": ("M", "F"),
    "uk_UA-ukrainian_tts-medium": ("lada", "mykyta", "tetiana"),
}


def entries() -> list[Entry]:
    return [entry(voice_id, size) for voice_id, size in SIZES.items()]


def entry(voice_id: str, size_bytes: int) -> Entry:
    language, dataset, quality = named(voice_id)
    return Entry(voice_id, title(dataset, quality), language, quality, SPEAKERS.get(voice_id, ()), size_bytes)
