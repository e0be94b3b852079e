"""The form of /speak, filled with an earlier job or a chosen voice."""

import pytest

from jobs import actions
from jobs.models import Job


@pytest.fixture
def fast(alice, demo):
    return actions.start_job(by=alice, text="Ropes creak.", title="Ropes", speed=3, speaker="high", format="wav")


def test_all_of_the_earlier_job_stands_in_the_form(page, alice, fast):
    form = page(alice).get(f"/speak?again={fast.job_id}").context["form"]
    values = {name: form[name].value() for name in form.fields}
    expected = {"text": "Ropes creak.", "title": "Ropes", "voice_id": "en_US-demo-low", "speaker": "high"}
    assert values == expected | {"speed": 3.0, "format": "wav", "keep": False}
    assert (3.0, "3.0 ×") in form.fields["speed"].widget.choices


def test_it_is_spoken_with_the_same_speed_and_speaker(page, alice, fast):
    client = page(alice)
    form = client.get(f"/speak?again={fast.job_id}").context["form"]
    client.post("/speak", {name: form[name].value() for name in form.fields})
    again = Job.objects.exclude(pk=fast.pk).get()
    assert (again.speed, again.speaker, again.text) == (3.0, "high", "Ropes creak.")


def test_a_speaker_that_the_voice_has_not_is_left_out(page, alice, fast):
    fields = {"text": "Hello.", "voice_id": "en_US-demo-low", "speed": "1.0", "format": "wav", "speaker": "nobody"}
    page(alice).post("/speak", fields)
    assert Job.objects.exclude(pk=fast.pk).get().speaker == ""


def test_what_can_not_speak_any_more_is_told(page, alice, fast):
    told = "The one that was chosen can&#x27;t speak now. This is another."
    client = page(alice)
    assert told not in client.get(f"/speak?again={fast.job_id}").text
    assert told not in client.get("/speak").text
    Job.objects.filter(pk=fast.pk).update(voice_id="en_US-gone-low")
    answer = client.get(f"/speak?again={fast.job_id}")
    assert told in answer.text
    assert answer.context["form"]["voice_id"].value() == "en_US-demo-low"


@pytest.mark.parametrize("again", ["999", "x", "%00", "9" * 30])
def test_an_unknown_job_leaves_the_form_empty(page, charlie, fast, again):
    for asked in (again, fast.job_id, fast.pk):
        assert page(charlie).get(f"/speak?again={asked}").context["form"]["text"].value() is None


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("Hello there.", "Hello there."),
        ("word " * 30, f"{'word ' * 12}".strip() + "…"),
        ("漢" * 100, "漢" * 60 + "…"),
        (" " * 300 + "Late.", "Late."),
    ],
)
def test_a_title_is_made_of_the_first_words(alice, demo, text, title):
    assert actions.start_job(by=alice, text=text).title == title
