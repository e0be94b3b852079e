from django.contrib import admin, messages
from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.actions import passwords, users
from accounts.models import ApiKey, AuditEntry, Invitation, Team, UsageDay, User
from config.admin import ReadOnlyAdmin
from config.errors import DomainError


@admin.action(description="Make links to reset the password", permissions=["change"])
def make_reset_links(model_admin: admin.ModelAdmin, request: HttpRequest, people: QuerySet[User]) -> HttpResponse:
    """Shown on this answer only: a link is as good as the account."""
    links = []
    for user in people:
        try:
            links.append((user, *passwords.reset_link(by=request.user, user=user)))
        except DomainError as error:
            messages.error(request, f"{user}: {error.message}")
    context = admin.site.each_context(request) | {"title": "Reset links", "links": links}
    return render(request, "admin/reset_links.html", context)


@admin.register(User)
class UserAdmin(ReadOnlyAdmin):
    list_display = ("email", "name", "team", "role", "is_active", "is_staff", "created_at", "last_login")
    list_filter = ("is_active", "is_staff", "role")
    list_select_related = ("team",)
    search_fields = ("email", "name")
    ordering = ("-created_at",)
    fields = ("email", "name", "team", "role", "is_active", "is_staff", "is_superuser")
    fields += ("cloning_consent_at", "created_at", "last_login")
    readonly_fields = ("email", "team", "role", "cloning_consent_at", "created_at", "last_login")
    actions = (make_reset_links,)

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
    list_display = ("name", "created_at", "is_sample")
    search_fields = ("name",)
    ordering = ("-created_at",)


@admin.register(Invitation)
class InvitationAdmin(ReadOnlyAdmin):
    list_display = ("team", "email", "role", "by", "created_at", "expires_at", "used_at")
    list_select_related = ("team", "by")
    search_fields = ("team__name", "email", "by__email")
    ordering = ("-created_at",)
    fields = ("team", "by", "email", "role", "created_at", "expires_at", "mailed_at", "used_at")


@admin.register(ApiKey)
class ApiKeyAdmin(ReadOnlyAdmin):
    list_display = ("name", "prefix", "user", "scope_words", "created_at", "expires_at", "last_used_at")
    list_select_related = ("user",)
    search_fields = ("name", "prefix", "user__email")
    ordering = ("-created_at",)
    fields = ("user", "name", "prefix", "scope_words", "created_at", "expires_at", "last_used_at")


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnlyAdmin):
    list_display = ("created_at", "event", "user", "words", "address")
    list_filter = ("event",)
    list_select_related = ("user",)
    search_fields = ("user__email",)
    search_help_text = "By e-mail."
    ordering = ("-created_at",)
    fields = list_display


@admin.register(UsageDay)
class UsageDayAdmin(ReadOnlyAdmin):
    list_display = ("day", "user", "jobs", "speech_seconds", "uploads", "upload_bytes", "key_calls")
    list_select_related = ("user",)
    search_fields = ("user__email",)
    search_help_text = "By e-mail."
    ordering = ("-day",)
