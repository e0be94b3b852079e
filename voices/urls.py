from django.urls import path

from voices.views import catalogue, echos, files, references, voice_models, voices

urlpatterns = [
    path("voices", voices.voices, name="voices"),
    path("echos", echos.echos, name="echos"),
    path("echos/new", echos.new_echo, name="new-echo"),
    path("echos/<object_id:echo_id>", echos.echo, name="echo"),
    path("echos/<object_id:echo_id>/change", echos.change_echo, name="change-echo"),
    path("echos/<object_id:echo_id>/delete", echos.delete_echo, name="delete-echo"),
    path("files", files.files, name="files"),
    path("files/delete", files.delete_files, name="delete-files"),
    path("files/<object_id:file_id>/clone", references.clone_file, name="clone-file"),
    path("voices/catalogue", catalogue.catalogue, name="catalogue"),
    path("voices/catalogue/refresh", catalogue.refresh_catalogue, name="refresh-catalogue"),
    path("voices/catalogue/<voice_id>", catalogue.catalogue_voice, name="catalogue-voice"),
    path("voices/catalogue/<voice_id>/download", catalogue.download_voice, name="download-voice"),
    path("voices/<voice_id>", voices.voice, name="voice"),
    path("voice-models/new", references.new_voice_model, name="new-voice-model"),
    path("voice-models/<model_id>", voice_models.voice_model, name="voice-model"),
    path("voice-models/<model_id>/change", voice_models.change_voice_model, name="change-voice-model"),
    path("voice-models/<model_id>/share", voice_models.share_voice_model, name="share-voice-model"),
    path("voice-models/<model_id>/delete", voice_models.delete_voice_model, name="delete-voice-model"),
]
