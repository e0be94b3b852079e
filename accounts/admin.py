from django.contrib import admin
from django.contrib.auth.models import Group
from django.forms import ModelForm
from django.http import HttpRequest

from accounts.actions import users
from accounts.models import Team, User
from config.admin import ReadOnlyAdmin


@admin.register(User)
class UserAdmin(ReadOnlyAdmin):
    list_display = ("email", "name", "team", "role", "is_active", "is_staff", "created_at", "last_login")
    list_filter = ("is_active", "is_staff", "role")
    list_select_related = ("team",)
    search_fields = ("email", "name")
    ordering = ("-created_at",)
    fields = ("email", "name", "team", "role", "is_active", "is_staff", "is_superuser", "created_at", "last_login")
    readonly_fields = ("email", "team", "role", "created_at", "last_login")

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return request.user.is_superuser

    def save_model(self, request: HttpRequest, obj: User, form: ModelForm, change: bool) -> None:
        users.change_user(by=request.user, user=obj, **{name: form.cleaned_data[name] for name in form.changed_data})


admin.site.unregister(Group)


@admin.register(Group)
class GroupAdmin(ReadOnlyAdmin):
    list_display = ("name",)
    search_fields = ("name",)


@admin.register(Team)
class TeamAdmin(ReadOnlyAdmin):
    list_display = ("name", "created_at")
    search_fields = ("name",)
    ordering = ("-created_at",)
