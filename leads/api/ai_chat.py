"""What the assistant would answer, without a chat."""

from typing import Any

from django.http import HttpRequest
from ninja import Router

from accounts.models import Scope
from accounts.tokens import Credential
from config.schemas import BODY, errors
from leads.actions.whatsapp import trials
from leads.schemas.ai_chat import AiChatIn, AiChatOut

router = Router(tags=["whatsapp"])


@router.post("/api/v1/admin/ai-chat", auth=Credential(Scope.DESK), response={200: AiChatOut, **errors(*BODY, 401, 429)})
def ai_chat(request: HttpRequest, data: AiChatIn) -> dict[str, Any]:
    """Ask the assistant of the team's first channel. Nothing is kept or sent. Takes up to 45 seconds."""
    reply = trials.ask(by=request.auth, message=data.message or "")
    status = "fallback" if reply.is_fallback else "success"
    return {"status": status, "message": data.message, "response": reply.text}
