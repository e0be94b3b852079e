"""What Meta sends to a webhook, as its documentation shows it: messages, statuses, and what they come in.

A message or a status is made first, a change of them then, and the webhook of changes at last:
`webhook(change(text("Hello."), status("wamid.1", "read")))`. Whatever a builder does not know goes in as a keyword.
"""

import datetime as dt
import json
import secrets
from collections.abc import Iterable
from itertools import permutations
from typing import Any

from config import times

Json = dict[str, Any]
NUMBER_ID, NUMBER = "106540352242922", "15550783881"  # of the channel
OTHER_NUMBER_ID, OTHER_NUMBER = "106540352242923", "15550783882"
SHEENA, OMAR = "16505551234", "4915123456789"  # who write to it
NAMES = {SHEENA: "Sheena Nelson", OMAR: "Omar Yılmaz"}
USER_ID = "US.13491208655302741918"  # of somebody who hides their number
SHA256 = "SfInY0gGKTsJlUWbwxC1k+FAD0FZHvzwfpvO0zX0GUI="  # in base64, as Meta does
VOICE_TYPE = "audio/ogg; codecs=opus"


def new_id() -> str:
    """WhatsApp's id of a message."""
    return f"wamid.{secrets.token_urlsafe(24)}"


def unix(at: dt.datetime | None) -> str:
    """Whole seconds since 1970, as text; of now, without a time."""
    return str(int((at or times.now()).timestamp()))


def message(
    kind: str, *, sender: str = SHEENA, at: dt.datetime | None = None, message_id: str = "", **more: Any
) -> Json:
    """Any message. `sender`: a number, or the id of somebody who hides theirs (`USER_ID`)."""
    who = {"from": sender} if sender.isdecimal() else {"from_user_id": sender}
    return {**who, "id": message_id or new_id(), "timestamp": unix(at), "type": kind, **more}


def text(body: str = "Hello.", **more: Any) -> Json:
    return message("text", text={"body": body}, **more)


def media(kind: str, content_type: str, inside: Json, more: Json) -> Json:
    media_id = more.pop("media_id", None) or str(secrets.randbelow(10**15))
    file = {"mime_type": content_type, "sha256": SHA256, "id": media_id, **inside}
    return message(kind, **{kind: file}, **more)


def image(caption: str = "", *, content_type: str = "image/jpeg", **more: Any) -> Json:
    return media("image", content_type, {"caption": caption} if caption else {}, more)


def video(caption: str = "", *, content_type: str = "video/mp4", **more: Any) -> Json:
    return media("video", content_type, {"caption": caption} if caption else {}, more)


def audio(*, voice: bool = True, content_type: str = VOICE_TYPE, **more: Any) -> Json:
    return media("audio", content_type, {"voice": voice}, more)


def sticker(*, animated: bool = False, **more: Any) -> Json:
    return media("sticker", "image/webp", {"animated": animated}, more)


def document(
    filename: str = "offer.pdf", caption: str = "", *, content_type: str = "application/pdf", **more: Any
) -> Json:
    inside = {"filename": filename} | ({"caption": caption} if caption else {})
    return media("document", content_type, inside, more)


def location(latitude: float = 37.44216251868683, longitude: float = -122.16153582049394, **more: Any) -> Json:
    """`name`, `address` and `url` of a place may follow."""
    place = {name: more.pop(name) for name in ("name", "address", "url") if name in more}
    return message("location", location={"latitude": latitude, "longitude": longitude, **place}, **more)


def contact_card(name: str = "Barbara Johnson", phone: str = "+1 (650) 555-9999", **inside: Any) -> Json:
    names = {"formatted_name": name, "first_name": name.split()[0] if name.split() else ""}
    phones = [{"phone": phone, "wa_id": "16505559999", "type": "CELL"}] if phone else []
    return {"name": names, "phones": phones, **inside}


def contacts(*cards: Json, **more: Any) -> Json:
    return message("contacts", contacts=list(cards) or [contact_card()], **more)


def button_reply(title: str = "Yes, please", *, button_id: str = "yes", **more: Any) -> Json:
    """A button under an interactive message was pressed."""
    reply = {"type": "button_reply", "button_reply": {"id": button_id, "title": title}}
    return message("interactive", interactive=reply, **more)


def list_reply(title: str = "Priority", description: str = "Next day", **more: Any) -> Json:
    row = {"id": "priority", "title": title, "description": description}
    return message("interactive", interactive={"type": "list_reply", "list_reply": row}, **more)


def form_reply(answers: Json | None = None, **more: Any) -> Json:
    """A flow (a form within WhatsApp) was filled in."""
    filled = {
        "name": "flow",
        "body": "Sent",
        "response_json": json.dumps(answers or {"flow_token": "x", "city": "Rome"}),
    }
    return message("interactive", interactive={"type": "nfm_reply", "nfm_reply": filled}, **more)


def template_button(title: str = "Stop", *, payload: str = "stop", **more: Any) -> Json:
    """A quick reply under a template was pressed."""
    return message("button", button={"payload": payload, "text": title}, **more)


