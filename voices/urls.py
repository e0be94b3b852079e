from django.urls import path

from voices import views

urlpatterns = [path("voices", views.voices, name="voices")]
