"""Voice models and echos as they are in the database; nobody was asked to make them."""

from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from accounts.models import User
from config import times
from config.ids import new_id
from tests.voices.sounds import sound
from voices.models import Echo, State, VoiceModel


def make_model(user: User, **fields: Any) -> VoiceModel:
    """A trained voice model with its recording, of one second."""
    content = sound()
    name = default_storage.save(f"references/{user.pk}/{new_id()}.wav", ContentFile(content))
    recording = {"reference": name, "reference_bytes": len(content), "reference_type": "audio/wav", "duration": 1.0}
    made = {"model_id": f"{new_id()}00000000", "name": "Harbour", "state": State.TRAINED, "consent_at": times.now()}
    model = VoiceModel(user=user, audio_file_path="harbour.wav", **recording | made | fields)
    model.search = model.words()
    model.save(force_insert=True)
    return model


def make_echo(user: User, **fields: Any) -> Echo:
    return Echo.objects.create(user=user, **{"name": "Keeper", "persona_prompt": "A calm lighthouse keeper."} | fields)
