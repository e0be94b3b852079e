"""The catalogue: what the engines on this machine can say."""

import logging
from dataclasses import asdict
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from config.errors import DomainError
from config.hooks import Write
from voices import engines, samples
from voices.models import Voice

logger = logging.getLogger(__name__)
SAMPLES = "samples"  # their folder in the storage


def sync_voices(write: Write) -> None:
    """Make the catalogue say what the engines on this machine have, and make each new voice's sample."""
    found: list[str] = []
    for engine in engines.all():
        scan = engine.scan()
        for spec in scan.voices:
            found.append(spec.voice_id)
            save_voice(engine=engine.name, spec=spec, write=write)
        for problem in scan.problems:
            write(f"{problem.file}: {problem.message}")
    gone = Voice.objects.available().exclude(voice_id__in=found)
    for voice in gone:
        write(f"{voice.voice_id}: its files are gone; it is no longer offered.")
    gone.update(available=False)


def save_voice(*, engine: str, spec: engines.VoiceSpec, write: Write) -> Voice:
    fields: dict[str, Any] = asdict(spec) | {"speakers": list(spec.speakers), "engine": engine, "available": True}
    voice_id = fields.pop("voice_id")
    known = Voice.objects.filter(voice_id=voice_id).first()
    voice, made = Voice.objects.update_or_create(voice_id=voice_id, defaults=fields)
    if made:
        write(f"{voice_id}: added.")
    has_changed = known is not None and known.version != voice.version
    if has_changed or not voice.sample or not default_storage.exists(voice.sample):
        save_sample(voice=voice, write=write)
    return voice


def save_sample(*, voice: Voice, write: Write) -> None:
    """Speak the voice's sample and keep it; a voice that can't speak is not offered."""
    try:
        sound = samples.make_sample(voice)
    except DomainError as error:
        write(f"{voice.voice_id}: {error.message}")
        Voice.objects.filter(pk=voice.pk).update(available=False)
        return
    name = default_storage.save(f"{SAMPLES}/{voice.pk}-{voice.version}.wav", ContentFile(sound))
    old, voice.sample = voice.sample, name
    Voice.objects.filter(pk=voice.pk).update(sample=name)
    if old and old != name:
        default_storage.delete(old)


def warm_up() -> None:
    """Load the default voice into this worker, so that its first job does not wait for it."""
    voice = Voice.objects.available().called(settings.DEFAULT_VOICE).first()
    if voice is None:
        logger.warning("The default voice %s is not in the catalogue.", settings.DEFAULT_VOICE)
        return
    try:
        engines.get(voice.engine).warm_up(voice.voice_id)
    except DomainError as error:
        logger.warning("The default voice can't speak: %s", error.message)
