"""What a person can speak with, as a list to choose from.

Voices stand in it by their id, voice models as `model:` with the id of their engine, echos as `echo:` with their id.
"""

import re

from accounts.models import User
from config.errors import Unprocessable
from jobs import sources
from voices import engines
from voices.models import ENGINE, Echo, State, UnsavedModel, Voice, VoiceModel

Choice = tuple[str, str]  # what the form sends, and what the person reads
KINDS = {"model": "Voice models", "echo": "Echos", "voice": "Voices"}
LISTED = 100  # voice models, and echos; the newest ones


def named(value: str) -> dict[str, str]:
    """A chosen value as `start_job` takes it."""
    kind, name = split(value)
    return {f"{kind}_id": name}


def split(value: str) -> tuple[str, str]:
    kind, mark, name = value.partition(":")
    return (kind, name) if mark and kind in KINDS else ("voice", value)


def groups(by: User, voices: dict[str, str], chosen: Choice | None) -> list[tuple[str, list[Choice]]]:
    """All that can speak now, by kind and name. `voices` are ids and labels; what is chosen is in it however old."""
    found = {"model": trained_models(by), "echo": echos(by), "voice": voices}
    if chosen:
        found[split(chosen[0])[0]].setdefault(*chosen)
    return [(title, by_name(found[kind])) for kind, title in KINDS.items() if found[kind]]


def by_name(choices: dict[str, str]) -> list[Choice]:
    return sorted(choices.items(), key=lambda choice: choice[1].casefold())


def count(by: User) -> int:
    """How many voices and voice models can speak for the person now."""
    voices = Voice.objects.available().count()
    if not engines.is_on(ENGINE):
        return voices
    return voices + VoiceModel.objects.usable_by(by).matching(state=State.TRAINED).count()


def trained_models(by: User) -> dict[str, str]:
    """Their owners in a query of their own: MongoDB would join users to all models there are before it takes some."""
    rows = VoiceModel.objects.usable_by(by).matching(state=State.TRAINED).prefetch_related("user").in_list()
    return dict(of_model(by, model) for model in rows.order_by("-created_at")[:LISTED])


def echos(by: User) -> dict[str, str]:
    return dict(map(of_echo, Echo.objects.owned_by(by).defer("persona_prompt").order_by("-created_at")[:LISTED]))


def find(by: User, value: str) -> Choice | None:
    """One choice, by any of its ids; None when it isn't there or can't be spoken with."""
    kind, name = split(value)
    if kind == "echo":
        echo = Echo.objects.owned_by(by).with_id(name).first()
        return of_echo(echo) if echo else None
    if kind == "model":
        model = sources.model_called(by, name)
        return of_model(by, model) if model and model.is_ready else None
    voice = Voice.objects.available().called(name).first()
    return (voice.voice_id, voice.name) if voice else None


def of_language(language: str, voice_id: str) -> str:
    """The voice, if it speaks the language; else one that does, if there is any. Codes such as "en-GB"."""
    base = re.split("[_-]", language)[0].lower()
    spoken = Voice.objects.filter(voice_id=voice_id).values_list("language", flat=True).first() or ""
    if not base or re.split("[_-]", spoken)[0].lower() == base:
        return voice_id
    try:
        return sources.voice_of_language(base)
    except Unprocessable:
        return voice_id


def of_model(by: User, model: VoiceModel | UnsavedModel) -> Choice:
    version = f", version {model.version}" if getattr(model, "version", 1) > 1 else ""
    owner = "" if model.user_id == by.pk else f", shared by {model.user.name or model.user.email}"
    return f"model:{model.model_id}", f"{model.name}{version}{owner}"


def of_echo(echo: Echo) -> Choice:
    return f"echo:{echo.pk}", echo.name
