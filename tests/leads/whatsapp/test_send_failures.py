"""What becomes of a message that WhatsApp refuses: tried again where that helps, else failed with a sentence."""

import pytest

from config import times
from leads.actions.whatsapp import news, sending
from leads.models import Channel, Step
from leads.whatsapp import failures, payload
from tests.leads.whatsapp.chats import TOKEN, make_channel, make_contact, make_message
from tests.leads.whatsapp.cloud_api_stub import Fault, error
from tests.leads.whatsapp.outbound import row, seconds_until_due, work, work_later


@pytest.fixture
def channel(alice, cloud_api):
    return make_channel(alice)


@pytest.fixture
def contact(channel):
    contact = make_contact(channel)
    make_message(contact, ago=60)
    return contact


@pytest.fixture
def message(alice, contact):
    return sending.write_to(by=alice, contact=contact, text="Hello.")


FINAL = {
    131047: failures.WindowClosed,
    131026: failures.Undeliverable,
    131021: failures.SentToItself,
    131030: failures.NotOnTestList,
    131048: failures.SpamLimited,
}
OF_CHANNEL = {
    190: failures.TokenRefused,
    10: failures.NotAllowed,
    200: failures.NotAllowed,
    368: failures.AccountRestricted,
    131005: failures.NotAllowed,
    131031: failures.AccountRestricted,
    131042: failures.PaymentDue,
    131045: failures.NumberNotRegistered,
    133010: failures.NumberNotRegistered,
}
PASSING = [1, 2, 4, 80007, 130429, 131000, 131016, 131056, 131057]


@pytest.mark.parametrize("code", [*FINAL, *OF_CHANNEL])
def test_what_does_not_pass(message, contact, cloud_api, code):
    cloud_api.fail(error(code))
    work(contact)
    kind = (FINAL | OF_CHANNEL)[code]
    found = row(message)
    assert (found.status, found.error, found.error_code) == ("failed", kind.sentence, str(code))
    assert (len(cloud_api.seen), Step.objects.count()) == (1, 0)
    assert Channel.objects.get().problem == (kind.sentence if code in OF_CHANNEL else "")


def test_what_nobody_knows_is_told_in_whatsapps_words(message, contact, cloud_api):
    cloud_api.fail(error(131051, "Unsupported   message\ntype."))
    work(contact)
    assert row(message).error == "WhatsApp refused this: Unsupported message type."
    assert row(message).error_code == "131051"


@pytest.mark.parametrize("details", ["", f"Malformed access token {TOKEN}."])
def test_words_that_repeat_the_token(message, contact, cloud_api, caplog, details):
    refused = error(131051, details)
    refused.body["error"] |= {"message": f"Malformed access token {TOKEN}", "error_data": {"details": details}}
    cloud_api.fail(refused)
    work(contact)
    assert row(message).error == "WhatsApp refused this: Malformed access token …."
    assert TOKEN not in caplog.text


@pytest.mark.parametrize("code", PASSING)
def test_what_passes_is_tried_again(message, contact, cloud_api, code):
    cloud_api.fail(error(code))
    work(contact)
    assert (row(message).status, len(cloud_api.sent)) == ("", 0)
    assert 3 < seconds_until_due(message) <= 5
    work_later(contact)
    assert (row(message).status, len(cloud_api.sent)) == ("sent", 1)


def test_three_pauses_then_it_has_failed(message, contact, cloud_api):
    cloud_api.fail(*[error(130429)] * 4)
    work(contact)
    pauses = [seconds_until_due(message)]
    for _ in range(2):
        work_later(contact)
        pauses.append(seconds_until_due(message))
    assert [round(pause / 5) * 5 for pause in pauses] == [5, 30, 120]
    work_later(contact)
    assert (row(message).status, row(message).error) == ("failed", failures.Busy.sentence)
    assert (len(cloud_api.seen), cloud_api.sent, Step.objects.count()) == (4, [], 0)


