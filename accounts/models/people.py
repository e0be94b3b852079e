"""People and their teams."""

import base64
import secrets
import time
from typing import ClassVar, Self

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.utils.crypto import salted_hmac

from config import times
from config.ids import parse_id

PASSWORD_MIN_CHARACTERS = 8
PASSWORD_MAX_CHARACTERS = 128
NAME_MAX_CHARACTERS = 200
EMAIL_MAX_CHARACTERS = 254
KEY_SALT_BYTES = 32
KEY_SALT_MAX_CHARACTERS = 100  # of base64
SAMPLES_SEEN_SECONDS = 60.0  # for which a process knows which teams are samples: every page asks
SECRET_START = "sec_"  # noqa: S105 - how every signing secret begins


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
    is_sample = models.BooleanField(default=False, editable=False, help_text="Made by `manage.py demo`")

    objects = TeamQuerySet.as_manager()

    class Meta:
        db_table = "teams"

    def __str__(self) -> str:
        return self.name


class SampleTeams:
    """Those that this process has seen a moment ago."""

    seen: ClassVar[frozenset[str]] = frozenset()
    seen_until: ClassVar[float] = 0.0

    @classmethod
    def ids(cls) -> frozenset[str]:
        if time.monotonic() >= cls.seen_until:
            cls.seen = frozenset(Team.objects.filter(is_sample=True).values_list("pk", flat=True))
            cls.seen_until = time.monotonic() + SAMPLES_SEEN_SECONDS
        return cls.seen


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
    key_salt = models.CharField(max_length=KEY_SALT_MAX_CHARACTERS, default=new_key_salt, editable=False)
    token_version = models.PositiveIntegerField(default=1, editable=False)
    secret_version = models.PositiveIntegerField(default=1, editable=False, help_text="Of the signing secret")
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    cloning_consent_at = models.DateTimeField(
        null=True, blank=True, help_text="Confirmed the right to use every upload"
    )
    created_at = models.DateTimeField(default=times.now, editable=False)
    deleted_at = models.DateTimeField(null=True, blank=True, editable=False, help_text="Its data is being deleted")
    is_sample = models.BooleanField(default=False, editable=False, help_text="Nobody's, made with a sample team")

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
    def signing_secret(self) -> str:
        """Signs what we post to the person's addresses. It is kept nowhere: a copy of the database does not hold it."""
        digest = salted_hmac("accounts.signing", f"{self.pk}:{self.secret_version}", algorithm="sha256").digest()
        return SECRET_START + base64.urlsafe_b64encode(digest).decode().rstrip("=")

    @property
    def is_in_sample_team(self) -> bool:
        """Also as a guest, with an account of one's own; a minute after joining at the latest."""
        return self.is_sample or self.team_id in SampleTeams.ids()

    @property
    def runs_a_team(self) -> bool:
        return self.role == Role.ADMIN and self.is_active

    def outranks(self, other: "User") -> bool:
        """Running a team gives nobody power over the account of somebody who runs the installation."""
        return self.is_superuser or not (other.is_staff or other.is_superuser)


class KnownQuerySet(models.QuerySet):
    def with_id(self, text: str) -> Self:
        """By its id or an old UUID; nothing for what is neither."""
        try:
            return self.filter(pk=parse_id(text))
        except ValueError:
            return self.none()


class OwnedQuerySet(KnownQuerySet):
    """Rows that belong to one person."""

    def owned_by(self, user: User) -> Self:
        return self.filter(user=user)


class TeamOwnedQuerySet(KnownQuerySet):
    """Rows that belong to a team."""

    def owned_by(self, user: User) -> Self:
        """Those of the person's team."""
        return self.filter(team=user.team_id)
