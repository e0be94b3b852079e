"""What is said of a session, looked at before it goes into the journal."""

from collections.abc import Callable
from typing import Any

from accounts.models import User
from config import breaker
from config.errors import NotFound, Unprocessable
from config.ids import parse_id
from leads import journal
from leads.incoming import check_list, check_object, check_time, read_time
from leads.models import ITEMS_MAX_BYTES, ConversationSession, SessionChannel
from voices.models import AudioFile


def checked(by: User, fields: dict[str, Any]) -> dict[str, Any]:
    """As plain JSON, so that whoever stores it later stores the same; what is None was not said."""
    checks: dict[str, Callable[[Any], Any]] = {
        "start_time": lambda time: check_time(time, "start_time"),
        "end_time": lambda time: check_time(time, "end_time"),
        "channel": check_channel,
        "metadata": lambda value: check_object(value, "metadata"),
        "items": lambda value: check_list(value, "items", most_bytes=ITEMS_MAX_BYTES),
        "audio_file_id": lambda file_id: check_audio_file(by, file_id),
    }
    return {name: checks[name](value) for name, value in fields.items() if value is not None}


def check_channel(channel: str) -> str:
    if channel not in SessionChannel.values:
        raise Unprocessable(f"The channel is one of {', '.join(SessionChannel.values)}.", field="channel")
    return str(channel)


def check_audio_file(by: User, file_id: str) -> str:
    message = "You have no audio file with this id. Choose another one."
    try:
        file_id = parse_id(file_id)
    except ValueError as error:
        raise Unprocessable(message, field="audio_file_id") from error
    if breaker.ask(lambda: AudioFile.objects.owned_by(by).filter(pk=file_id).exists()) is False:
        raise Unprocessable(message, field="audio_file_id")
    return file_id


def check_known(by: User, session_id: str, end: str | None) -> None:
    """NotFound when there is no such session, Unprocessable when it would end before it was said to start.

    A session that waits in the journal is not in the database yet: what is there is no refusal then.
    """
    if journal.is_behind():
        return
    rows = ConversationSession.objects.with_session_id(by, session_id)
    found = breaker.ask(lambda: list(rows.values_list("start_time", "has_own_start")))
    if found == []:
        raise NotFound("There is no such session, or it isn't your team's.")
    for start, is_told in found or ():
        if end and is_told and read_time(end) < start:
            raise Unprocessable("The end is before the start.", field="end_time")
