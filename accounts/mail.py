"""Mails to people: plain text from `templates/<app>/mail/`, the subject in the first line; some with HTML beside it."""

import logging
from collections.abc import Mapping
from smtplib import SMTPException
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string

from config.text import one_line

logger = logging.getLogger(__name__)


def send(
    template: str,
    *,
    to: str,
    app: str = "accounts",
    has_html: bool = False,
    headers: Mapping[str, str] | None = None,
    **context: Any,
) -> bool:
    """Whether the mail server has taken the mail; when it is away or refuses, the log says so.

    Texts of the context stand on one line each: a name writes no paragraph of its own into a mail.
    """
    lines = {name: one_line(value) if isinstance(value, str) else value for name, value in context.items()}
    lines = {"site_url": settings.SITE_URL, **lines}
    subject, _, body = render_to_string(f"{app}/mail/{template}.txt", lines).partition("\n")
    subject = " ".join(subject.split())
    mail = EmailMultiAlternatives(subject, f"{body.strip()}\n", None, [to], headers=dict(headers or {}))
    if has_html:
        html = render_to_string(f"{app}/mail/{template}.html", lines | {"subject": subject})
        mail.attach_alternative(html, "text/html")
    try:
        mail.send()
    except (SMTPException, OSError, ValueError) as error:  # ValueError: an address that no mail can be sent to
        logger.warning("A mail (%s) could not be sent: %s", template, error)
        return False
    return True
