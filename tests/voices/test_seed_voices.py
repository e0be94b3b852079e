import pytest
from django.core.management import call_command

from voices.engines import known_voices
from voices.engines.piper_catalogue import is_voice_id
from voices.models import Voice

pytestmark = pytest.mark.django_db


def test_the_command_lists_well_known_voices_once(capsys):
    call_command("seed_voices")
    assert "22 voices can be downloaded" in capsys.readouterr().out
    before = list(Voice.objects.order_by("pk").values())
    call_command("seed_voices")
    assert capsys.readouterr().out == "The list is complete.\n"
    assert list(Voice.objects.order_by("pk").values()) == before
    voice = Voice.objects.get(voice_id="de_DE-thorsten-medium")
    assert (voice.name, voice.language, voice.quality) == ("Thorsten (medium)", "de_DE", "medium")
    assert (voice.available, voice.size_bytes, voice.sample_rate, voice.engine) == (False, 63_201_294, 22_050, "piper")
    assert not Voice.objects.available().exists()


def test_no_row_that_is_there_changes():
    kept = Voice.objects.create(
        voice_id="en_US-lessac-medium", name="Mine", language="en_US", engine="piper", sample_rate=1, version="a"
    )
    call_command("seed_voices")
    kept.refresh_from_db()
    assert (kept.name, kept.available, kept.sample_rate) == ("Mine", True, 1)


def test_the_facts_are_of_piper_voices():
    entries = known_voices.entries()
    assert all(is_voice_id(entry.voice_id) and entry.size_bytes > 10**7 for entry in entries)
    assert set(known_voices.SPEAKERS) <= set(known_voices.SIZES)
