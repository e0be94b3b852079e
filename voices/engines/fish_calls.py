"""Requests to Fish Audio, in its SDK's words; ValueError for an answer that is not what was asked for.

Imported by the engine when it is used, for the SDK comes with it.
"""

from dataclasses import dataclass

from fishaudio import FishAudio, TTSConfig
from fishaudio.types import Prosody, Voice

from config.transport import current
from voices.engines import fish_http
from voices.engines.fish import MODEL_ID, SAMPLE_RATE, Format, MadeModel
from voices.engines.fish_errors import EngineGarbled

PAGE_MODELS = 100
STARTS = {"wav": (b"RIFF",), "mp3": (b"ID3", b"\xff"), "opus": (b"OggS",), "pcm": (b"",)}


@dataclass(frozen=True)
class Page:
    """A page of the engine's list, newest first."""

    models: list[MadeModel]
    is_last: bool


def speech_options(model_id: str, *, format: Format, speed: float, volume: float) -> TTSConfig:  # noqa: A002
    return TTSConfig(
        reference_id=model_id,
        format=format,
        sample_rate=None if format == "opus" else SAMPLE_RATE,
        opus_bitrate=-1000,  # the engine's choice: the SDK's own 32 is in kbit/s where the API takes bit/s
        latency="normal",  # the better sound; the SDK's own is the faster one
        prosody=Prosody(speed=speed, volume=volume),
    )


def say(client: FishAudio, text: str, config: TTSConfig) -> bytes:
    """One request for speech; ValueError when what came back is no sound."""
    sound = client.tts.convert(text=text, config=config)
    kind = current.get().answer.headers.get("Content-Type", "")
    if not sound or kind.startswith(("text/", "application/json")) or not sound.startswith(STARTS[config.format]):
        raise ValueError("The answer is no sound.")
    if config.format == "pcm" and len(sound) % 2:
        raise ValueError("The answer ends in half a sample.")
    return sound


@dataclass
class Making:
    """A model that is being made, in one try or several. The first of its tags is its own."""

    title: str
    voices: list[bytes]
    tags: list[str]
    description: str
    has_tried: bool = False

    def attempt(self, ends_at: float) -> MadeModel:
        """Look for it when a try may have made it, else make it."""
        if self.has_tried and (found := self._find(ends_at)):
            return found
        self.has_tried = True
        try:
            return fish_http.call(self._create, ends_at)
        except EngineGarbled:
            if found := self._find(ends_at):
                return found
            raise

    def _find(self, ends_at: float) -> MadeModel | None:
        found = fish_http.call(lambda client: page(client, self.tags[0], 1), ends_at)
        return found.models[0] if found.models else None

    def _create(self, client: FishAudio) -> MadeModel:
        description = self.description or None
        model = client.voices.create(
            title=self.title, voices=self.voices, tags=self.tags, description=description, visibility="private"
        )
        return made(model)


def page(client: FishAudio, tag: str, number: int) -> Page:
    listed = client.voices.list(
        self_only=True, tags=tag or None, sort_by="created_at", page_size=PAGE_MODELS, page_number=number
    )
    models = [made(model) for model in listed.items if not tag or tag in model.tags]
    return Page(models, is_last=len(listed.items) < PAGE_MODELS)


def made(model: Voice) -> MadeModel:
    if not MODEL_ID.fullmatch(model.id):
        raise ValueError("The answer has no model's id.")
    return MadeModel(model.id, model.state)
