"""How many numbers a team may connect."""

import pytest

from config.errors import Conflict
from leads.actions.whatsapp import channels
from tests.leads.whatsapp.test_channels import ANSWERS, FIELDS


def test_a_team_has_so_many(alice, charlie, page, monkeypatch):
    monkeypatch.setattr(channels, "CHANNELS_MAX", 1)
    channels.connect(by=alice, **FIELDS)
    more = FIELDS | {"phone_number_id": "2"}
    with pytest.raises(Conflict, match="1 channels"):
        channels.connect(by=alice, **more)
    answer = page(alice).post("/channels/new", more | ANSWERS)
    assert "Your team has 1 channels" in answer.content.decode()
    channels.connect(by=charlie, **more)
