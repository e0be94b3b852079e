from django.apps import AppConfig

DOWNLOADED = ("id", "name", "s3_key", "file_size", "content_type", "duration", "sample_rate", "channels")
DOWNLOADED += ("is_encrypted", "is_stored", "uploaded_at")
FORM_BYTES = 64 * 1024  # of an upload, beside the file


class Voices(AppConfig):
    name = "voices"

    def ready(self) -> None:
        from config import hooks
        from voices import engines
        from voices.actions import audio_files, catalogue, downloads, voices
        from voices.models import AUDIO_FILE_MAX_BYTES, AudioFile, Voice, VoiceDownload, stored_bytes_of

        hooks.start_steps.register(voices.sync_voices)
        hooks.start_steps.register(catalogue.seed_voices)
        hooks.worker_starts.register(voices.warm_up)
        hooks.engine_checks.register(engines.states)
        hooks.sweeps.register(hooks.Sweep(every=3, run=downloads.requeue_lost))
        hooks.sweeps.register(hooks.Sweep(every=3, run=downloads.enqueue_waiting))
        hooks.shared_models.register(Voice)
        hooks.shared_models.register(VoiceDownload)
        hooks.owned_data.register(
            hooks.OwnedData(
                AudioFile,
                "user",
                delete=audio_files.delete_all,
                columns=DOWNLOADED,
                files=audio_files.files_of,
                stored_bytes=stored_bytes_of,
            )
        )
        for path in ("/api/audio-file", "/files"):
            hooks.upload_doors.register(hooks.UploadDoor(path, AUDIO_FILE_MAX_BYTES + FORM_BYTES))
