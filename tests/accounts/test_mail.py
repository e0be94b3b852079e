"""Mail over SMTP, to a server that takes it, refuses it, hangs up or is away."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from accounts import mail
from tests.installation import free_port


class Smtp(socketserver.StreamRequestHandler):
    """As much of a mail server as a client needs; `server.mood` says how it feels about mails."""

    def handle(self) -> None:
        self.say("220 stub")
        while line := self.rfile.readline().decode().strip().upper():
            if self.server.mood == "hang up" and line.startswith("MAIL"):
                return
            if line == "DATA":
                self.take()
            else:
                self.say("550 no" if self.server.mood == "refuse" and line.startswith("RCPT") else "250 ok")

    def take(self) -> None:
        self.say("354 go on")
        lines = iter(lambda: self.rfile.readline().decode().rstrip("\r\n"), ".")
        self.server.mails.append("\n".join(lines))
        self.say("250 ok")

    def say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


@contextmanager
def smtp(mood: str) -> Iterator[socketserver.TCPServer]:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Smtp) as server:
        server.mood, server.mails = mood, []
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def by_smtp(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", free_port(), 5


def ask(client):
    return client.post("/password-reset", {"email": "alice@example.com"}, follow=True)


def test_a_server_that_takes_it(settings, by_smtp, client, alice):
    with smtp("take") as server:
        settings.EMAIL_PORT = server.server_address[1]
        assert ask(client).status_code == 200
    (text,) = server.mails
    assert "Subject: Set a new password for Echodesk" in text
    assert "To: alice@example.com" in text
    assert f"/password-reset/{alice.pk}/" in text


@pytest.mark.parametrize("mood", ["refuse", "hang up"])
def test_a_server_that_does_not(settings, by_smtp, client, alice, caplog, mood):
    with smtp(mood) as server:
        settings.EMAIL_PORT = server.server_address[1]
        assert "a link is on its way" in ask(client).text
    assert server.mails == []
    assert "could not be sent" in caplog.text
    assert "/password-reset/" not in caplog.text


def test_a_server_that_is_away(by_smtp, client, alice, caplog):
    assert "a link is on its way" in ask(client).text
    assert "could not be sent" in caplog.text


def test_a_subject_is_one_line_whatever_stands_in_it(mailoutbox, monkeypatch):
    monkeypatch.setattr(mail, "render_to_string", lambda *args: "Hello\r\x0bBcc: all@example.com\n\nText\n")
    assert mail.send("reset", to="ann@example.com")
    assert (mailoutbox[0].subject, mailoutbox[0].body) == ("Hello Bcc: all@example.com", "Text\n")
