"""Links in mails that switch such mails off, without signing in: whoever has one can do that, and nothing else."""

from django.conf import settings
from django.core import signing
from django.urls import reverse

from accounts.models import User
from config.errors import NotFound
from config.ids import OBJECT_ID
from leads.models import ReportKind

SALT = "leads.mail-links"
NEWS = "news"
KINDS = (NEWS, *ReportKind.values)


def off_link(user: User, kind: str) -> str:
    """It never expires: an old mail is as good a reason to switch its kind off as a new one."""
    return settings.SITE_URL + reverse("switch-off-mails", args=[signer().sign(f"{user.pk}.{kind}")])


def signer() -> signing.Signer:
    return signing.Signer(sep=".", salt=SALT)  # mail programs end a link at some other signs


def headers(link: str) -> dict[str, str]:
    """What mail programs show a button of their own for (RFC 2369, RFC 8058)."""
    return {"List-Unsubscribe": f"<{link}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}


def read(token: str) -> tuple[str, str]:
    """The person's id and the kind of mail. NotFound for what is no such link."""
    try:
        user_id, _, kind = signer().unsign(token).partition(".")
    except signing.BadSignature:
        user_id = kind = ""
    if not OBJECT_ID.fullmatch(user_id) or kind not in KINDS:
        raise NotFound("This link is incomplete. Copy it again from the mail, or sign in and look under Notifications.")
    return user_id, kind
