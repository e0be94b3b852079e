from django.urls import path

from accounts.views import sign_in

urlpatterns = [
    path("login", sign_in.login, name="login"),
    path("logout", sign_in.logout, name="logout"),
    path("register", sign_in.register, name="register"),
    path("theme", sign_in.theme, name="theme"),
]
