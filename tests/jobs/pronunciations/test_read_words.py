"""What the dictionary of a team is for what speaks, and listening to one of its words."""

from jobs import sources
from jobs.models import Job, language_code
from jobs.pronunciations import entries_for
from jobs.sources import Source
from jobs.text.pronunciation import respeller
from jobs.text.utterances import as_written
from tests.jobs.pronunciations.words import PAGE, add
from voices.models import Voice

HTMX = {"hx-request": "true", "hx-target": "spoken"}
DEMO = Source("piper", "Demo", voice_id="en_US-demo-low", language="en_US")
FISH = Source("fish", "Ann", model_id="ann", language="en")


def respell_for(by, source):
    return respeller(entries_for(by, source), language_code(source.language))


def test_it_is_for_voices_of_a_language(alice, django_assert_num_queries):
    add(alice, "data", "all", language="")
    add(alice, "data", "English", language="en")
    add(alice, "data", "/daʊn/", language="en_US")
    add(alice, "data", "British", language="en_GB")
    add(alice, "data", "German", language="de")
    add(alice, "US", "you ess", language="", is_case_sensitive=True)
    languages = {
        "en_US": "[[daʊn]]",
        "en-gb": "British",
        "en": "English",
        "de_AT": "German",
        "fr_FR": "all",
        "?": "all",
    }
    said = {}
    for language in languages:
        source = Source("piper", "Demo", voice_id="en_US-demo-low", language=language)
        with django_assert_num_queries(1):
            said[language] = respell_for(alice, source)("data")
    assert said == languages
    american = Source("fish", "Ann", model_id="ann", language="en_US")
    assert respell_for(alice, american)("data US us") == "English you ess us"


def test_an_engine_that_takes_no_phonemes_gets_the_word(alice, charlie):
    add(alice, "Echo", "/ˈɛkoʊ/")
    assert respell_for(alice, DEMO)("Echo") == "[[ˈɛkoʊ]]"
    assert respell_for(alice, FISH)("Echo") == "Echo"
    assert respell_for(charlie, DEMO) is as_written


def test_listening_to_a_word(page, alice, demo):
    client, entry = page(alice), add(alice)
    body = client.post(f"{PAGE}/{entry.pk}/say", headers=HTMX).content.decode()
    job = Job.objects.get()
    assert (job.text, job.voice_id, job.format) == ("SQL", demo.voice_id, "mp3")
    assert body.startswith('<section class="part status" id="spoken"')
    assert client.post(f"{PAGE}/{entry.pk}/say").url == f"/jobs/{job.job_id + 1}"


def test_listening_in_the_language_of_the_entry(page, alice, demo):
    german = Voice.objects.create(
        voice_id="de_DE-x-low", name="X", language="de_DE", engine="piper", sample_rate=16_000
    )
    assert [sources.voice_for(language) for language in ("", "en", "en_US", "de")] == [
        None,
        None,
        None,
        german.voice_id,
    ]
    client, swedish = page(alice), add(alice, language="sv")
    body = client.post(f"{PAGE}/{swedish.pk}/say", headers=HTMX).content.decode()
    assert "No voice here speaks sv." in body
    assert client.post(f"{PAGE}/{swedish.pk}/say").url == PAGE
    assert not Job.objects.exists()
