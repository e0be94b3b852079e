from django.contrib import admin

from config.admin import ReadOnlyAdmin
from voices.models import AudioFile, Echo, EngineDeletion, UnsavedModel, Voice, VoiceDownload, VoiceModel


@admin.register(Voice)
class VoiceAdmin(ReadOnlyAdmin):
    list_display = ("voice_id", "name", "language", "quality", "engine", "available", "sample_rate", "size_bytes")
    list_filter = ("available", "engine", "quality", "language")
    search_fields = ("voice_id", "name")
    ordering = ("voice_id",)


@admin.register(AudioFile)
class AudioFileAdmin(ReadOnlyAdmin):
    list_display = ("name", "user", "s3_key", "file_size", "content_type", "duration", "is_stored", "uploaded_at")
    list_filter = ("is_stored", "is_encrypted", "content_type")
    list_select_related = ("user",)
    search_fields = ("name", "s3_key", "user__email")
    ordering = ("-uploaded_at",)


@admin.register(VoiceDownload)
class VoiceDownloadAdmin(ReadOnlyAdmin):
    list_display = ("__str__", "status", "progress", "received_bytes", "size_bytes", "attempts", "created_at")
    list_filter = ("status",)
    search_fields = ("voice_id",)
    ordering = ("-created_at",)


@admin.register(VoiceModel)
class VoiceModelAdmin(ReadOnlyAdmin):
    list_display = ("name", "user", "engine", "model_id", "state", "visibility", "echo", "used_jobs", "created_at")
    list_filter = ("state", "visibility", "engine", "file_type")
    list_select_related = ("user", "echo")
    search_fields = ("name", "model_id", "user__email")
    ordering = ("-created_at",)
    fields = ("user", "name", "description", "tags", "visibility", "echo", "version", "previous", "created_at")
    fields += ("audio_file_path", "file_type", "reference", "reference_type", "reference_bytes", "duration")
    fields += ("consent_at", "engine", "model_id", "state", "error", "polls", "poll_at")
    fields += ("used_jobs", "used_seconds", "billed_bytes")


@admin.register(UnsavedModel)
class UnsavedModelAdmin(ReadOnlyAdmin):
    list_display = ("name", "user", "engine", "model_id", "consent_at", "created_at")
    list_select_related = ("user",)
    search_fields = ("name", "model_id", "user__email")
    ordering = ("-created_at",)


@admin.register(EngineDeletion)
class EngineDeletionAdmin(ReadOnlyAdmin):
    list_display = ("__str__", "engine", "tries", "due_at", "created_at")
    list_filter = ("engine",)
    search_fields = ("model_id", "tag")
    ordering = ("-created_at",)


@admin.register(Echo)
class EchoAdmin(ReadOnlyAdmin):
    """What a persona says is its owner's: it is neither listed nor searched."""

    list_display = ("name", "user", "linked_model", "voice_id", "speed", "created_at")
    list_select_related = ("user", "voice_model")
    search_fields = ("name", "user__email")
    ordering = ("-created_at",)
    fields = ("user", "name", "description", "persona_prompt", "linked_model", "voice_id", "speed", "created_at")
