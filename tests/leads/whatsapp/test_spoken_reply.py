"""Replies as voice notes: the echo speaks them, WhatsApp gets Opus in Ogg, and when that fails they go as text."""

import pytest

from accounts.models import User
from config import times
from jobs import actions as jobs
from jobs.models import Job
from leads.actions.whatsapp import outcomes, sending, speaking
from leads.models import Channel, Lane, Step
from tests.jobs.decoding import decode
from tests.leads.whatsapp.chats import make_channel, make_contact, make_message
from tests.leads.whatsapp.cloud_api_stub import Fault, error
from tests.leads.whatsapp.outbound import row, seconds_until_due, work, work_later
from tests.voices.models import make_echo

AUDIO_MAX_BYTES = 16 * 1024 * 1024
PLAY_ICON_MAX_BYTES = 512 * 1024  # beyond that WhatsApp shows a download instead


@pytest.fixture
def channel(alice, demo, cloud_api):
    return make_channel(alice, echo=make_echo(alice, voice_id="en_US-demo-low"))


@pytest.fixture
def contact(channel):
    contact = make_contact(channel)
    make_message(contact, ago=60)
    return contact


@pytest.fixture
def message(alice, contact):
    return sending.write_to(by=alice, contact=contact, text="Ropes creak. A gull complains.", is_spoken=True)


def speak():
    """Let a worker that speaks do the job."""
    jobs.run_job(job=Job.objects.get())


def test_it_is_sent_as_a_voice_note(message, contact, channel, cloud_api):
    work(contact)
    job = Job.objects.get()
    assert (job.user, job.echo_id, job.format, job.text) == (channel.owner, channel.echo_id, "opus", message.content)
    assert (cloud_api.seen, Step.objects.get().job_id) == ([], job.pk)
    assert 115 < seconds_until_due(message) <= speaking.WAIT_SECONDS
    speak()
    assert seconds_until_due(message) == 0
    assert Lane.objects.get().status == "queued"
    work(contact)
    assert cloud_api.doors() == ["upload", "messages"]
    audio = cloud_api.sent[0].body["audio"]
    assert audio["voice"] is True
    assert cloud_api.sent[0].callback_data == message.pk
    found = row(message)
    assert (found.status, found.is_spoken, found.content) == ("sent", True, "Ropes creak. A gull complains.")


def test_what_whatsapp_gets(message, contact, cloud_api):
    """Meta takes Ogg with Opus in it, of one channel, up to 16 MB, under exactly this name."""
    work(contact)
    speak()
    work(contact)
    [media] = cloud_api.media.values()
    heard = decode(media.content)
    assert (heard.container, heard.codec, heard.channels) == ("ogg", "opus", 1)
    assert heard.duration > 1
    assert len(media.content) < PLAY_ICON_MAX_BYTES
    assert b"audio/ogg; codecs=opus" in cloud_api.seen[0].content


def test_the_longest_text_stays_far_below_the_limit():
    """4,096 characters, at a slow ten a second, in Opus of 32,000 bits a second."""
    from jobs.audio import FORMATS

    assert 4_096 / 10 * FORMATS["opus"].bit_rate / 8 < AUDIO_MAX_BYTES


def test_its_job_goes_with_it(message, contact, cloud_api):
    """A copy of what was said must not outlive an erased chat."""
    work(contact)
    assert Job.objects.get().title == speaking.TITLE
    speak()
    work(contact)
    assert not Job.objects.exists()


def test_order_is_kept_behind_one_that_is_spoken(alice, message, contact, cloud_api):
    sending.write_to(by=alice, contact=contact, text="Two.")
    work(contact)
    work(contact)
    assert (cloud_api.sent, Job.objects.count()) == ([], 1)
    speak()
    work(contact)
    assert [sent.body["type"] for sent in cloud_api.sent] == ["audio", "text"]


def test_a_job_that_ends_before_the_step_knows_it(message, contact, cloud_api, monkeypatch):
    start = jobs.start_job

    def at_once(**fields):
        job = start(**fields)
        speak()
        return job

    monkeypatch.setattr(jobs, "start_job", at_once)
    work(contact)
    assert (row(message).status, cloud_api.sent[0].body["type"]) == ("sent", "audio")


# Sent as text instead


