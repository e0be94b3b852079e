import base64
import datetime as dt
import secrets
from collections.abc import Iterable
from typing import Any, ClassVar, Self

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.utils.crypto import salted_hmac

from config import times
from config.leases import Leased, LeasedQuerySet, Status

PASSWORD_MIN_CHARACTERS = 8
PASSWORD_MAX_CHARACTERS = 128
NAME_MAX_CHARACTERS = 200
EMAIL_MAX_CHARACTERS = 254
KEY_SALT_BYTES = 32
KEYS_MAX = 100  # API keys of an account
KEY_START = "ed_"  # tells an API key from a token


def new_key_salt() -> str:
    return base64.b64encode(secrets.token_bytes(KEY_SALT_BYTES)).decode()


class TeamQuerySet(models.QuerySet):
    def owned_by(self, user: "User") -> Self:
        return self.filter(pk=user.team_id)


class Team(models.Model):
    """Owns the desk. Everybody is in exactly one team."""

    name = models.CharField(max_length=NAME_MAX_CHARACTERS)
    created_at = models.DateTimeField(default=times.now)
    version = models.PositiveIntegerField(default=1, editable=False, help_text="Raised when its members change")

    objects = TeamQuerySet.as_manager()

    class Meta:
        db_table = "teams"

    def __str__(self) -> str:
        return self.name


class Role(models.TextChoices):
    ADMIN = "admin"
    MEMBER = "member"


class UserQuerySet(models.QuerySet):
    def owned_by(self, user: "User") -> Self:
        return self.filter(pk=user.pk)

    def administrators(self) -> Self:
        """Those who run the installation, the first one first."""
        return self.filter(is_superuser=True, is_active=True).order_by("created_at", "pk")

    def in_team_of(self, user: "User") -> Self:
        """The members of a person's team, the person too; not those whose account is being deleted."""
        return self.filter(team=user.team_id, deleted_at=None)

    def running_a_team(self) -> Self:
        return self.filter(role=Role.ADMIN, is_active=True)


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):
    """Users are found by e-mail, as Django's sign-in does."""

    def get_by_natural_key(self, username: str) -> "User":
        return self.get(email=normalise_email(username))


def normalise_email(email: str) -> str:
    return email.strip().lower()


class User(AbstractBaseUser, PermissionsMixin):
    email = models.EmailField(unique=True, max_length=EMAIL_MAX_CHARACTERS)
    name = models.CharField(max_length=NAME_MAX_CHARACTERS, blank=True)
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="members")
    role = models.CharField(max_length=10, choices=Role, default=Role.ADMIN)
    key_salt = models.CharField(max_length=100, default=new_key_salt, editable=False)
    token_version = models.PositiveIntegerField(default=1, editable=False)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=times.now, editable=False)
    deleted_at = models.DateTimeField(null=True, blank=True, editable=False, help_text="Its data is being deleted")

    objects = UserManager()
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        db_table = "users"

    def __str__(self) -> str:
        return self.email

    @property
    def created_at_unix(self) -> float:
        """Seconds since 1970."""
        return times.unix(self.created_at)

    def get_session_auth_hash(self) -> str:
        """Sessions end with the tokens: when the password changes or the account is disabled."""
        return f"{super().get_session_auth_hash()}:{self.token_version}"

    @property
    def runs_a_team(self) -> bool:
        return self.role == Role.ADMIN and self.is_active

    def outranks(self, other: "User") -> bool:
        """Running a team gives nobody power over the account of somebody who runs the installation."""
        return self.is_superuser or not (other.is_staff or other.is_superuser)


class Scope(models.TextChoices):
    """What an API key may do; each endpoint says which of them it takes."""

    READ = "read", "Read"
    SPEAK = "speak", "Speak"
    VOICES = "voices", "Voices and files"
    DESK = "desk", "Desk"
    ALL = "all", "Everything"


def key_digest(text: str) -> str:
    """What is kept of an API key or an invitation's token: without SECRET_KEY it says nothing about a guess."""
    return salted_hmac("accounts.keys", text, algorithm="sha256").hexdigest()


class ApiKeyQuerySet(models.QuerySet):
    def owned_by(self, user: User) -> Self:
        return self.filter(user=user)

    def with_text(self, text: str) -> Self:
        return self.filter(digest=key_digest(text)).select_related("user")


