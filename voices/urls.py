from django.urls import path

from voices import views

urlpatterns = [
    path("voices", views.voices, name="voices"),
    path("files", views.files, name="files"),
    path("files/delete", views.delete_files, name="delete-files"),
]
