"""The engine `piper`: voices that run on this machine, by piper-tts."""

import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings

from voices.engines import (
    MAX_SENTENCE_CHARACTERS,
    MAX_SENTENCE_WORDS,
    Engine,
    Problem,
    Scan,
    SpeakerUnknown,
    VoiceBroken,
    VoiceSpec,
)
from voices.engines import piper_files as files_on_disk
from voices.engines.loaded import LoadedModels, give_memory_back
from voices.engines.phonemes import phonemized
from voices.engines.piper_files import VoiceFiles

if TYPE_CHECKING:
    import numpy as np
    from piper import PiperVoice
    from piper.config import PiperConfig, SynthesisConfig

MAX_PHONEMES = 1_000  # in one run of the model; 100 plain English words have about 600
LONG_IDS = 400  # in one run of the model, about 33 words: the memory of more is not kept for the next sentence
LOADED_MEGABYTES = 26  # of a loaded voice, beside its weights: docs/benchmarks.md has what was measured
MAX_VOLUME = 32_767
SHOWN_SPEAKERS = 20
ESPEAK = "espeak"  # the kind of phonemes that a voice has when its JSON does not say
FALSE_STOP = re.compile(r"(?:(?<=\b[A-Z])|(?<=\b[A-Z][a-z])|(?<=\b[A-Z][a-z]{2})|(?<=\b[A-Z][a-z]{3}))\.(?=\s+\S)")


class Piper(Engine):
    name = "piper"

    def __init__(self) -> None:
        self._loaded: LoadedModels[PiperVoice] = LoadedModels()

    def is_on(self) -> bool:
        return True

    def scan(self) -> Scan:
        voices: list[VoiceSpec] = []
        problems: list[Problem] = []
        for files in files_on_disk.catalogue().values():
            try:
                voices.append(files_on_disk.read_spec(files))
            except VoiceBroken as broken:
                problems.append(Problem(str(files.model), broken.message))
        for voice_id, part in files_on_disk.unfinished().items():
            problems.append(Problem(str(part), unfinished(voice_id)))
        return Scan(voices, problems)

    def sample_rate(self, voice_id: str) -> int:
        return files_on_disk.read_spec(files_on_disk.find(voice_id)).sample_rate

    def version(self, voice_id: str) -> str:
        return files_on_disk.read_spec(files_on_disk.find(voice_id)).version

    def synthesize(
        self,
        voice_id: str,
        sentences: Iterable[str],
        *,
        speed: float = 1.0,
        speaker: str | None = None,
        between: Callable[[], object] = lambda: None,
    ) -> Iterator["np.ndarray"]:
        self.check_speed(speed)
        voice = self._voice(voice_id)
        options = synthesis_options(voice.config, speed=speed, speaker=speaker)
        return (speak(voice, voice_id, sentence, options, between) for sentence in sentences)

    def takes_phonemes(self, voice_id: str) -> bool:
        """Those that have no use for espeak's phonemes read letters, or have signs of their own."""
        config = files_on_disk.read_config(files_on_disk.find(voice_id))
        return isinstance(config, dict) and config.get("phoneme_type", ESPEAK) == ESPEAK

    def loaded(self) -> list[str]:
        return self._loaded.keys()

    def warm_up(self, voice_id: str) -> None:
        for _ in self.synthesize(voice_id, ["Hello."]):
            pass

    def _voice(self, voice_id: str) -> "PiperVoice":
        files = files_on_disk.find(voice_id)
        stamp = files.stamp()
        return self._loaded.get(
            voice_id,
            (files, stamp),
            lambda: load(files),
            megabytes=LOADED_MEGABYTES + stamp[0] / 1_000_000,
            limit_megabytes=settings.VOICE_CACHE_MB,
        )


def unfinished(voice_id: str) -> str:
    return f"{voice_id} has not arrived whole. Download it again: it goes on where it stopped."


def load(files: VoiceFiles) -> "PiperVoice":
    """A voice ready to speak, on one thread: workers are one a core. VoiceBroken says what is wrong with it."""
    from piper import PiperVoice

    files_on_disk.read_spec(files)
    config = piper_config(files)
    try:
        session = onnx_session(files.model)
    except Exception as error:  # onnxruntime's errors have no base of their own
        raise files_on_disk.damaged(files.voice_id) from error
    voice = PiperVoice(config=config, session=session, download_dir=settings.PIPER_VOICES_DIR)
    check_language(voice, files.voice_id)
    return voice


def piper_config(files: VoiceFiles) -> "PiperConfig":
    from piper.config import PiperConfig

    try:
        return PiperConfig.from_dict(files_on_disk.read_config(files))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise files_on_disk.misdescribed(files) from error


