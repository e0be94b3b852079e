"""The models of accounts, by noun."""

from accounts.models.exports import (
    DataExport,
    DataExportQuerySet,
)
from accounts.models.idempotency import (
    IDEMPOTENCY_KEY_MAX_CHARACTERS,
    IdempotencyKey,
    IdempotencyKeyQuerySet,
)
from accounts.models.invitations import (
    Invitation,
    InvitationQuerySet,
)
from accounts.models.keys import (
    KEY_START,
    KEYS_MAX,
    ApiKey,
    ApiKeyQuerySet,
    Scope,
    key_digest,
)
from accounts.models.people import (
    EMAIL_MAX_CHARACTERS,
    KEY_SALT_BYTES,
    KEY_SALT_MAX_CHARACTERS,
    NAME_MAX_CHARACTERS,
    PASSWORD_MAX_CHARACTERS,
    PASSWORD_MIN_CHARACTERS,
    OwnedQuerySet,
    Role,
    Team,
    TeamOwnedQuerySet,
    TeamQuerySet,
    User,
    UserManager,
    UserQuerySet,
    new_key_salt,
    normalise_email,
)
from accounts.models.trail import (
    AuditEntry,
    AuditEntryQuerySet,
    Event,
    UsageDay,
    UsageDayQuerySet,
)

__all__ = [
    "ApiKey",
    "ApiKeyQuerySet",
    "AuditEntry",
    "AuditEntryQuerySet",
    "DataExport",
    "DataExportQuerySet",
    "EMAIL_MAX_CHARACTERS",
    "Event",
    "IDEMPOTENCY_KEY_MAX_CHARACTERS",
    "IdempotencyKey",
    "IdempotencyKeyQuerySet",
    "Invitation",
    "InvitationQuerySet",
    "KEYS_MAX",
    "KEY_SALT_BYTES",
    "KEY_SALT_MAX_CHARACTERS",
    "KEY_START",
    "NAME_MAX_CHARACTERS",
    "OwnedQuerySet",
    "PASSWORD_MAX_CHARACTERS",
    "PASSWORD_MIN_CHARACTERS",
    "Role",
    "Scope",
    "Team",
    "TeamOwnedQuerySet",
    "TeamQuerySet",
    "UsageDay",
    "UsageDayQuerySet",
    "User",
    "UserManager",
    "UserQuerySet",
    "key_digest",
    "new_key_salt",
    "normalise_email",
]
