from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Router
from ninja.responses import Status

from accounts.actions import invitations, members, teams
from accounts.models import Scope, User
from accounts.schemas import InvitationIn, LinkOut, MemberIn, MemberStateOut, TeamOut
from accounts.tokens import Credential
from config.schemas import BODY, Id, errors

router = Router(tags=["team"])


@router.get("/api/team", auth=Credential(Scope.READ, Scope.DESK), response={200: TeamOut, **errors(401, 403)})
def team(request: HttpRequest) -> dict[str, Any]:
    people = User.objects.in_team_of(request.auth).order_by("created_at", "pk")
    return {"team_id": request.auth.team_id, "name": request.auth.team.name, "members": people}


@router.post("/api/team/invitations", auth=Credential(), response={201: LinkOut, **errors(*BODY, 401, 409, 429)})
def invite(request: HttpRequest, data: InvitationIn) -> Status:
    invitation, url = invitations.invite(by=request.auth, **data.dict())
    return Status(201, {"url": url, "expires_at": invitation.expires_at})


@router.patch(
    "/api/team/members/{user_id}", auth=Credential(), response={200: MemberStateOut, **errors(*BODY, 401, 404, 409)}
)
def change_member(request: HttpRequest, user_id: Id, data: MemberIn) -> User:
    members.change_member(by=request.auth, member=find(request, user_id), **data.dict())
    return find(request, user_id)


@router.delete("/api/team/members/{user_id}", auth=Credential(), response={204: None, **errors(401, 403, 404, 409)})
def remove_member(request: HttpRequest, user_id: Id) -> Status:
    members.remove_member(by=request.auth, member=find(request, user_id))
    return Status(204, None)


@router.post(
    "/api/team/members/{user_id}/reset-link",
    auth=Credential(),
    response={201: LinkOut, **errors(401, 403, 404, 409)},
)
def make_reset_link(request: HttpRequest, user_id: Id) -> Status:
    url, expires_at = members.make_reset_link(by=request.auth, member=find(request, user_id))
    return Status(201, {"url": url, "expires_at": expires_at})


@router.post("/api/team/leave", auth=Credential(), response={204: None, **errors(401, 403, 409)})
def leave_team(request: HttpRequest) -> Status:
    teams.leave_team(by=request.auth)
    return Status(204, None)


def find(request: HttpRequest, user_id: str) -> User:
    return get_object_or_404(User.objects.in_team_of(request.auth), pk=user_id)
