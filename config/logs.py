"""What must not stand in the log."""

import logging
import re

PATHS = r"invitations|leads/by-email|password-reset/[^/\s]+|settings/notifications/off"
SECRET_PARTS = re.compile(rf"(/(?:{PATHS})/|[?&]signature=)[^/\s?&'\"]+")


class WithoutLinks(logging.Filter):
    """Cuts what is secret out of links that are as good as a password, and e-mails out of those that have one:
    Django logs paths when it refuses them, and when the database is away.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        text = record.getMessage()
        cut = SECRET_PARTS.sub(r"\1...", text)
        if cut != text:
            record.msg, record.args = cut, ()
        return True
