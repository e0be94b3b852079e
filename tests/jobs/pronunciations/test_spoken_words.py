"""A job is spoken with the dictionary of its owner's team."""

import numpy as np
import pytest

from jobs import actions
from tests.accounts.conftest import join_team_of
from tests.jobs.pronunciations.words import add
from voices.engines import piper


@pytest.fixture
def given(monkeypatch):
    """What Piper is given."""
    sentences = []

    def speak(voice, voice_id, sentence, options, between):
        sentences.append(sentence)
        return np.zeros(2_205, np.int16)

    monkeypatch.setattr(piper, "speak", speak)
    return sentences


def run(user, text, status="completed"):
    job = actions.start_job(by=user, text=text)
    actions.run_job(job=job)
    job.refresh_from_db()
    assert job.status == status
    return job


def test_a_job_is_spoken_with_it_and_shown_as_written(alice, charlie, demo, given):
    add(alice, "SQL", "sequel")
    add(alice, "Echo", "/ˈɛkoʊ/")
    text = "Ask the SQL server, Echo."
    job = run(join_team_of(alice, "mate"), text)
    assert [sentence[2] for sentence in job.sentences] == [text]
    run(charlie, text)
    assert given == ["Ask the sequel server, [[ˈɛkoʊ]].", text]


def test_a_text_that_asks_for_days_of_sound_fails_with_a_sentence(alice, demo, given):
    add(alice, "a", "b" * 200)
    words, pauses = run(alice, "a " * 9_000, "failed"), run(alice, "[pause 10s]x" * 1_500, "failed")
    assert {(job.cause, job.fails_again) for job in (words, pauses)} == {("too_much", True)}
    assert "what the dictionary says" in words.error
    assert "more than 4 hours of pauses" in pauses.error
    assert len(given) == 2
