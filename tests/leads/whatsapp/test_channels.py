"""A number is connected, changed and switched on and off, by the action and by the pages."""

import pytest

from accounts.models import AuditEntry
from config import sealed
from config.errors import Conflict, Forbidden, NotFound, Unprocessable
from leads.actions.whatsapp import channels, known_channels
from leads.models import Channel
from tests.accounts.conftest import join_team_of
from tests.leads.whatsapp.chats import NUMBER_ID, SECRET, TOKEN, VERIFY_TOKEN, make_channel
from tests.voices.models import make_echo

FIELDS = {
    "name": "Support",
    "phone_number_id": NUMBER_ID,
    "token": TOKEN,
    "app_secret": SECRET,
    "verify_token": VERIFY_TOKEN,
}
ANSWERS = {"speaking": "never", "context_messages": "10", "fallback": "Thank you."}


@pytest.fixture
def channel(alice):
    return make_channel(alice)


@pytest.fixture
def mate(alice):
    return join_team_of(alice, "mate")


def trail(event):
    return [(row.user.email, row.words) for row in AuditEntry.objects.filter(event=event)]


def test_connect(alice):
    made = channels.connect(by=alice, **FIELDS)
    row = Channel.objects.get(pk=made.pk)
    assert (row.team_id, row.name, row.phone_number_id) == (alice.team_id, "Support", NUMBER_ID)
    assert (row.token, row.app_secret, row.verify_token) == (TOKEN, SECRET, VERIFY_TOKEN)
    assert (row.replies, row.owner, row.echo) == (False, alice, None)
    assert trail("channel_connected") == [("alice@example.com", "Support")]
    assert [known.phone_number_id for known in known_channels.snapshot()] == [NUMBER_ID]


def test_a_verify_token_is_made(alice):
    made = channels.connect(by=alice, **FIELDS | {"verify_token": ""})
    assert len(made.verify_token) == 32


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "n" * 201),
        ("phone_number_id", ""),
        ("phone_number_id", "+49 151 1"),
        ("phone_number_id", "1" * 65),
        ("phone_number_id", "١٢٣"),
        ("token", ""),
        ("token", "two words"),
        ("token", "two\nlines"),
        ("token", "t" * 2_001),
        ("token", "tökén"),
        ("app_secret", "\0"),
        ("verify_token", "a\u202eb"),
        ("persona", "p" * 20_001),
        ("persona", "\0"),
        ("fallback", " "),
        ("fallback", "f" * 1_001),
        ("speaking", "loud"),
        ("speaking", "always"),
        ("context_messages", 0),
        ("context_messages", 51),
        ("echo", "0" * 24),
        ("echo", "nonsense"),
    ],
)
def test_what_no_channel_is_made_of(alice, field, value):
    with pytest.raises(Unprocessable) as refused:
        channels.connect(by=alice, **FIELDS | {field: value})
    assert refused.value.field == ("echo" if value == "always" else field)
    assert not Channel.objects.exists()


def test_a_number_is_a_channel_once(alice, charlie, channel):
    for by in (alice, charlie):
        with pytest.raises(Conflict) as refused:
            channels.connect(by=by, **FIELDS)
        assert "alice" not in refused.value.message
        assert channel.name not in refused.value.message
    other = channels.connect(by=charlie, **FIELDS | {"phone_number_id": "1"})
    with pytest.raises(Conflict):
        channels.change(by=charlie, channel=other, phone_number_id=NUMBER_ID)
    assert Channel.objects.get(pk=other.pk).phone_number_id == "1"


@pytest.mark.django_db(transaction=True)
def test_two_enter_a_number_at_once(alice, monkeypatch):
    """Both have looked before either has written."""
    monkeypatch.setattr(channels, "check_free", lambda channel, number_id: None)
    channels.connect(by=alice, **FIELDS)
    with pytest.raises(Conflict):
        channels.connect(by=alice, **FIELDS)
    other = channels.connect(by=alice, **FIELDS | {"phone_number_id": "1"})
    with pytest.raises(Conflict):
        channels.change(by=alice, channel=other, phone_number_id=NUMBER_ID)
    assert sorted(Channel.objects.values_list("phone_number_id", flat=True)) == sorted([NUMBER_ID, "1"])


def test_two_without_a_number(alice):
    make_channel(alice, phone_number_id="")
    make_channel(alice, phone_number_id="")
    assert Channel.objects.connected().count() == 0


