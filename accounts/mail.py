"""Mails to people: plain text from `templates/accounts/mail/`, the subject in the first line."""

import logging
from smtplib import SMTPException
from typing import Any

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string

from config.text import one_line

logger = logging.getLogger(__name__)


def send(template: str, *, to: str, **context: Any) -> bool:
    """Whether the mail server has taken the mail; when it is away or refuses, the log says so.

    Texts of the context stand on one line each: a name writes no paragraph of its own into a mail.
    """
    lines = {name: one_line(value) if isinstance(value, str) else value for name, value in context.items()}
    text = render_to_string(f"accounts/mail/{template}.txt", {"site_url": settings.SITE_URL, **lines})
    subject, _, body = text.partition("\n")
    try:
        send_mail(" ".join(subject.split()), f"{body.strip()}\n", None, [to])
    except (SMTPException, OSError, ValueError) as error:  # ValueError: an address that no mail can be sent to
        logger.warning("A mail (%s) could not be sent: %s", template, error)
        return False
    return True
