"""The rows of this app in the registry of owned data. A deletion goes from the last entry to the first."""

from accounts.actions import deletion, exports
from accounts.models import ApiKey, AuditEntry, DataExport, IdempotencyKey, Invitation, Team, UsageDay, User
from config.hooks import OwnedData, owned_data

PERSON = ("id", "email", "name", "role", "key_salt", "cloning_consent_at", "created_at", "last_login")
KEY = ("id", "name", "prefix", "scopes", "created_at", "expires_at", "last_used_at")
USAGE = ("day", "uploads", "upload_bytes", "jobs", "speech_seconds", "billed_bytes", "key_calls")
EXPORT = ("id", "status", "created_at", "completed_at", "size_bytes")

ENTRIES = (
    OwnedData(Team, "team", delete=deletion.delete_team, columns=("id", "name", "created_at"), name="team"),
    OwnedData(User, "user", delete=deletion.delete_user, columns=PERSON, name="account"),
    OwnedData(ApiKey, "user", delete=deletion.rows_of(ApiKey), stop=deletion.rows_of(ApiKey), columns=KEY),
    OwnedData(
        AuditEntry, "user", delete=deletion.rows_of(AuditEntry), columns=("event", "words", "address", "created_at")
    ),
    OwnedData(UsageDay, "user", delete=deletion.rows_of(UsageDay), columns=USAGE),
    OwnedData(IdempotencyKey, "user", delete=deletion.rows_of(IdempotencyKey)),
    OwnedData(DataExport, "user", delete=exports.delete_exports, columns=EXPORT),
    OwnedData(Invitation, "team", delete=deletion.delete_invitations, stop=deletion.void_invitations),
)


def register() -> None:
    for entry in ENTRIES:
        owned_data.register(entry)