def test_members_may_look_only(alice, mate, channel):
    for act in (
        lambda: channels.connect(by=mate, **FIELDS),
        lambda: channels.change(by=mate, channel=channel, name="Mine"),
        lambda: channels.test(by=mate, channel=channel),
        lambda: channels.disconnect(by=mate, channel=channel),
    ):
        with pytest.raises(Forbidden):
            act()
    assert Channel.objects.get().name == channel.name


def test_a_blank_secret_stays(alice, channel):
    blank = {"token": "", "app_secret": " ", "verify_token": "", "phone_number_id": ""}
    channels.change(by=alice, channel=channel, name="Sales", **blank)
    row = Channel.objects.get()
    assert (row.name, row.token, row.app_secret, row.verify_token) == ("Sales", TOKEN, SECRET, VERIFY_TOKEN)
    assert row.phone_number_id == NUMBER_ID
    assert trail("channel_changed") == [("alice@example.com", "Sales: name")]


def test_nothing_changed_is_nothing_to_tell(alice, channel):
    for by in (alice, join_team_of(alice, "deputy", role="admin")):
        channels.change(by=by, channel=channel, name=channel.name, token="", echo="")
    assert trail("channel_changed") == []
    assert Channel.objects.get().owner == alice


def test_another_token_has_to_prove_itself(alice, channel):
    Channel.objects.update(problem="It was refused.", tested_at=channel.created_at)
    channels.change(by=alice, channel=Channel.objects.get(), token="another")
    row = Channel.objects.get()
    assert (row.token, row.problem, row.tested_at) == ("another", "", None)
    assert trail("channel_changed") == [("alice@example.com", f"{channel.name}: access token")]


def test_a_changed_secret_is_believed_at_once(alice, channel):
    assert known_channels.snapshot()[0].app_secret == SECRET
    channels.change(by=alice, channel=channel, app_secret="0" * 32)
    assert known_channels.snapshot()[0].app_secret == "0" * 32


def test_the_echo_is_that_of_whoever_chooses_it(alice, channel, echo):
    deputy = join_team_of(alice, "deputy", role="admin")
    with pytest.raises(Unprocessable):
        channels.change(by=deputy, channel=channel, echo=echo.pk)
    channels.change(by=alice, channel=channel, echo=echo.pk, speaking="always")
    channels.change(by=deputy, channel=Channel.objects.get(), echo=echo.pk, name="Sales")  # as a form sends it
    row = Channel.objects.get()
    assert (row.echo, row.owner, row.name) == (echo, alice, "Sales")
    own = make_echo(deputy, name="Gull")
    channels.change(by=deputy, channel=row, echo=own.pk)
    assert (Channel.objects.get().echo, Channel.objects.get().owner) == (own, deputy)


def test_nobody_speaks_without_an_echo(alice, channel, echo):
    channels.change(by=alice, channel=channel, echo=echo.pk, speaking="always")
    with pytest.raises(Unprocessable) as refused:
        channels.change(by=alice, channel=Channel.objects.get(), echo=None)
    assert refused.value.field == "echo"


def test_an_echo_that_was_deleted_hinders_no_other_change(page, alice, channel, echo):
    channels.change(by=alice, channel=channel, echo=echo.pk, speaking="always")
    page(alice).post(f"/echos/{echo.pk}/delete")
    page(alice).post(f"/channels/{channel.pk}/replies", {"replies": "on"})
    assert Channel.objects.get().replies is True


def test_a_channel_that_is_gone(alice, channel):
    Channel.objects.all().delete()
    with pytest.raises(NotFound):
        channels.change(by=alice, channel=channel, name="Sales")
    with pytest.raises(NotFound):
        channels.disconnect(by=alice, channel=channel)


def test_an_echo_leaves_with_its_person(alice, channel):
    deputy = join_team_of(alice, "deputy", role="admin")
    channels.change(by=deputy, channel=channel, echo=make_echo(deputy).pk)
    channels.let_go(deputy)
    assert (Channel.objects.get().echo, Channel.objects.get().owner) == (None, None)


