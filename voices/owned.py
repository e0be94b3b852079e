"""The rows of this app in the registry of owned data. A deletion goes from the last entry to the first."""

from config.hooks import OwnedData, owned_data, shared_models
from voices.actions import audio_files, echos, voice_models
from voices.models import AudioFile, Echo, EngineDeletion, UnsavedModel, Voice, VoiceDownload, VoiceModel

FILE = ("id", "name", "s3_key", "file_size", "content_type", "duration", "sample_rate", "channels")
FILE += ("is_encrypted", "is_stored", "consent_at", "uploaded_at")
MODEL = ("id", "model_id", "engine", "name", "description", "tags", "visibility", "state", "echo", "version")
MODEL += ("audio_file_path", "file_type", "duration", "consent_at", "created_at", "used_jobs", "used_seconds")
UNSAVED = ("id", "model_id", "engine", "name", "consent_at", "created_at")
ECHO = ("id", "name", "description", "persona_prompt", "voice_id", "speed", "created_at")

ENTRIES = (
    OwnedData(
        AudioFile,
        "user",
        delete=audio_files.delete_all,
        columns=FILE,
        files=audio_files.files_of,
        stored_bytes=lambda user: AudioFile.objects.owned_by(user).stored_bytes(),
    ),
    OwnedData(Echo, "user", delete=echos.delete_all, columns=ECHO),
    OwnedData(
        VoiceModel,
        "user",
        delete=voice_models.delete_all,
        columns=MODEL,
        files=voice_models.files_of,
        stored_bytes=lambda user: VoiceModel.objects.owned_by(user).stored_bytes(),
    ),
    OwnedData(UnsavedModel, "user", delete=voice_models.delete_unsaved, columns=UNSAVED),
)


def register() -> None:
    for entry in ENTRIES:
        owned_data.register(entry)
    for model in (Voice, VoiceDownload, EngineDeletion):
        shared_models.register(model)
