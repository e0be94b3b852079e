from django.contrib import admin

from config.admin import ReadOnlyAdmin
from voices.models import AudioFile, Voice, VoiceDownload


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
