"""What must not stand in the log."""

import logging
import re

SECRET_PARTS = re.compile(r"(/(?:invitations|password-reset/[^/\s]+)/|[?&]signature=)[^/\s?&'\"]+")


class WithoutLinks(logging.Filter):
    """Cuts the secret part out of the links that are as good as a password: Django logs paths when it refuses them."""

    def filter(self, record: logging.LogRecord) -> bool:
        text = record.getMessage()
        cut = SECRET_PARTS.sub(r"\1...", text)
        if cut != text:
            record.msg, record.args = cut, ()
        return True
