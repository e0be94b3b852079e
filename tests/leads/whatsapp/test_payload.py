"""What Meta's payload says, kind by kind, and what is made of payloads that nobody at Meta has written."""

import base64
import datetime as dt
import json

import pytest

from leads.models import MessageKind
from leads.whatsapp import numbers, payload
from leads.whatsapp.payload import Deletion, Edit, Incoming, StatusNews
from tests.leads.whatsapp import payloads as made

NOW = dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)
FIELD = "x" * 300


def read(message: object, **names: str) -> Incoming | Edit | Deletion:
    return payload.read_message(message, names, NOW)


def content(message: object) -> tuple[str, str]:
    said = read(message)
    return str(said.kind), said.content


@pytest.mark.parametrize(
    ("message", "kind", "words"),
    [
        (made.text("Good morning 👋"), "text", "Good morning 👋"),
        (made.text("مرحبا"), "text", "مرحبا"),
        (made.image(), "image", "[image]"),
        (made.image("Our harbour"), "image", "Our harbour"),
        (made.video(), "video", "[video]"),
        (made.sticker(), "sticker", "[sticker]"),
        (made.audio(), "audio", "[voice message]"),
        (made.audio(voice=False), "audio", "[audio]"),
        (made.document("offer 2026.pdf"), "document", "[document] offer 2026.pdf"),
        (made.document("offer.pdf", "Please sign"), "document", "Please sign"),
        (made.location(4.9, 12.5, name="Bar", address="Via R. 1"), "location", "[location] Bar, Via R. 1 (4.9, 12.5)"),
        (made.location(0, -5), "location", "[location] (0, -5)"),
        (made.contacts(), "contacts", "[contact] Barbara Johnson, +1 (650) 555-9999"),
        (
            made.contacts(made.contact_card("Ann", ""), made.contact_card("Bo", "1", emails=[{"email": "b@x.test"}])),
            "contacts",
            "[contact] Ann\n[contact] Bo, 1, b@x.test",
        ),
        (made.button_reply("Yes"), "interactive", "Yes"),
        (made.list_reply("Priority", "Next day"), "interactive", "Priority: Next day"),
        (made.form_reply({"flow_token": "t", "city": "Rome", "days": ["Mo", "Tu"], "ok": True}), "interactive",
         "[form] city: Rome; days: Mo, Tu; ok: yes"),
        (made.message("interactive", interactive={"type": "call"}), "interactive", "[call]"),
        (made.template_button("Stop"), "interactive", "Stop"),
        (made.reaction("wamid.1"), "reaction", "👍"),
        (made.reaction("wamid.1", None), "reaction", "[reaction removed]"),
        (made.reaction("wamid.1", ""), "reaction", "[reaction removed]"),
        (made.order(), "interactive", "[order] 2 × di9ozbzfi4, Gift-wrapped"),
        (made.number_changed("49", sender="4"), "unsupported", "[number changed] User Sheena changed from 4 to 49"),
        (made.unsupported(), "unsupported", "[unsupported]"),
        (made.unsupported(kind="poll"), "unsupported", "[unsupported] poll"),
        (made.message("request_welcome"), "unsupported", "[request_welcome]"),
        ({"from": "1", "id": "2"}, "unsupported", "[unknown]"),
    ],
)  # fmt: skip
def test_kinds(message, kind, words):
    assert content(message) == (kind, words)


def test_a_message():
    at = dt.datetime(2026, 11, 20, 11, 59, 3, tzinfo=dt.UTC)
    sent = made.text("Hi.", at=at, message_id="wamid.1", context=made.context("wamid.0"), referral=made.REFERRAL)
    said = read(sent, **{made.SHEENA: "Sheena"})
    assert (said.meta_id, said.sender, said.name, said.at) == ("wamid.1", made.SHEENA, "Sheena", at)
    assert said.metadata == {"context": made.context("wamid.0"), "referral": made.REFERRAL}
    assert said.media is None


def test_a_file():
    said = read(made.document("offer.pdf", "Sign", media_id="77", at=NOW))
    assert (said.media.media_id, said.media.declared_type, said.media.file_name) == (
        "77",
        "application/pdf",
        "offer.pdf",
    )
    assert said.media.sha256 == base64.b64decode(made.SHA256).hex()
    assert said.metadata == {}
    assert read(made.audio(at=NOW)).metadata == {"audio": {"voice": True}}
    assert read(made.message("image", image={"mime_type": "image/png"}, at=NOW)).media is None


