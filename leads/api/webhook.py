"""Where WhatsApp knocks: no credential, its signature decides."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from accounts.ingest import ingest
from config.schemas import errors
from leads.actions.whatsapp import deliveries, verifying
from leads.schemas.webhook import TakenWebhookOut

router = Router(tags=["whatsapp"])
TEXT = {"type": "string"}
CHALLENGE = {"description": "The challenge", "content": {"text/plain": {"schema": TEXT}}}
SIGNATURE = {
    "name": "X-Hub-Signature-256",
    "in": "header",
    "required": True,
    "schema": TEXT,
    "description": "`sha256=` and the HMAC-SHA256 of the raw body by the channel's app secret, in hex.",
}
PAYLOAD = {"required": True, "content": {"application/json": {"schema": {"type": "object"}}}}


@router.get(
    "/webhook/whatsapp",
    auth=None,
    response=errors(403),
    openapi_extra={"responses": {200: CHALLENGE}},
)
def verify_webhook(
    request: HttpRequest,
    mode: str = Query("", alias="hub.mode"),
    verify_token: str = Query("", alias="hub.verify_token"),
    challenge: str = Query("", alias="hub.challenge"),
) -> HttpResponse:
    """WhatsApp asks whether this address takes webhooks: yes, when it knows the verify token of a channel."""
    verifying.verify(mode=mode, token=verify_token)
    return HttpResponse(challenge, content_type="text/plain; charset=utf-8")


@router.post(
    "/webhook/whatsapp",
    auth=None,
    response={200: TakenWebhookOut, **errors(400, 401, 411, 413)},
    openapi_extra={"parameters": [SIGNATURE], "requestBody": PAYLOAD},
)
@ingest
def take_webhook(request: HttpRequest) -> dict[str, Any]:
    """What WhatsApp has to tell. `success` when it is on the disk, also while the database is away; `ok` for what is
    not of a WhatsApp account. 503 when it can't be kept: send it again."""
    signature = request.headers.get("X-Hub-Signature-256", "")
    return {"status": deliveries.take_webhook(body=request.body, signature=signature)}
