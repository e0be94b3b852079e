"""Webhooks as WhatsApp sends them, and what becomes of them here."""

import json
from typing import Any

from django.http import HttpResponse
from django.test import Client

from leads import records
from leads.models import WebhookDelivery
from leads.records import Record
from leads.whatsapp import signatures
from tests.leads.journals import files
from tests.leads.whatsapp.chats import SECRET

PATH = "/webhook/whatsapp"
OTHER_SECRET = "0123456789abcdef0123456789abcdef"


def post(body: bytes, *, secret: str = SECRET, **headers: str) -> HttpResponse:
    """Signed by the secret, unless there is a signature among the headers."""
    signed = {"X-Hub-Signature-256": signatures.sign(body, secret)} | {
        name.replace("_", "-"): value for name, value in headers.items()
    }
    return Client(raise_request_exception=False).post(PATH, body, content_type="application/json", headers=signed)


def unsigned(body: bytes) -> HttpResponse:
    return Client(raise_request_exception=False).post(PATH, body, content_type="application/json")


def assert_taken(answer: HttpResponse) -> None:
    assert (answer.status_code, answer.json()) == (200, {"status": "success"}), answer.content


def assert_refused(answer: HttpResponse, status: int) -> None:
    assert answer.status_code == status, answer.content
    assert set(answer.json()) == {"detail", "code"}


def delivered() -> list[list[dict[str, Any]]]:
    """The values of each delivery, in order of arrival."""
    return [json.loads(row.body) for row in WebhookDelivery.objects.order_by("created_at", "pk")]


def journaled(settings: Any) -> list[Record]:
    """All that the journal has, waiting or done."""
    return [records.read(line) for path in files(settings.JOURNAL_DIR) for line in path.read_bytes().splitlines()]
