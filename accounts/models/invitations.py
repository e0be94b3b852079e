"""Links that let people into a team."""

from typing import Self

from django.db import models

from accounts.models.keys import key_digest
from accounts.models.people import EMAIL_MAX_CHARACTERS, Role, Team, User
from config import times


class InvitationQuerySet(models.QuerySet):
    def owned_by(self, user: User) -> Self:
        return self.filter(team=user.team_id)

    def open(self) -> Self:
        return self.filter(used_at=None, expires_at__gt=times.now())

    def with_token(self, token: str) -> Self:
        return self.filter(digest=key_digest(token))


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
