"""Somebody who writes to a channel by a simulated WhatsApp, and hears what comes back."""

import tempfile
import threading
import time
from collections.abc import Callable

import httpx

from leads.models import Channel
from leads.whatsapp.simulator import Json, Sent, Simulator, Typing, message_of, signed, status_of

CALL_SECONDS = 15.0
KNOWN_SECONDS = 10.0  # in which every web process has seen a new channel
RETRY_SECONDS = 0.3
AWAY = "Nothing answers at {} any more."
REFUSED = "Echodesk at {} answered the webhook with {}. Does it have the same VAR_DIR and .env as this command?"
NO_REPLY = (
    "No reply came within {:g} seconds. The log of the workers says why; they have to run on this machine, "
    "because they send to {}."
)


class Unanswered(Exception):
    """What hinders the conversation, in a sentence."""


class Customer:
    """`show` is told, in another thread, what comes back."""

    def __init__(
        self,
        api: Simulator,
        channel: Channel,
        *,
        url: str,
        show: Callable[[str], object],
        phone: str,
        name: str,
        patience: float,
    ) -> None:
        self.api, self.channel, self.url, self.show = api, channel, url, show
        self.phone, self.name, self.patience = phone, name, patience
        self.secret = channel.app_secret
        self.http = httpx.Client(timeout=CALL_SECONDS, trust_env=False)
        self.waiting = 0  # messages without a reply
        self.changed = threading.Condition()
        threading.Thread(target=self.listen, daemon=True).start()

    def write(self, text: str) -> None:
        """Unanswered when the webhook is not taken."""
        with self.changed:
            self.waiting += self.channel.replies
        self.post(message_of(text, phone=self.phone, name=self.name))

    def wait(self) -> None:
        """Until each message has its reply; Unanswered when none comes for long."""
        with self.changed:
            while before := self.waiting:
                if not self.changed.wait_for(lambda before=before: self.waiting < before, self.patience):
                    raise Unanswered(NO_REPLY.format(self.patience, self.api.url))

    def post(self, value: Json) -> None:
        """A webhook, again for a while when it is refused: a web process knows a new channel after a moment."""
        body, headers = signed(value, number_id=self.channel.phone_number_id, secret=self.secret)
        until = time.monotonic() + KNOWN_SECONDS
        try:
            while (answer := self.http.post(f"{self.url}/webhook/whatsapp", content=body, headers=headers)).is_error:
                if time.monotonic() > until:
                    raise Unanswered(REFUSED.format(self.url, answer.status_code))
                time.sleep(RETRY_SECONDS)
        except httpx.HTTPError as error:
            raise Unanswered(AWAY.format(self.url)) from error

    def listen(self) -> None:
        while True:
            heard = self.api.heard.get()
            if isinstance(heard, Typing):
                self.show("(typing …)")
            else:
                self.hear(heard)

    def hear(self, sent: Sent) -> None:
        """Show it, and let it be delivered and read. What waited for somebody else is delivered, too."""
        is_mine = sent.to == self.phone
        self.show(f"{self.channel.name}{'' if is_mine else f' to {sent.to}'}: {words(sent)}")
        try:
            for status in ("sent", "delivered", "read"):
                self.post(status_of(sent, status))
        except Unanswered as error:
            self.show(str(error))
        with self.changed:
            self.waiting = max(0, self.waiting - is_mine)
            self.changed.notify_all()


def words(sent: Sent) -> str:
    """The text; of a voice note, where it lies now."""
    if not sent.sound:
        return sent.text
    with tempfile.NamedTemporaryFile(prefix="voice-note-", suffix=".ogg", delete=False) as file:
        file.write(sent.sound)
    return f"[voice note: {file.name}]"