def test_the_job_fails(message, contact, cloud_api, monkeypatch, caplog):
    from jobs import synthesis
    from voices.engines import VoiceBroken

    def fail(*args, **kwargs):
        raise VoiceBroken("The voice is broken.")

    work(contact)
    monkeypatch.setattr(synthesis, "speak", fail)
    speak()
    work(contact)
    assert (row(message).status, row(message).is_spoken, cloud_api.sent[0].text) == ("sent", False, message.content)
    assert "is not spoken" in caplog.text


def test_it_takes_too_long(message, contact, cloud_api):
    work(contact)
    work_later(contact)
    assert (row(message).status, cloud_api.sent[0].text) == ("sent", message.content)
    assert not Job.objects.exists()


def test_the_job_was_deleted(message, contact, cloud_api):
    work(contact)
    jobs.delete_job(by=None, job=Job.objects.get())
    work_later(contact)
    assert cloud_api.sent[0].text == message.content


def test_the_sound_is_lost(message, contact, cloud_api):
    from django.core.files.storage import default_storage

    from jobs import sounds

    work(contact)
    speak()
    default_storage.delete(sounds.path_of(Job.objects.get()))
    work(contact)
    assert cloud_api.sent[0].text == message.content


@pytest.mark.parametrize("changes", [{"echo": None}, {"owner": None}])
def test_nobody_to_speak(message, contact, cloud_api, changes):
    Channel.objects.update(**changes)
    work(contact)
    assert (row(message).status, row(message).is_spoken, cloud_api.sent[0].text) == ("sent", False, message.content)
    assert not Job.objects.exists()


def test_nothing_to_say(alice, contact, cloud_api):
    message = sending.write_to(by=alice, contact=contact, text="👍", is_spoken=True)
    work(contact)
    assert (row(message).status, cloud_api.sent[0].text) == ("sent", "👍")


def test_the_account_has_too_much_waiting(message, contact, cloud_api, settings):
    settings.QUEUE_CHARACTERS = 5
    work(contact)
    assert cloud_api.sent[0].text == message.content


def test_whatsapp_does_not_take_the_sound(message, contact, cloud_api):
    work(contact)
    speak()
    cloud_api.fail(error(131053), door="upload")
    work(contact)
    assert (row(message).status, row(message).is_spoken, cloud_api.sent[0].text) == ("sent", False, message.content)


# Tried again


@pytest.mark.parametrize("fault", [error(131000), error(130429), Fault(how="gone", done=True), Fault(502, "<html>")])
def test_the_upload_may_work_later(message, contact, cloud_api, fault):
    """Nothing is in doubt when an upload breaks off: nobody has heard it yet."""
    work(contact)
    speak()
    cloud_api.fail(fault, door="upload")
    work(contact)
    assert (row(message).status, seconds_until_due(message) <= outcomes.PAUSES[0]) == ("", True)
    assert Step.objects.get().in_doubt == 0
    work_later(contact)
    assert (row(message).status, cloud_api.sent[0].body["type"]) == ("sent", "audio")


def test_the_token_is_refused_at_the_upload(message, contact, cloud_api):
    work(contact)
    speak()
    cloud_api.fail(error(190), door="upload")
    work(contact)
    assert (row(message).status, row(message).error_code, Job.objects.count()) == ("failed", "190", 0)
    assert Channel.objects.get().problem


def test_a_pause_is_not_cut_short_by_a_job_that_ends_again(message, contact, cloud_api):
    work(contact)
    speak()
    cloud_api.fail(error(130429), door="messages")
    work(contact)
    speaking.job_ended(Job.objects.get())
    assert seconds_until_due(message) > 0


def test_sent_again_it_is_spoken_again(alice, message, contact, cloud_api):
    work(contact)
    speak()
    cloud_api.fail(error(131026), door="messages")
    work(contact)
    assert (row(message).status, Job.objects.count()) == ("failed", 0)
    sending.send_again(by=alice, message=row(message))
    work(contact)
    speak()
    work(contact)
    assert (row(message).status, cloud_api.sent[0].body["type"]) == ("sent", "audio")


def test_jobs_of_others_wake_nobody(message, contact, job):
    speaking.job_ended(job)
    assert Step.objects.get().due_at <= times.now()
    assert User.objects.count() == 1
