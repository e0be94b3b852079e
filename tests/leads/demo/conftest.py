import io
from collections.abc import Callable

import pytest
from django.core.management import call_command

from leads.actions.demo import speech
from leads.demo import chats, story
from leads.demo.chat_lines import CHATS
from leads.demo.names import SPOKEN

KEPT = ("Hannah Cole", "Aoife Brennan")  # with a suggested lead; paused, and a lead


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """A story of a few people: the whole one takes seconds."""
    for name, number in {"DAYS": 12, "LEADS": 10, "WITH_LEADS": 4, "OTHER_TALKS": 4, "RECORDED": 1, "LATE": 2}.items():
        monkeypatch.setattr(story, name, number)
    monkeypatch.setattr(chats, "CHATS", [each for each in CHATS if each.name in KEPT])
    monkeypatch.setattr(speech, "SPOKEN", [SPOKEN[2], SPOKEN[5]])


@pytest.fixture
def run(db: None, small: None) -> Callable[..., str]:
    """The command with these options: what it prints."""

    def ran(*options: str) -> str:
        out = io.StringIO()
        call_command("demo", *options, stdout=out, stderr=io.StringIO())
        return out.getvalue()

    return ran
