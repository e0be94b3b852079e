"""IPA as voices take it, and where it stands in a sentence."""

import json
from typing import Any

import numpy as np

from tests.voices.test_piper_engine import DEMO, add_voice, folder, spoken, still
from voices import engines
from voices.engines import phonemes, piper_files
from voices.engines.piper import Piper, piper_config

__all__ = ["folder"]

SENTENCES = {  # and what is the same with the sounds in place of the word
    "Say Echo, please.": "Say [[ˈɛkoʊ]], please.",
    "Did you say Echo?": "Did you say [[ˈɛkoʊ]]?",
    "Well done, “Echo,” he said.": "Well done, “[[ˈɛkoʊ]],” he said.",
    'He said "Echo" twice.': 'He said "[[ˈɛkoʊ]]" twice.',
    "Say Echo; and (so) on: Echo!": "Say [[ˈɛkoʊ]]; and (so) on: [[ˈɛkoʊ]]!",
    "Say Echo — and go.": "Say [[ˈɛkoʊ]] — and go.",
    "Echo Echo": "[[ˈɛkoʊ]] [[ˈɛkoʊ]]",
    "[Echo] goes": "[[[ˈɛkoʊ]]] goes",
    "Nothing": "Nothing",
}


def voice() -> Any:
    """The demo voice, which only reads."""
    from piper import PiperVoice

    return PiperVoice(config=piper_config(piper_files.find(DEMO)), session=None)


def test_sounds_keep_the_signs_and_pauses_around_them() -> None:
    phonemize = voice().phonemize
    for words, sounds in SENTENCES.items():
        assert phonemes.phonemized(phonemize, sounds) == phonemize(words), sounds
    for broken in ("[[ˈɛkoʊ", "ˈɛkoʊ]]", "[[]]", "[[[[a]]", "[[a]] ]]"):
        assert all(isinstance(each, list) for each in phonemes.phonemized(phonemize, broken))


def test_a_voice_says_the_sounds(folder) -> None:
    add_voice(folder, "a", still)
    given, wanted = spoken("a", "Say [[ˈoʊʃən]], please."), spoken("a", "Say ocean, please.")
    assert np.array_equal(given, wanted)


def test_which_voices_take_them(folder) -> None:
    add_voice(folder, "letters", lambda config: config.update(phoneme_type="text"))
    add_voice(folder, "old", lambda config: config.pop("phoneme_type", None))
    takes = {name: Piper().takes_phonemes(name) for name in (DEMO, "letters", "old")}
    assert takes == {DEMO: True, "letters": False, "old": True}
    assert not engines.get("fish").takes_phonemes("any")


def test_what_is_known_is_what_piper_has_numbers_for() -> None:
    from piper.phoneme_ids import DEFAULT_PHONEME_ID_MAP as NUMBERS

    signs = set("_^$!(),-.;?#\"':gεʦX")  # of sentences, or written otherwise
    assert {each for each in NUMBERS if len(each) == 1} - signs == phonemes.KNOWN
    demo = json.loads((piper_files.DEMO_DIR / f"{DEMO}.onnx.json").read_text())
    assert set(demo["phoneme_id_map"]) >= phonemes.KNOWN


def test_how_people_write_it() -> None:
    written = {
        "/ˈɛk.oʊ/": "ˈɛkoʊ",
        " ˈɛkoʊ  dɛsk ": "ˈɛkoʊ dɛsk",
        "'t͡ʃɑ:g": "ˈtʃɑːɡ",
        "ʤɔ̃ç": "dʒɔ\u0303c\u0327",
    }
    assert {text: phonemes.written(text) for text in written} == written
    assert phonemes.unknown("a[b]a😀[") == ["[", "]", "😀"]