def onnx_session(model: Path) -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    return Session(onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"]))


class Session:
    """An onnxruntime session that gives back the memory of a long sentence; short ones reuse theirs: 4 % faster."""

    def __init__(self, session: Any) -> None:
        import onnxruntime

        self._session = session
        self._shrinking = onnxruntime.RunOptions()
        self._shrinking.add_run_config_entry("memory.enable_memory_arena_shrinkage", "cpu:0")

    def run(self, names: Any, inputs: Mapping[str, "np.ndarray"]) -> Any:
        if inputs["input"].shape[1] <= LONG_IDS:
            return self._session.run(names, inputs)
        outputs = self._session.run(names, inputs, self._shrinking)
        give_memory_back()
        return outputs


def check_language(voice: "PiperVoice", voice_id: str) -> None:
    """Piper notices a language it can't read at the first sentence only; here it is noticed at loading."""
    try:
        voice.phonemize("a")
    except (RuntimeError, ValueError, ImportError, OSError) as error:
        language = voice.config.espeak_voice
        message = f"The voice {voice_id} speaks a language that is not installed ({language}). Choose another voice."
        raise VoiceBroken(message, field="voice") from error


def synthesis_options(config: "PiperConfig", *, speed: float, speaker: str | None) -> "SynthesisConfig":
    from piper.config import SynthesisConfig

    return SynthesisConfig(speaker_id=speaker_number(config, speaker), length_scale=config.length_scale / speed)


def speaker_number(config: "PiperConfig", speaker: str | None) -> int | None:
    """The number of a speaker given by name or by number; None stands for the voice's own default."""
    if not speaker:
        return None
    if speaker in config.speaker_id_map:
        return config.speaker_id_map[speaker]
    if speaker.isascii() and speaker.isdigit() and int(speaker) < config.num_speakers:
        return int(speaker)
    raise SpeakerUnknown(unknown_speaker(config.speaker_id_map, config.num_speakers), field="speaker")


def unknown_speaker(numbers: Mapping[str, int], count: int) -> str:
    if count < 2:
        return "This voice has only one speaker. Leave the speaker out."
    if not numbers:
        return f"This voice has no such speaker. Choose a number from 0 to {count - 1}."
    names = sorted(numbers, key=numbers.__getitem__)
    more = f" and {len(names) - SHOWN_SPEAKERS} more" if len(names) > SHOWN_SPEAKERS else ""
    return f"This voice has no such speaker. Choose one of: {', '.join(names[:SHOWN_SPEAKERS])}{more}."


def speak(
    voice: "PiperVoice", voice_id: str, sentence: str, options: "SynthesisConfig", between: Callable[[], object]
) -> "np.ndarray":
    """The sound of one sentence, int16, shape (samples,), as loud as it can be; empty when there is nothing to say."""
    import numpy as np

    if len(sentence) > MAX_SENTENCE_CHARACTERS or len(sentence.split()) > MAX_SENTENCE_WORDS:
        raise ValueError(f"A sentence has at most {MAX_SENTENCE_WORDS} words and {MAX_SENTENCE_CHARACTERS} characters.")
    breaths = phonemized(voice.phonemize, without_false_stops(sentence))
    runs = [run for phonemes in breaths for run in model_runs(phonemes)]
    if not runs:
        return np.zeros(0, np.int16)
    parts = []
    for number, phonemes in enumerate(runs):
        if number:
            between()
        parts.append(run_model(voice, voice_id, phonemes, options))
    sound = np.concatenate(parts)
    peak = np.abs(sound).max(initial=0.0)
    return (sound / peak * MAX_VOLUME).astype(np.int16) if peak > 1e-8 else np.zeros(len(sound), np.int16)


def without_false_stops(sentence: str) -> str:
    """espeak ends a sentence after "Dr." and initials, heard as a pause; without the stop it reads them the same."""
    return FALSE_STOP.sub("", sentence)


def model_runs(phonemes: list[str]) -> Iterator[list[str]]:
    """A thousand characters can be read out as thousands of words ("www.www."), so what is read is bounded too."""
    pieces = math.ceil(len(phonemes) / MAX_PHONEMES)
    for piece in range(pieces):
        yield phonemes[len(phonemes) * piece // pieces : len(phonemes) * (piece + 1) // pieces]


def run_model(voice: "PiperVoice", voice_id: str, phonemes: list[str], options: "SynthesisConfig") -> "np.ndarray":
    try:
        sound = voice.phoneme_ids_to_audio(voice.phonemes_to_ids(phonemes), options)
    except Exception as error:  # onnxruntime's errors have no base of their own
        raise VoiceBroken(
            f"The voice {voice_id} failed while it spoke. Choose another voice.", field="voice"
        ) from error
    return sound.reshape(-1)


engine = Piper()
