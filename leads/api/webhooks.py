"""Webhooks: addresses that are told what happens on the desk."""

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Query, Router
from ninja.responses import Status

from accounts.models import Scope
from accounts.tokens import Credential
from config.http import client_address
from config.paging import Page, page
from config.schemas import BODY, PageIn, PageOut, errors
from leads.actions import webhooks
from leads.models import Webhook
from leads.schemas.webhooks import WebhookIn, WebhookMadeOut, WebhookOut, webhook_made

router = Router(tags=["desk"], by_alias=True)
READ, WRITE = Credential(Scope.READ, Scope.DESK), Credential(Scope.DESK)


@router.get("/api/webhooks", auth=READ, response={200: PageOut[WebhookOut], **errors(401, 403, 422)})
def list_webhooks(request: HttpRequest, query: Query[PageIn]) -> Page[Webhook]:
    """Newest first, without their secrets."""
    return page(Webhook.objects.owned_by(request.auth).kept(), cursor=query.cursor, limit=query.limit)


@router.post("/api/webhooks", auth=WRITE, response={201: WebhookMadeOut, **errors(*BODY, 401, 409)})
def create_webhook(request: HttpRequest, data: WebhookIn) -> Status:
    """For administrators of the team. The `secret` is in this answer alone.

    It signs each delivery: `X-Echodesk-Signature: t=<unix time>,v1=<HMAC-SHA256 of "t.body" with the secret, in hex>`.
    """
    fields = {"url": data.url, "events": data.events, "secret": data.secret or ""}
    webhook, secret = webhooks.make(by=request.auth, address=client_address(request), **fields)
    return Status(201, webhook_made(webhook, secret))


@router.delete("/api/webhooks/{webhook_id}", auth=WRITE, response={204: None, **errors(401, 403, 404)})
def delete_webhook(request: HttpRequest, webhook_id: str) -> Status:
    """For administrators of the team. What has not been delivered yet never is."""
    webhook = get_object_or_404(Webhook.objects.owned_by(request.auth).kept().with_id(webhook_id))
    webhooks.delete(by=request.auth, webhook=webhook, address=client_address(request))
    return Status(204, None)
