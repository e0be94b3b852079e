from django.apps import AppConfig

FORM_BYTES = 64 * 1024  # of an upload, beside the file


class Voices(AppConfig):
    name = "voices"

    def ready(self) -> None:
        from config import hooks
        from voices import engines, owned, stored
        from voices.actions import catalogue, downloads, echos, engine_deletions, training, voice_models, voices
        from voices.models import AUDIO_FILE_MAX_BYTES
        from voices.reference_check import REFERENCE_MAX_BYTES

        owned.register()
        stored.register()
        hooks.start_steps.register(voices.sync_voices)
        hooks.start_steps.register(catalogue.seed_voices)
        hooks.worker_starts.register(voices.warm_up)
        hooks.worker_figures.register(engines.in_memory)
        hooks.engine_checks.register(engines.states)
        hooks.dependents.register(echos.dependents)
        hooks.team_moves.register(voice_models.unshare_all)
        hooks.sweeps.register(hooks.Sweep(every=3, run=downloads.requeue_lost))
        hooks.sweeps.register(hooks.Sweep(every=3, run=downloads.enqueue_waiting))
        hooks.sweeps.register(hooks.Sweep(every=5, run=engine_deletions.enqueue_due))
        hooks.sweeps.register(hooks.Sweep(every=2, run=training.enqueue_due))
        for path in ("/api/audio-file", "/files"):
            hooks.upload_doors.register(hooks.UploadDoor(path, AUDIO_FILE_MAX_BYTES + FORM_BYTES))
        for path in ("/api/upload-reference", "/api/voice-models/*/versions", "/voice-models/new"):
            hooks.upload_doors.register(hooks.UploadDoor(path, REFERENCE_MAX_BYTES + FORM_BYTES))