def reaction(to: str, emoji: str | None = "👍", **more: Any) -> Json:
    """None as emoji: it was taken back."""
    return message("reaction", reaction={"message_id": to} | ({} if emoji is None else {"emoji": emoji}), **more)


def order(**more: Any) -> Json:
    item = {"product_retailer_id": "di9ozbzfi4", "quantity": 2, "item_price": 30.5, "currency": "USD"}
    return message(
        "order", order={"catalog_id": "194836987003835", "text": "Gift-wrapped", "product_items": [item]}, **more
    )


def number_changed(new: str, *, sender: str = SHEENA, **more: Any) -> Json:
    body = f"User Sheena changed from {sender} to {new}"
    return message("system", sender=sender, system={"body": body, "wa_id": new, "type": "user_changed_number"}, **more)


def unsupported(*, kind: str = "unknown", **more: Any) -> Json:
    error = {
        "code": 131051,
        "title": "Message type unknown",
        "message": "Message type unknown",
        "error_data": {"details": "Message type is currently not supported."},
    }
    return message("unsupported", errors=[error], unsupported={"type": kind}, **more)


def edit(of: str, body: str, **more: Any) -> Json:
    """Its sender has changed a text. It has an id of its own."""
    inside = more.pop("inside", None) or {"type": "text", "text": {"body": body}}
    return message("edit", edit={"original_message_id": of, "message": {"context": {"id": of}, **inside}}, **more)


def edited_caption(of: str, caption: str, **more: Any) -> Json:
    """The same of a caption."""
    file = {"caption": caption, "mime_type": "image/jpeg", "sha256": SHA256, "id": "1003383421387256"}
    return edit(of, "", inside={"type": "image", "image": file}, **more)


def revoke(of: str, **more: Any) -> Json:
    """Its sender has deleted a message. It has an id of its own."""
    return message("revoke", revoke={"original_message_id": of}, **more)


def context(to: str, *, sender: str = NUMBER) -> Json:
    """`context=context(…)` of a message that answers another one."""
    return {"from": sender, "id": to}


FORWARDED = {"forwarded": True}
REFERRAL = {  # of somebody who came by an advertisement
    "source_url": "https://fb.me/3cr4Wqqkv",
    "source_id": "120226305854810726",
    "source_type": "ad",
    "headline": "Chat with us",
    "body": "Summer succulents are here!",
    "media_type": "image",
    "image_url": "https://example.com/succulents.png",
    "ctwa_clid": "Aff-n8ZTODiE79d22KtAwQKj9e_mIEOOj27vDVwFjN80dp4",
    "welcome_message": {"text": "Hi there! Let us know how we can help!"},
}


def error(code: int = 131047, title: str = "Re-engagement message", details: str = "24 hours have passed.") -> Json:
    """Why a message failed."""
    return {
        "code": code,
        "title": title,
        "message": title,
        "error_data": {"details": details},
        "href": "https://x.test",
    }


def status(
    of: str,
    name: str = "delivered",
    *,
    to: str = SHEENA,
    at: dt.datetime | None = None,
    callback: str = "",
    **more: Any,
) -> Json:
    """What became of a message that was sent. `callback`: the `biz_opaque_callback_data` that it was sent with."""
    who = {"recipient_id": to} if to.isdecimal() else {"recipient_user_id": to}
    told = {"biz_opaque_callback_data": callback} if callback else {}
    pricing = {"billable": False, "pricing_model": "PMP", "category": "service", "type": "free_customer_service"}
    return {"id": of, "status": name, "timestamp": unix(at), **who, "pricing": pricing, **told, **more}


def profile(who: str, name: str | None = None) -> Json:
    """An entry of `contacts`."""
    inside = {"name": name if name is not None else NAMES.get(who, "Somebody")}
    return {"profile": inside, **({"wa_id": who} if who.isdecimal() else {"user_id": who})}


def change(
    *parts: Json, number_id: str = NUMBER_ID, number: str = NUMBER, names: Json | None = None, **more: Any
) -> Json:
    """The `value` of one change: its messages, its statuses, and the profiles of who wrote."""
    messages = [part for part in parts if "type" in part]
    statuses = [part for part in parts if "status" in part]
    senders = dict.fromkeys(part.get("from") or part.get("from_user_id") for part in messages)
    known = NAMES | (names or {})
    profiles = [profile(sender, known.get(sender)) for sender in senders if isinstance(sender, str)]
    lists = {"contacts": profiles, "messages": messages, "statuses": statuses}
    metadata = {"display_phone_number": number, "phone_number_id": number_id}
    return {"messaging_product": "whatsapp", "metadata": metadata, **{k: v for k, v in lists.items() if v}, **more}


def orders(parts: Iterable[Any]) -> list[tuple[Any, ...]]:
    """Each order in which they may come."""
    return list(permutations(parts))


def webhook(*values: Json, account: str = "102290129340398") -> Json:
    """The whole body, of the values of changes."""
    changes = [{"value": value, "field": "messages"} for value in values]
    return {"object": "whatsapp_business_account", "entry": [{"id": account, "changes": changes}]}


def body(*values: Json, **more: Any) -> bytes:
    """The same as Meta sends it: with escapes, as it signs them."""
    return json.dumps(webhook(*values, **more), separators=(",", ":")).encode()