@pytest.mark.parametrize(("header", "seconds"), [("300", 300), ("1", 5), ("999999", 3_600), ("soon", 5)])
def test_the_pause_that_whatsapp_asks_for(message, contact, cloud_api, header, seconds):
    cloud_api.fail(error(130429, headers={"Retry-After": header}))
    work(contact)
    assert seconds - 3 < seconds_until_due(message) <= seconds


def test_order_is_kept_behind_one_that_waits(alice, message, contact, cloud_api):
    sending.write_to(by=alice, contact=contact, text="Two.")
    cloud_api.fail(error(131056))
    work(contact)
    work(contact)
    assert cloud_api.sent == []
    work_later(contact)
    assert [sent.text for sent in cloud_api.sent] == ["Hello.", "Two."]


def test_one_that_failed_stops_no_other(alice, message, contact, cloud_api):
    other = sending.write_to(by=alice, contact=contact, text="Two.")
    cloud_api.fail(error(131026))
    work(contact)
    assert (row(message).status, row(other).status) == ("failed", "sent")


def test_a_page_instead_of_an_answer(message, contact, cloud_api):
    cloud_api.fail(Fault(404, "<html>Not found</html>"))
    work(contact)
    assert (row(message).status, row(message).error_code) == ("failed", "whatsapp_garbled")


def test_a_redirect_is_not_followed(message, contact, cloud_api):
    cloud_api.fail(Fault(302, headers={"Location": f"{cloud_api.url}/elsewhere"}))
    work(contact)
    assert (row(message).error_code, len(cloud_api.seen)) == ("whatsapp_garbled", 1)


def test_nobody_there(message, contact, channel, cloud_api):
    """The request did not go out: that is known, and it is tried again at once."""
    Channel.objects.update(api_base_url="http://127.0.0.1:1/v23.0")
    work(contact)
    assert (row(message).status, seconds_until_due(message) <= 5) == ("", True)
    Channel.objects.update(api_base_url="")
    work_later(contact)
    assert row(message).status == "sent"


def test_a_later_success_clears_the_channels_problem(alice, message, contact, cloud_api):
    cloud_api.fail(error(190))
    work(contact)
    assert Channel.objects.get().problem
    sending.send_again(by=alice, message=row(message))
    work(contact)
    assert (Channel.objects.get().problem, row(message).status) == ("", "sent")


def test_secrets_that_cannot_be_read(message, contact, settings):
    settings.SECRET_KEY = "another-" * 8
    work(contact)
    assert row(message).error_code == "secrets_unreadable"
    assert "SECRET_KEY" in Channel.objects.get().problem


def test_what_breaks_is_tried_a_minute_later(message, contact, cloud_api, monkeypatch):
    """A mistake of ours must not keep a worker busy for good, nor the messages behind it."""

    def broken(step, message):
        raise ZeroDivisionError

    with monkeypatch.context() as patch:
        patch.setattr(sending, "check_possible", broken)
        with pytest.raises(ZeroDivisionError):
            work(contact)
    assert 55 < seconds_until_due(message) <= 60
    Step.objects.update(tries=sending.TRIES_MAX + 1)
    work_later(contact)
    assert (row(message).status, row(message).error_code, cloud_api.seen) == ("failed", "broken", [])


def test_the_token_stands_nowhere(message, contact, cloud_api, caplog):
    caplog.set_level("DEBUG")
    cloud_api.fail(error(190, f"Error validating access token: {TOKEN}"))
    work(contact)
    assert TOKEN not in caplog.text + row(message).error + Channel.objects.get().problem


@pytest.mark.parametrize("code", [*FINAL, *OF_CHANNEL])
def test_whatsapp_says_it_later_in_a_status(message, contact, channel, cloud_api, code):
    """Most refusals come so. The sentence is the same."""
    work(contact)
    [told] = cloud_api.status(cloud_api.sent[0], "failed", code=code)["entry"][0]["changes"][0]["value"]["statuses"]
    news.take(channel, payload.read_status(told, times.now()))
    found = row(message)
    kind = (FINAL | OF_CHANNEL)[code]
    assert (found.status, found.error, found.error_code) == ("failed", kind.sentence, str(code))
