"""Piper's voice files on disk, `<voice_id>.onnx` and `<voice_id>.onnx.json`: what they say, and what is wrong."""

import hashlib
import json
import math
import os
import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings

from voices.engines import VoiceBroken, VoiceSpec

DEMO_DIR = Path(__file__).resolve().parent.parent / "demo"
MODEL, CONFIG = ".onnx", ".onnx.json"
CARD_FILE, PART = ".MODEL_CARD", ".part"  # what Piper tells of a voice, and a file that has not arrived whole
CARD_MAX_CHARACTERS = 100_000
LICENSE = re.compile(r"^\W*licen[cs]e:\s*(\S.{0,199})", re.IGNORECASE | re.MULTILINE)
MIN_RATE, MAX_RATE = 8_000, 96_000  # Hz
SAMPLED_BYTES = 65_536  # of a model's end, where its weights are


@dataclass(frozen=True)
class VoiceFiles:
    voice_id: str
    model: Path
    config: Path

    def stamp(self) -> tuple[int, ...]:
        """Size in bytes and time of change of both files. VoiceBroken when one is missing."""
        model, config = _stat(self.model, self.voice_id), _stat(self.config, self.voice_id)
        return model.st_size, model.st_mtime_ns, config.st_size, config.st_mtime_ns


def catalogue() -> dict[str, VoiceFiles]:
    """Every voice of which at least one file is there; the operator's folder goes before the bundled one."""
    found: dict[str, VoiceFiles] = {}
    for folder in (settings.PIPER_VOICES_DIR, DEMO_DIR):
        for path in sorted(folder.rglob(f"*{MODEL}*")):
            if not path.name.endswith((MODEL, CONFIG)) or not path.name.isprintable():
                continue
            voice_id = path.name.removesuffix(".json").removesuffix(MODEL)
            files = VoiceFiles(voice_id, path.with_name(voice_id + MODEL), path.with_name(voice_id + CONFIG))
            found.setdefault(voice_id, files)
    return found


def unfinished() -> dict[str, Path]:
    """A file of each voice whose download has stopped on the way, or still goes on."""
    return {
        path.name.removesuffix(PART).removesuffix(".json").removesuffix(MODEL): path
        for path in sorted(settings.PIPER_VOICES_DIR.rglob(f"*{MODEL}*{PART}"))
        if path.name.isprintable()
    }


def find(voice_id: str) -> VoiceFiles:
    """The files of one voice. The id is looked up and never made into a path, so it can't leave the folders."""
    files = catalogue().get(voice_id)
    if files is None:
        raise missing(voice_id)
    return files


def missing(voice_id: str) -> VoiceBroken:
    return VoiceBroken(f"The voice file of {voice_id} is missing. Choose another voice.", field="voice")


def damaged(voice_id: str) -> VoiceBroken:
    sentence = f"The voice file of {voice_id} is damaged. Download it again or choose another voice."
    return VoiceBroken(sentence, field="voice")


def misdescribed(files: VoiceFiles) -> VoiceBroken:
    sentence = f"{files.config.name} does not describe a Piper voice. Download it again or choose another voice."
    return VoiceBroken(sentence, field="voice")


def _stat(path: Path, voice_id: str) -> os.stat_result:
    try:
        result = path.stat()
    except OSError as error:
        raise missing(voice_id) from error
    if not stat.S_ISREG(result.st_mode):
        raise damaged(voice_id)
    return result


def read_config(files: VoiceFiles) -> dict[str, Any]:
    try:
        return json.loads(files.config.read_bytes())
    except OSError as error:
        raise missing(files.voice_id) from error
    except (ValueError, RecursionError) as error:
        raise misdescribed(files) from error


def read_spec(files: VoiceFiles) -> VoiceSpec:
    """What the two files say of the voice; reads the JSON and the model's end. VoiceBroken when they can't be used."""
    size_bytes = files.stamp()[0]
    if not size_bytes:
        raise damaged(files.voice_id)
    config = read_config(files)
    try:
        return _spec(files, config, size_bytes)
    except OSError as error:
        raise missing(files.voice_id) from error
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise misdescribed(files) from error


def check(config: Mapping[str, Any]) -> None:
    """Piper itself notices some of this only while it speaks. ValueError, TypeError or KeyError for what can't be."""
    rate, inference = config["audio"]["sample_rate"], config.get("inference", {})
    if not isinstance(rate, int) or not MIN_RATE <= rate <= MAX_RATE:
        raise ValueError(f"a sample rate of {rate}")
    if not all(isinstance(number, int | float) and math.isfinite(number) for number in inference.values()):
        raise TypeError("a scale that is no number")
    texts = (config["audio"].get("quality"), config.get("language", {}).get("code"), config.get("dataset"))
    if not all(text is None or isinstance(text, str) for text in texts):
        raise TypeError("a name that is no text")


def _spec(files: VoiceFiles, config: Mapping[str, Any], size_bytes: int) -> VoiceSpec:
    check(config)
    language, dataset, quality = named(files.voice_id)
    quality = config["audio"].get("quality") or quality
    return VoiceSpec(
        voice_id=files.voice_id,
        name=title(config.get("dataset") or dataset, quality),
        language=config.get("language", {}).get("code") or language or config["espeak"]["voice"],
        quality=quality,
        speakers=speaker_names(config),
        sample_rate=config["audio"]["sample_rate"],
        size_bytes=size_bytes,
        license=str(config.get("license") or license_of(files)),
        version=_version(files, size_bytes),
    )


def named(voice_id: str) -> tuple[str, str, str]:
    """Language, dataset and quality as Piper writes them in a name, such as en_US-lessac-medium."""
    parts = voice_id.split("-")
    return (parts[0], "-".join(parts[1:-1]), parts[-1]) if len(parts) > 2 else ("", voice_id, "")


def title(dataset: str, quality: str) -> str:
    """What people read, such as Lessac (medium)."""
    name = dataset.replace("_", " ").title()
    return f"{name} ({quality.replace('_', ' ')})" if quality else name


def license_of(files: VoiceFiles) -> str:
    """As the voice's model card names it; nothing where there is no card."""
    path = files.config.with_name(files.voice_id + CARD_FILE)
    if not path.is_file():
        return ""
    with path.open(errors="replace") as card:
        found = LICENSE.search(card.read(CARD_MAX_CHARACTERS))
    return found[1].replace("\0", "").strip() if found else ""


def speaker_names(config: Mapping[str, Any]) -> tuple[str, ...]:
    """Names by rising number; numbers as text where the voice gives its speakers no names."""
    count, numbers = int(config["num_speakers"]), config.get("speaker_id_map") or {}
    if count < 2:
        return ()
    if not all(isinstance(number, int) and 0 <= number < count for number in numbers.values()):
        raise ValueError("a speaker's number is out of range")
    return tuple(sorted(numbers, key=numbers.__getitem__)) or tuple(str(number) for number in range(count))


def _version(files: VoiceFiles, size_bytes: int) -> str:
    """A short hash of the content, so that copies on several machines agree where times of change would not."""
    digest = hashlib.blake2s(files.config.read_bytes() + str(size_bytes).encode(), digest_size=6)
    with files.model.open("rb") as model:
        model.seek(max(0, size_bytes - SAMPLED_BYTES))
        digest.update(model.read())
    return digest.hexdigest()
