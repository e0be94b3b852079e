"""What the Cloud API of the tests says of the messages it took: its webhooks, signed as Meta signs them."""

import hashlib
import hmac
import json
import time
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from tests.leads.whatsapp.cloud_api_wire import ERRORS, Sent

NUMBER = {"display_phone_number": "15550783881", "phone_number_id": "106540352242922"}


def status(
    sent: Sent, name: str, *, at: float | None = None, code: int = 0, number: dict[str, str] = NUMBER
) -> dict[str, Any]:
    """The webhook that says sent, delivered, read or failed (with one of Meta's codes) of a message."""
    told: dict[str, Any] = {
        "id": sent.id,
        "status": name,
        "timestamp": str(int(at if at is not None else time.time())),
        "recipient_id": sent.to.lstrip("+"),
    }
    if sent.callback_data:
        told["biz_opaque_callback_data"] = sent.callback_data
    if name != "failed":
        told["pricing"] = {"billable": False, "pricing_model": "PMP", "category": "service"}
    if code:
        _, title, details = ERRORS[code]
        told["errors"] = [{"code": code, "title": title, "message": title, "error_data": {"details": details}}]
    value = {"messaging_product": "whatsapp", "metadata": number, "statuses": [told]}
    entry = {"id": "102290129340398", "changes": [{"value": value, "field": "messages"}]}
    return {"object": "whatsapp_business_account", "entry": [entry]}


def post(url: str, payload: dict[str, Any], *, secret: str) -> int:
    """Send a webhook to an installation; the status of its answer."""
    body = json.dumps(payload).encode()
    signature = "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    headers = {"Content-Type": "application/json", "X-Hub-Signature-256": signature, "User-Agent": "facebookexternalua"}
    try:
        with urlopen(Request(url, body, headers), timeout=30) as answer:  # noqa: S310 - loopback
            return answer.status
    except HTTPError as refused:
        with refused:
            return refused.code
