"""What can be downloaded: rows of voices that are not on this machine."""

from collections.abc import Iterable
from typing import Any

from config.hooks import Write
from voices.engines import known_voices
from voices.engines.piper_catalogue import Entry
from voices.models import Voice

ENGINE = "piper"


def save_catalogue(*, entries: Iterable[Entry]) -> int:
    """Make the catalogue list these voices; gives how many are new to it. A voice of this machine stays as it is."""
    known = {voice.voice_id: voice for voice in Voice.objects.all()}
    return sum(save_entry(entry=entry, voice=known.get(entry.voice_id)) for entry in entries)


def save_entry(*, entry: Entry, voice: Voice | None) -> bool:
    fields = facts(entry)
    if voice is None:
        return Voice.objects.get_or_create(voice_id=entry.voice_id, defaults=fields)[1]
    if not voice.is_local and any(getattr(voice, name) != value for name, value in fields.items()):
        Voice.objects.filter(pk=voice.pk, available=False, version="").update(**fields)
    return False


def facts(entry: Entry) -> dict[str, Any]:
    return {
        "name": entry.name,
        "language": entry.language,
        "quality": entry.quality,
        "engine": ENGINE,
        "speakers": list(entry.speakers),
        "sample_rate": entry.sample_rate,
        "size_bytes": entry.size_bytes,
        "available": False,
    }


def seed_voices(write: Write) -> None:
    """List some well-known voices as long as Piper's own list has not been fetched; needs no network."""
    listed = set(Voice.objects.values_list("voice_id", flat=True))
    if added := save_catalogue(entries=[entry for entry in known_voices.entries() if entry.voice_id not in listed]):
        write(f"{added} voices can be downloaded: see /voices/catalogue.")
