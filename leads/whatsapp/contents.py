"""What a message says, in words that can be read in a list, searched, and given to an assistant."""

import json
from collections.abc import Callable
from typing import Any

from config.text import one_line
from leads.models import MessageKind
from leads.whatsapp.values import Json, object_of, objects_of, text_of

Say = Callable[[Any], str]  # of what a message has under the name of its type
FORM_TOKEN = "flow_token"  # noqa: S105  of WhatsApp's forms; no answer
TYPE_MAX_CHARACTERS = 40


def kind_of(name: str) -> MessageKind:
    return KINDS[name][0] if name in KINDS else MessageKind.UNSUPPORTED


def content_of(name: str, message: Json) -> str:
    """`name`: the type of the message, as WhatsApp says."""
    if name in KINDS:
        return KINDS[name][1](message.get(name))
    return labelled(one_line(name)[:TYPE_MAX_CHARACTERS] or "unknown")


def labelled(label: str, *words: str) -> str:
    """As in "[location] Harbour Café, Rome"."""
    said = ", ".join(filter(None, words))
    return f"[{label}] {said}".strip()


def captioned(label: str) -> Say:
    return lambda file: text_of(object_of(file).get("caption")) or labelled(label)


def say_text(text: Any) -> str:
    return text_of(object_of(text).get("body"))


def say_audio(file: Any) -> str:
    return labelled("voice message" if object_of(file).get("voice") is True else "audio")


def say_document(file: Any) -> str:
    file = object_of(file)
    return text_of(file.get("caption")) or labelled("document", one_line(text_of(file.get("filename"))))


def say_location(place: Any) -> str:
    place = object_of(place)
    name, address, latitude, longitude = (
        one_line(text_of(place.get(each))) for each in ("name", "address", "latitude", "longitude")
    )
    return f"{labelled('location', name, address)} {f'({latitude}, {longitude})' if latitude else ''}".strip()


def say_contacts(cards: Any) -> str:
    return "\n".join(map(say_contact, objects_of(cards))) or labelled("contact")


def say_contact(card: Json) -> str:
    name = object_of(card.get("name"))
    full = " ".join(filter(None, (text_of(name.get(each)) for each in ("first_name", "last_name"))))
    numbers = [text_of(each.get("phone")) or text_of(each.get("wa_id")) for each in objects_of(card.get("phones"))]
    mails = [text_of(each.get("email")) for each in objects_of(card.get("emails"))]
    return labelled("contact", *map(one_line, (text_of(name.get("formatted_name")) or full, *numbers, *mails)))


def say_interactive(reply: Any) -> str:
    reply = object_of(reply)
    name = text_of(reply.get("type"))
    inside = object_of(reply.get(name))
    if name == "nfm_reply":
        return labelled("form", say_form(inside))
    title, description = text_of(inside.get("title")), text_of(inside.get("description"))
    return ": ".join(filter(None, (title, description))) or labelled(one_line(name)[:TYPE_MAX_CHARACTERS] or "reply")


def say_form(form: Json) -> str:
    """The answers, name by name."""
    try:
        answers = object_of(json.loads(text_of(form.get("response_json"))))
    except (ValueError, RecursionError):
        answers = {}
    said = {text_of(name): plain(value) for name, value in answers.items() if name != FORM_TOKEN}
    return "; ".join(f"{name}: {value}" for name, value in said.items()) or text_of(form.get("body"))


def plain(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(filter(None, map(text_of, value)))
    return ("yes" if value else "no") if isinstance(value, bool) else text_of(value)


def say_button(button: Any) -> str:
    button = object_of(button)
    return text_of(button.get("text")) or text_of(button.get("payload")) or labelled("button")


def say_reaction(reaction: Any) -> str:
    return text_of(object_of(reaction).get("emoji")) or labelled("reaction removed")


def say_order(order: Any) -> str:
    order = object_of(order)
    items = objects_of(order.get("product_items"))
    said = [f"{text_of(each.get('quantity')) or '1'} × {text_of(each.get('product_retailer_id'))}" for each in items]
    return labelled("order", *said, text_of(order.get("text")))


def say_system(system: Any) -> str:
    system = object_of(system)
    label = "number changed" if "number" in text_of(system.get("type")) else "WhatsApp"
    return labelled(label, text_of(system.get("body")))


def say_unsupported(unsupported: Any) -> str:
    name = one_line(text_of(object_of(unsupported).get("type")))[:TYPE_MAX_CHARACTERS]
    return labelled("unsupported", "" if name == "unknown" else name)


KINDS: dict[str, tuple[MessageKind, Say]] = {
    "text": (MessageKind.TEXT, say_text),
    "image": (MessageKind.IMAGE, captioned("image")),
    "video": (MessageKind.VIDEO, captioned("video")),
    "sticker": (MessageKind.STICKER, captioned("sticker")),
    "audio": (MessageKind.AUDIO, say_audio),
    "document": (MessageKind.DOCUMENT, say_document),
    "location": (MessageKind.LOCATION, say_location),
    "contacts": (MessageKind.CONTACTS, say_contacts),
    "interactive": (MessageKind.INTERACTIVE, say_interactive),
    "button": (MessageKind.INTERACTIVE, say_button),
    "order": (MessageKind.INTERACTIVE, say_order),
    "reaction": (MessageKind.REACTION, say_reaction),
    "system": (MessageKind.UNSUPPORTED, say_system),
    "unsupported": (MessageKind.UNSUPPORTED, say_unsupported),
}
