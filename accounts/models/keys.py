"""API keys and what they may do."""

from collections.abc import Iterable
from typing import Self

from django.db import models
from django.utils.crypto import salted_hmac

from accounts.models.people import NAME_MAX_CHARACTERS, OwnedQuerySet, User
from config import times

KEYS_MAX = 100  # API keys of an account
KEY_START = "ed_"  # tells an API key from a token


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


class ApiKeyQuerySet(OwnedQuerySet):
    def with_text(self, text: str) -> Self:
        return self.filter(digest=key_digest(text))


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
