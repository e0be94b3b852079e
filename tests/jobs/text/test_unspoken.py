"""Letters that a voice can't read: left out of what is spoken, and told on the job."""

from collections import Counter

import pytest

from jobs import actions
from jobs.models import Job
from jobs.text import NothingToSay, listed, utterances
from jobs.text.scripts import unreadable

READ = {  # a text by language, and what is left of it
    "en_US": ("Say 日本 サーバー to שלום, Привет, Αθήνα, α and π.", "Say to , , , α and π."),
    "ru_RU": ("Привет, Hello, 日本.", "Привет, Hello, ."),
    "el_GR": ("Αθήνα και Привет.", "Αθήνα και ."),
    "hi_IN": ("मैं ठीक हूँ and 日.", "मैं ठीक हूँ and ."),
    "zh_CN": ("你好，世界 α हूँ", "你好，世界 α"),
    "ar_JO": ("مرحبا 日 5", "مرحبا 5"),
    "xx": ("日本 Привет हूँ", "日本 Привет हूँ"),
}
NOTES = [{"character": "日", "name": "CJK UNIFIED IDEOGRAPH-65E5", "count": 2}]
NOTES += [{"character": "本", "name": "CJK UNIFIED IDEOGRAPH-672C", "count": 1}]


def test_they_are_left_out_by_language() -> None:
    for language, (text, left) in READ.items():
        (said,) = utterances(text, language)
        assert (said.shown, said.spoken) == (text, left), language


def test_they_are_counted_once_and_without_the_marks_on_them() -> None:
    unspoken: Counter[str] = Counter()
    text = "word " * 120 + "日 日 हूँ. 本. \ue000 5." + "🎉"
    assert "本." not in [each.shown for each in utterances(text, "en", unspoken=unspoken)]
    assert unspoken == {"日": 2, "ह": 1, "本": 1, "\ue000": 1}
    assert [each["name"] for each in listed(unspoken)][-1] == "U+E000"
    assert len(listed(Counter(map(chr, range(0x4E00, 0x4F00))))) == 20


def test_a_text_of_nothing_else_is_refused_but_by_remote_engines() -> None:
    with pytest.raises(NothingToSay, match="can't read the letters of this text: 日 本. Choose a voice"):
        list(utterances("日本。日", "en_US"))
    assert [each.spoken for each in utterances("日本。", "en", is_remote=True)] == ["日本。"]
    assert list(utterances("?!", "en_US")) == []


def test_a_dictionary_can_have_them_read() -> None:
    (said,) = utterances("I saw 日本.", "en", respell=lambda text: text.replace("日本", "[[nˈɪpɒn日]]"))
    assert said.spoken == "I saw [[nˈɪpɒn日]]."


def test_every_language_knows_its_own_scripts() -> None:
    assert {unreadable(language) is None for language in ("en", "de_DE", "sr-RS", "ko", "grc")} == {False}
    assert unreadable("tlh") is None


def test_the_job_tells_them(api, page, alice, demo) -> None:
    job = actions.start_job(by=alice, text="Ropes 日本 creak 日.")
    body = api(alice).get(f"/api/jobs/{job.pk}").json()
    assert (body["unspoken"], "Not spoken" in page(alice).get(f"/jobs/{job.job_id}").text) == ([], False)
    actions.run_job(job=job)
    assert api(alice).get(f"/api/jobs/{job.pk}").json()["unspoken"] == NOTES
    assert Job.objects.get().sentences[0][2] == "Ropes 日本 creak 日."
    shown = page(alice).get(f"/jobs/{job.job_id}").text
    note = shown.partition('id="unspoken">')[2].partition("</p>")[0]
    assert '<bdi title="cjk unified ideograph-65e5">日</bdi> (2 times)' in note
    assert note.endswith("</bdi>. This voice can't read them: choose one of the text's language.")


def test_a_job_of_nothing_else_fails_with_a_sentence(alice, demo) -> None:
    job = actions.start_job(by=alice, text="日本。")
    actions.run_job(job=job)
    job.refresh_from_db()
    assert (job.status, job.cause, job.fails_again) == ("failed", "nothing_to_say", True)
    assert job.error.endswith("Choose a voice of the text's language.")


def test_the_speak_page_tells_of_the_marks(page, alice, demo) -> None:
    assert "<code>[pause 500ms]</code> is a silence." in page(alice).get("/speak").text
