import logging

import pytest

from config.logs import WithoutLinks

TOKEN = "7Eou00-secret_part"


def said(message, *args):
    record = logging.LogRecord("django.request", logging.WARNING, "", 0, message, args, None)
    assert WithoutLinks().filter(record)
    return record.getMessage()


@pytest.mark.parametrize(
    ("path", "cut"),
    [
        (f"/invitations/{TOKEN}", "/invitations/..."),
        (f"/password-reset/6b01764b2cd94f9c08f5a785/{TOKEN}", "/password-reset/6b01764b2cd94f9c08f5a785/..."),
        ("/api/leads/by-email/ann+bots@acme.example", "/api/leads/by-email/..."),
        ("/api/leads/by-email/ann@acme.example/status", "/api/leads/by-email/.../status"),
        (
            f"/api/temp-audio/6b01764b2cd94f9c08f5a785?signature={TOKEN}",
            "/api/temp-audio/6b01764b2cd94f9c08f5a785?signature=...",
        ),
    ],
)
def test_a_link_loses_what_makes_it_one(path, cut):
    assert said("Forbidden (%s): %s", "CSRF token missing.", path) == f"Forbidden (CSRF token missing.): {cut}"
    assert said(f"Internal Server Error: {path}&x=1") == f"Internal Server Error: {cut}&x=1"


def test_other_lines_stay_as_they_are():
    assert said("%s took %d s", "/jobs/12", 3) == "/jobs/12 took 3 s"


def test_the_settings_use_it(settings):
    assert settings.LOGGING["handlers"]["console"]["filters"] == ["links"]
