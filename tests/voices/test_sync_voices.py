import json
import shutil
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.core.management import call_command

from voices import samples
from voices.actions import voices
from voices.engines import VoiceBroken
from voices.engines.piper_files import DEMO_DIR
from voices.models import Voice

MINE = "en_GB-mine-low"


@pytest.fixture
def folder(settings):
    settings.PIPER_VOICES_DIR.mkdir()
    return settings.PIPER_VOICES_DIR


@pytest.fixture
def made(monkeypatch):
    """The ids of the voices that spoke a sample."""
    spoken, make = [], samples.make_sample

    def count(voice):
        spoken.append(voice.voice_id)
        return make(voice)

    monkeypatch.setattr(samples, "make_sample", count)
    return spoken


def copy(folder, voice_id=MINE, **config):
    """The demo voice under another name; gives its model's path."""
    shutil.copy(DEMO_DIR / "en_US-demo-low.onnx", folder / f"{voice_id}.onnx")
    described = json.loads((DEMO_DIR / "en_US-demo-low.onnx.json").read_text())
    (folder / f"{voice_id}.onnx.json").write_text(json.dumps(described | config))
    return folder / f"{voice_id}.onnx"


def sync():
    lines = []
    voices.sync_voices(lines.append)
    return lines


def offered():
    return sorted(Voice.objects.available().values_list("voice_id", flat=True))


def rows():
    return list(Voice.objects.order_by("pk").values())


@pytest.mark.django_db
def test_the_bundled_voice_is_found(settings):
    assert not settings.PIPER_VOICES_DIR.exists()
    assert sync() == ["en_US-demo-low: added."]
    voice = Voice.objects.called("demo").get()
    assert (voice.voice_id, voice.language, voice.engine, voice.available) == ("en_US-demo-low", "en_US", "piper", True)
    assert (voice.speakers, voice.sample_rate) == (["low", "mid", "high"], 22_050)
    assert voice.size_bytes == (DEMO_DIR / "en_US-demo-low.onnx").stat().st_size
    assert default_storage.size(voice.sample) > 22_050


@pytest.mark.django_db
def test_the_command_says_what_it_did(capsys):
    call_command("sync_piper_models")
    assert capsys.readouterr().out == "en_US-demo-low: added.\nThe catalogue is up to date.\n"
    call_command("sync_piper_models")
    assert capsys.readouterr().out == "The catalogue is up to date.\n"


@pytest.mark.parametrize("place", ["", "en/en_GB/mine"])
def test_a_voice_in_the_operators_folder_appears(demo, folder, place):
    (folder / place).mkdir(parents=True, exist_ok=True)
    copy(folder / place)
    assert sync() == [f"{MINE}: added."]
    assert offered() == [MINE, "en_US-demo-low"]
    assert default_storage.exists(Voice.objects.get(voice_id=MINE).sample)


def test_running_twice_changes_nothing_and_speaks_no_sample_again(demo, folder, made, var_dir):
    copy(folder)
    sync()
    before, files = rows(), sorted(var_dir.glob("media/samples/*"))
    assert sync() == []
    assert (rows(), sorted(var_dir.glob("media/samples/*")), made) == (before, files, [MINE])


def half(model: Path):
    model.write_bytes(model.read_bytes()[:100_000])


def empty(model: Path):
    model.write_bytes(b"")


def without_config(model: Path):
    model.with_name(f"{model.name}.json").unlink()


def broken_config(model: Path):
    model.with_name(f"{model.name}.json").write_text("{")


def other_config(model: Path):
    model.with_name(f"{model.name}.json").write_text("[]")


def unknown_language(model: Path):
    copy(model.parent, espeak={"voice": "no-language"})


DAMAGES = {
    half: "damaged",
    empty: "damaged",
    without_config: "missing",
    broken_config: "does not describe a Piper voice",
    other_config: "does not describe a Piper voice",
    unknown_language: "a language that is not installed",
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_broken_voice_is_reported_and_not_offered(demo, folder, damage):
    damage(copy(folder))
    for _ in range(2):
        lines = [line for line in sync() if not line.endswith(": added.")]
        assert len(lines) == 1
        assert MINE in lines[0]
        assert DAMAGES[damage] in lines[0]
        assert offered() == ["en_US-demo-low"]


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_voice_that_breaks_later_is_not_offered_any_more(demo, folder, damage):
    model = copy(folder)
    sync()
    damage(model)
    assert any(DAMAGES[damage] in line for line in sync())
    assert offered() == ["en_US-demo-low"]


def test_a_removed_voice_is_kept_but_not_offered_and_comes_back(demo, folder, made):
    model = copy(folder)
    sync()
    model.unlink()
    model.with_name(f"{model.name}.json").unlink()
    assert sync() == [f"{MINE}: its files are gone; it is no longer offered."]
    assert (offered(), Voice.objects.count()) == (["en_US-demo-low"], 2)
    assert sync() == []
    copy(folder)
    sync()
    assert (offered(), made) == ([MINE, "en_US-demo-low"], [MINE])


def test_a_changed_voice_gets_a_new_sample(demo, folder, made):
    copy(folder)
    sync()
    old = Voice.objects.get(voice_id=MINE)
    copy(folder, license="CC0")
    sync()
    new = Voice.objects.get(voice_id=MINE)
    assert (made, new.license, new.pk) == ([MINE, MINE], "CC0", old.pk)
    assert new.version != old.version
    assert new.sample != old.sample
    assert (default_storage.exists(new.sample), default_storage.exists(old.sample)) == (True, False)


def test_a_sample_whose_file_is_gone_is_made_again(demo, made):
    default_storage.delete(demo.sample)
    sync()
    assert made == ["en_US-demo-low"]
    assert default_storage.exists(Voice.objects.get().sample)


def test_the_operators_files_go_before_the_bundled_ones(demo, folder):
    copy(folder, "en_US-demo-low", license="mine")
    sync()
    assert Voice.objects.get().license == "mine"


@pytest.mark.django_db
def test_a_voice_that_cant_speak_its_sample_is_tried_again(monkeypatch):
    def fail(voice):
        raise VoiceBroken("It has lost its tongue.")

    with monkeypatch.context() as patch:
        patch.setattr(samples, "make_sample", fail)
        assert sync() == ["en_US-demo-low: added.", "en_US-demo-low: It has lost its tongue."]
        assert offered() == []
    sync()
    assert offered() == ["en_US-demo-low"]
