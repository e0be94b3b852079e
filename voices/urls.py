from django.urls import path

from voices.views import catalogue, files, voices

urlpatterns = [
    path("voices", voices.voices, name="voices"),
    path("files", files.files, name="files"),
    path("files/delete", files.delete_files, name="delete-files"),
    path("voices/catalogue", catalogue.catalogue, name="catalogue"),
    path("voices/catalogue/refresh", catalogue.refresh_catalogue, name="refresh-catalogue"),
    path("voices/catalogue/<voice_id>", catalogue.catalogue_voice, name="catalogue-voice"),
    path("voices/catalogue/<voice_id>/download", catalogue.download_voice, name="download-voice"),
]
