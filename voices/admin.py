from django.contrib import admin

from config.admin import ReadOnlyAdmin
from voices.models import Voice


@admin.register(Voice)
class VoiceAdmin(ReadOnlyAdmin):
    list_display = ("voice_id", "name", "language", "quality", "engine", "available", "sample_rate", "size_bytes")
    list_filter = ("available", "engine", "quality", "language")
    search_fields = ("voice_id", "name")
    ordering = ("voice_id",)