def test_a_type_that_its_kind_does_not_tell_is_kept():
    assert read(made.template_button("Stop", payload="stop", at=NOW)).metadata == {
        "type": "button",
        "button": {"payload": "stop", "text": "Stop"},
    }


@pytest.mark.parametrize("digest", ["ab" * 32, "q6urq6urq6urq6urq6urq6urq6urq6urq6urq6urq6s="])
def test_a_digest_in_hex_or_base64(digest):
    assert read(made.message("image", image={"id": "1", "sha256": digest})).media.sha256 == "ab" * 32


@pytest.mark.parametrize(
    ("who", "sender"),
    [
        ({"from": "+1 (650) 555-1234"}, "16505551234"),
        ({"from": 16505551234}, "16505551234"),
        ({"from_user_id": made.USER_ID}, made.USER_ID),
        ({"user_id": made.USER_ID}, made.USER_ID),
        ({"from": made.SHEENA, "from_user_id": made.USER_ID}, made.SHEENA),
        ({"from": {}, "from_user_id": made.USER_ID}, made.USER_ID),
        ({"from": "a\u202eb\x00"}, "ab"),
    ],
)
def test_senders(who, sender):
    assert read({"id": "wamid.1", "type": "text", **who}).sender == sender


def test_names():
    value = made.change(made.text(), made.text(sender=made.USER_ID), names={made.USER_ID: "A\u202en\nn\x00" + FIELD})
    names = payload.names_of(value)
    assert names[made.SHEENA] == "Sheena Nelson"
    assert names[made.USER_ID].startswith("An n")
    assert payload.names_of({"contacts": [1, {"profile": 3, "wa_id": "1"}, {"profile": {"name": "\ud800"}}]}) == {}


def test_the_number_and_its_errors():
    value = made.change(made.text(), errors=[made.error(130429)])
    assert payload.number_id_of(value) == made.NUMBER_ID
    assert payload.error_codes_of(value) == ["130429"]


@pytest.mark.parametrize("told", ["1763640000", 1763640000, 1763640000.0])
def test_times(told):
    said = read(made.text() | {"timestamp": told})
    assert said.at == dt.datetime(2025, 11, 20, 12, tzinfo=dt.UTC)
    assert said.metadata == {}


def test_a_little_ahead_is_taken():
    at = NOW + dt.timedelta(minutes=10)
    assert read(made.text(at=at)).at == at


def test_an_edit_and_a_deletion():
    assert read(made.edit("wamid.1", "Better", at=NOW)) == Edit("wamid.1", NOW, "Better")
    assert read(made.edited_caption("wamid.1", "Best", at=NOW)) == Edit("wamid.1", NOW, "Best")
    assert read(made.revoke("wamid.1", at=NOW)) == Deletion("wamid.1", NOW)
    assert payload.read_status(made.status("wamid.1", "deleted", at=NOW), NOW) == Deletion("wamid.1", NOW)


def test_statuses():
    sent = made.status(
        "wamid.1", "failed", at=NOW, callback="6" * 24, errors=[made.error(131051, details="Too\nlate.")]
    )
    assert payload.read_status(sent, NOW) == StatusNews("wamid.1", NOW, "failed", "Too late.", "131051", "6" * 24)
    assert payload.read_status(made.status("wamid.1", "played", at=NOW), NOW) == StatusNews("wamid.1", NOW, "read")


@pytest.mark.parametrize(
    "news",
    [
        StatusNews("a", NOW, "failed", "Why", "1", "b"),
        Edit("a", NOW, "x"),
        Deletion("a", NOW + dt.timedelta(milliseconds=5)),
    ],
)
def test_news_wait_as_json(news):
    assert payload.from_json(json.loads(json.dumps(payload.as_json(news)))) == news


def test_kinds_are_those_of_messages():
    assert {payload.kind_of(name) for name in ("text", "image", "x")} <= set(MessageKind)


@pytest.mark.parametrize(
    ("number", "kept"),
    [
        ("+49 30 901820", "4930901820"),
        ("US.12ab", "US.12ab"),
        (True, ""),
        (1.5, ""),
        (None, ""),
        ("\n", ""),
        (10**40, ""),
    ],
)
def test_numbers(number, kept):
    assert numbers.normal(number) == kept


def test_the_country_of_an_id():
    assert [numbers.country_told(each) for each in (made.USER_ID, "4930", "us.1", "USA.1")] == ["US", "", "", ""]
