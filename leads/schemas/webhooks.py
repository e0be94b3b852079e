"""Webhooks in JSON. A router that answers with them has `by_alias=True`, for the `_id`."""

from typing import Annotated, Any

from ninja import Field, Schema
from pydantic import BeforeValidator

from config.schemas import Time
from leads.happenings import Happening
from leads.models import WEBHOOK_SECRET_MAX_CHARACTERS, Webhook

LISTED_EVENTS_MAX = 100  # each counts once
URL, EVENTS = "https://example.com/echodesk", ["lead.created", "session.ended"]
OUT = {
    "_id": "6740a1b2c3d4e5f60123abcd",
    "url": URL,
    "events": EVENTS,
    "active": True,
    "problem": None,
    "delivered_at": None,
    "created_at": "2026-11-21T09:12:00.000Z",
}


class WebhookIn(Schema):
    url: str = Field(description="An http or https address in no private network.")
    events: list[Happening] = Field(
        min_length=1, max_length=LISTED_EVENTS_MAX, description=f"Of these: {', '.join(Happening)}."
    )
    secret: str | None = Field(
        None,
        description=f"Signs the deliveries; up to {WEBHOOK_SECRET_MAX_CHARACTERS} letters, digits and signs. "
        "Made here when absent.",
    )

    model_config = {"json_schema_extra": {"example": {"url": URL, "events": EVENTS}}}


class WebhookOut(Schema):
    id: str = Field(validation_alias="pk", serialization_alias="_id")
    url: str
    events: list[str]
    active: bool = Field(validation_alias="is_on", description="False while it is paused or switched off.")
    problem: Annotated[str | None, BeforeValidator(lambda given: given or None)] = Field(
        description="Why it was switched off."
    )
    delivered_at: Time | None = Field(description="When it last took a delivery.")
    created_at: Time

    model_config = {"json_schema_extra": {"example": OUT}}


class WebhookMadeOut(WebhookOut):
    secret: str = Field(description="This once: nothing shows it again.")

    model_config = {"json_schema_extra": {"example": OUT | {"secret": "whsec_…"}}}


def webhook_made(webhook: Webhook, secret: str) -> dict[str, Any]:
    names = ("pk", "url", "events", "is_on", "problem", "delivered_at", "created_at")
    return {name: getattr(webhook, name) for name in names} | {"secret": secret}
