from django.urls import path

from voices import catalogue_views, views

urlpatterns = [
    path("voices", views.voices, name="voices"),
    path("files", views.files, name="files"),
    path("files/delete", views.delete_files, name="delete-files"),
    path("voices/catalogue", catalogue_views.catalogue, name="catalogue"),
    path("voices/catalogue/refresh", catalogue_views.refresh_catalogue, name="refresh-catalogue"),
    path("voices/catalogue/<voice_id>", catalogue_views.catalogue_voice, name="catalogue-voice"),
    path("voices/catalogue/<voice_id>/download", catalogue_views.download_voice, name="download-voice"),
]
