"""What a person has a right to: all that is known of them, and that it goes."""

from django.http import HttpRequest, HttpResponseBase
from ninja import Router
from ninja.responses import Status

from config.http import client_address
from config.schemas import errors
from leads.actions import lead_erasing
from leads.api.exports import files
from leads.api.leads import READ, WRITE, find
from leads.data_answer import ZIP, data_answer

router = Router(tags=["desk"])


@router.get("/api/leads/{lead_id}/data", auth=READ, response=errors(401, 403, 404, 429), openapi_extra=files(ZIP))
def lead_data(request: HttpRequest, lead_id: str) -> HttpResponseBase:
    """All that is known of the person, as a zip of JSON and files. The audit trail notes who took it."""
    return data_answer(request.auth, find(request, lead_id), address=client_address(request))


@router.post("/api/leads/{lead_id}/erase", auth=WRITE, response={204: None, **errors(401, 403, 404)})
def erase_lead(request: HttpRequest, lead_id: str) -> Status:
    """With notes, history, conversations, chats, their files, and all lines of the journal. It can't be brought back.

    Conversations out of which other leads came too stay with those.
    """
    lead_erasing.erase_lead(by=request.auth, lead=find(request, lead_id), address=client_address(request))
    return Status(204, None)