class ApiKey(models.Model):
    """Lets a program in as its owner. Its text is shown once; we keep a keyed hash."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="keys", db_index=False)
    name = models.CharField(max_length=NAME_MAX_CHARACTERS)
    prefix = models.CharField(max_length=20, help_text="How the key begins, to know it by")
    digest = models.CharField(max_length=64, unique=True, editable=False)
    scopes = models.JSONField(default=list)
    created_at = models.DateTimeField(default=times.now, editable=False)
    expires_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = ApiKeyQuerySet.as_manager()

    class Meta:
        db_table = "api_keys"
        indexes = [models.Index(fields=["user", "-created_at", "-id"], name="keys_of_user")]
        verbose_name = "API key"

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"

    @property
    def is_expired(self) -> bool:
        return self.expires_at is not None and self.expires_at <= times.now()

    @property
    def scope_words(self) -> str:
        named = [Scope.ALL] if Scope.ALL in self.scopes else self.scopes
        return ", ".join(Scope(scope).label for scope in named)

    def allows(self, scopes: Iterable[str]) -> bool:
        """Whether it has one of the scopes that an endpoint takes."""
        return bool({*scopes} & {*self.scopes}) or (Scope.ALL in self.scopes and bool(scopes))


class InvitationQuerySet(models.QuerySet):
    def owned_by(self, user: User) -> Self:
        return self.filter(team=user.team_id)

    def open(self) -> Self:
        return self.filter(used_at=None, expires_at__gt=times.now())

    def with_token(self, token: str) -> Self:
        return self.filter(digest=key_digest(token)).select_related("team", "by")


class Invitation(models.Model):
    """A link that lets one person into a team, once."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="invitations")
    by = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    email = models.EmailField(
        blank=True, max_length=EMAIL_MAX_CHARACTERS, help_text="Whom it is for, where that was said"
    )
    role = models.CharField(max_length=10, choices=Role, default=Role.MEMBER)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(default=times.now, editable=False)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True, editable=False)
    mailed_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        db_table = "invitations"

    def __str__(self) -> str:
        return f"Invitation to {self.team}"


class Event(models.TextChoices):
    """What the audit trail tells of."""

    REGISTERED = "registered", "Account made"
    SIGNED_IN = "signed_in", "Signed in"
    SIGN_IN_FAILED = "sign_in_failed", "Sign-in failed"
    PASSWORD_CHANGED = "password_changed", "Password changed"
    RESET_ASKED = "reset_asked", "Password reset asked for"
    RESET_LINK_MADE = "reset_link_made", "Reset link made"
    EMAIL_CHANGED = "email_changed", "E-mail changed"
    KEY_MADE = "key_made", "API key made"
    KEY_USED = "key_used", "API key used"
    KEY_REVOKED = "key_revoked", "API key revoked"
    FILE_DELETED = "file_deleted", "File deleted"
    INVITED = "invited", "Invitation made"
    INVITATION_REVOKED = "invitation_revoked", "Invitation taken back"
    JOINED = "joined", "Joined a team"
    LEFT = "left", "Left a team"
    ROLE_CHANGED = "role_changed", "Role changed"
    DISABLED = "disabled", "Account disabled"
    ENABLED = "enabled", "Account enabled"
    DATA_EXPORTED = "data_exported", "Data exported"
    ACCOUNT_DELETED = "account_deleted", "Account deleted"


class AuditEntryQuerySet(models.QuerySet):
    def owned_by(self, user: User) -> Self:
        return self.filter(user=user)

    def matching(self, *, event: str = "") -> Self:
        return self.filter(event=event) if event else self


class AuditEntry(models.Model):
    """One line of an account's audit trail."""

    WORDS_MAX_CHARACTERS = 300

    user = models.ForeignKey(User, on_delete=models.CASCADE, null=True, related_name="+", db_index=False)
    event = models.CharField(max_length=30, choices=Event)
    words = models.CharField(max_length=WORDS_MAX_CHARACTERS, blank=True)
    address = models.CharField(max_length=45, blank=True, help_text="Of the client")
    created_at = models.DateTimeField(default=times.now, editable=False)

    objects = AuditEntryQuerySet.as_manager()

    class Meta:
        db_table = "audit_entries"
        indexes = [
            models.Index(fields=["user", "-created_at", "-id"], name="audit_of_user"),
            models.Index(fields=["-created_at"], name="audit_newest"),
        ]
        verbose_name_plural = "audit entries"

    def __str__(self) -> str:
        return f"{self.get_event_display()}, {times.iso(self.created_at)}"


class UsageDayQuerySet(models.QuerySet):
    def owned_by(self, user: User) -> Self:
        return self.filter(user=user)

    def since(self, day: dt.date) -> Self:
        return self.filter(day__gte=day)


class UsageDay(models.Model):
    """What an account has used on one day."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+", db_index=False)
    day = models.DateField()
    uploads = models.PositiveIntegerField(default=0)
    upload_bytes = models.PositiveBigIntegerField(default=0)
    jobs = models.PositiveIntegerField(default=0)
    speech_seconds = models.FloatField(default=0.0)
    key_calls = models.PositiveIntegerField(default=0)

    objects = UsageDayQuerySet.as_manager()

    class Meta:
        db_table = "usage_days"
        constraints = [models.UniqueConstraint(fields=["user", "day"], name="usage_once_a_day")]

    def __str__(self) -> str:
        return f"{self.day}"


class DataExportQuerySet(LeasedQuerySet):
    def owned_by(self, user: User) -> Self:
        return self.filter(user=user)


class DataExport(Leased):
    """All data of an account in one zip file, made by a worker."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    progress = models.PositiveSmallIntegerField(default=0, help_text="0 to 100")
    path = models.CharField(max_length=255, blank=True, help_text="Its name in the storage")
    size_bytes = models.PositiveBigIntegerField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)

    objects = DataExportQuerySet.as_manager()
    task: ClassVar[str] = "accounts.tasks.make_export"
    afresh: ClassVar[dict[str, Any]] = Leased.afresh | {"progress": 0}

    class Meta:
        db_table = "data_exports"

    def __str__(self) -> str:
        return f"Data export of {times.iso(self.created_at)}"

    @property
    def is_ready(self) -> bool:
        return self.status == Status.COMPLETED and self.expires_at > times.now()
