"""Contacts, messages and figures of chats, at the doors of the old chatbot, where a contact is a user."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from ninja import Query, Router
from ninja.responses import Status

from accounts.idempotency import idempotent
from accounts.models import Scope
from accounts.tokens import Credential
from config.http import next_link
from config.paging import page
from config.schemas import BODY, errors
from leads import analytics
from leads.actions.whatsapp import sending
from leads.models import Contact, Message
from leads.schemas.whatsapp import (
    ChatRow,
    ContactsIn,
    ContactsOut,
    ConversationIn,
    ConversationOut,
    LatestIn,
    SendIn,
    SentOut,
    StatsOut,
)

router = Router(tags=["whatsapp"], by_alias=True)
READ, WRITE = Credential(Scope.READ, Scope.DESK), Credential(Scope.DESK)


@router.get("/api/v1/admin/users", auth=READ, response={200: ContactsOut, **errors(401, 403, 422)})
def users(request: HttpRequest, query: Query[ContactsIn]) -> dict[str, Any]:
    """The contacts of the team's channels, newest first."""
    rows = Contact.objects.owned_by(request.auth).kept()
    newest = rows.order_by("-created_at", "-pk")
    return {"users": list(newest[query.skip : query.skip + query.limit]), "total": rows.count()}


@router.get(
    "/api/v1/admin/conversation/{user_id}", auth=READ, response={200: ConversationOut, **errors(401, 403, 404, 422)}
)
def conversation(request: HttpRequest, user_id: str, query: Query[ConversationIn]) -> dict[str, Any]:
    """The last messages of a chat, in order of time."""
    contact = find(request, user_id)
    found = page(contact.messages.all(), cursor=query.cursor, limit=query.limit)
    return {
        "user": contact,
        "messages": found.items[::-1],
        "total_messages": contact.message_count,
        "next": found.next,
    }


@router.get("/api/v1/admin/stats", auth=READ, response={200: StatsOut, **errors(401, 403)})
def stats(request: HttpRequest) -> dict[str, Any]:
    return analytics.chat_figures(request.auth)


@router.get("/api/v1/admin/chats/latest", auth=READ, response={200: list[ChatRow], **errors(401, 403, 422)})
def latest_chats(request: HttpRequest, query: Query[LatestIn], response: HttpResponse) -> list[Message]:
    """The newest messages of all chats; `Link` leads to those before them."""
    rows = Message.objects.owned_by(request.auth).prefetch_related("contact")
    found = page(rows, cursor=query.cursor, limit=query.limit)
    if found.next:
        response["Link"] = next_link(request, found.next)
    return found.items


@router.post(
    "/api/v1/admin/users/{user_id}/messages", auth=WRITE, response={202: SentOut, **errors(*BODY, 401, 404, 409)}
)
@idempotent
def send_message(request: HttpRequest, user_id: str, data: SendIn) -> Status:
    """To a contact, in the name of the caller. 409 `window_closed` once their last message is 24 hours old."""
    contact = find(request, user_id)
    return Status(202, sending.write_to(by=request.auth, contact=contact, text=data.text, is_spoken=data.speak))


def find(request: HttpRequest, user_id: str) -> Contact:
    return get_object_or_404(Contact.objects.owned_by(request.auth).kept().with_id(user_id))