def test_deleting_an_echo_says_what_it_speaks_for(page, alice, channel, echo):
    channels.change(by=alice, channel=channel, echo=echo.pk, speaking="always")
    shown = page(alice).get(f"/echos/{echo.pk}/delete").content.decode()
    assert "Replies of the WhatsApp channel Harbour shop are no longer spoken." in shown
    assert "The assistant of the WhatsApp channel Harbour shop loses its persona." in shown
    page(alice).post(f"/echos/{echo.pk}/delete")
    assert Channel.objects.get().echo is None


def test_the_page_connects(page, alice):
    answer = page(alice).post("/channels/new", FIELDS | ANSWERS | {"verify_token": ""})
    channel = Channel.objects.get()
    shown = answer.content.decode()
    assert answer.status_code == 200
    assert channel.verify_token in shown  # this once: it has to be entered at Meta
    assert "/webhook/whatsapp" in shown
    assert channel.verify_token not in page(alice).get(f"/channels/{channel.pk}").content.decode()
    assert page(alice).post("/channels/new", FIELDS | ANSWERS).context["form"].errors["phone_number_id"]


def test_the_page_says_what_is_wrong_and_that_secrets_are_gone(page, alice):
    again = "enter those that you entered once more"
    assert again not in page(alice).get("/channels/new").content.decode()
    shown = page(alice).post("/channels/new", FIELDS | ANSWERS | {"context_messages": "99"}).content.decode()
    assert "Enter a whole number from 1 to 50." in shown
    assert again in shown
    assert FIELDS["app_secret"] not in shown


def test_an_odd_app_secret_is_taken_with_a_warning(page, alice):
    answer = page(alice).post("/channels/new", FIELDS | ANSWERS | {"app_secret": "mine"})
    assert "does not look like Meta" in answer.content.decode()
    assert Channel.objects.get().app_secret == "mine"


def test_the_page_changes(page, alice, channel, echo):
    path = f"/channels/{channel.pk}/change"
    assert page(alice).get(path).status_code == 200
    body = {"name": "Sales", "phone_number_id": NUMBER_ID, "echo": echo.pk, "replies": "on", **ANSWERS}
    assert page(alice).post(path, body).url == f"/channels/{channel.pk}"
    row = Channel.objects.get()
    assert (row.name, row.echo, row.replies, row.fallback, row.token) == ("Sales", echo, True, "Thank you.", TOKEN)
    answer = page(alice).post(path, body | {"context_messages": "51", "token": "two words"})
    assert list(answer.context["form"].errors) == ["context_messages"]
    answer = page(alice).post(path, body | {"token": "two words"})
    assert list(answer.context["form"].errors) == ["token"]
    assert "two words" not in answer.content.decode()


def test_the_switch(page, alice, channel):
    page(alice).post(f"/channels/{channel.pk}/replies", {"replies": "on"})
    assert Channel.objects.get().replies is True
    page(alice).post(f"/channels/{channel.pk}/replies", {"replies": "off"})
    assert Channel.objects.get().replies is False


def test_the_list(page, alice, mate, charlie, channel):
    assert "Harbour shop" in page(mate).get("/channels").content.decode()
    empty = page(charlie).get("/channels").content.decode()
    assert "Harbour shop" not in empty
    assert "whatsapp_simulate" in empty
    assert page(mate).get(f"/channels/{channel.pk}").status_code == 200
    assert page(charlie).get(f"/channels/{channel.pk}").status_code == 404


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "not tested yet"),
        ({"phone_number_id": ""}, "not connected"),
        ({"sealed_token": ""}, "not complete"),
        ({"problem": "No."}, "refused by WhatsApp"),
        ({"sealed_token": "of another key"}, "enter its secrets again"),
    ],
)
def test_the_state_has_words(page, alice, fields, words):
    channel = make_channel(alice, **fields)
    for path in ("/channels", f"/channels/{channel.pk}", f"/channels/{channel.pk}/change"):
        answer = page(alice).get(path)
        assert answer.status_code == 200
        assert words in answer.content.decode() or path.endswith("change")


def test_another_secret_key(page, alice, channel, settings):
    settings.SECRET_KEY = "k" * 50
    with pytest.raises(sealed.Unreadable):
        _ = channel.token
    shown = page(alice).get(f"/channels/{channel.pk}").content.decode()
    assert "Enter them again" in shown
    page(alice).post(f"/channels/{channel.pk}/test")
    channels.change(by=alice, channel=channel, token="new", app_secret="new", verify_token="new")
    assert Channel.objects.get().is_readable
