import shutil

import pytest

from jobs import synthesis
from voices.actions import voices
from voices.engines.piper import Piper, engine
from voices.engines.piper_files import DEMO_DIR


@pytest.fixture
def loaded(monkeypatch):
    """The ids of the voices in memory, none at first."""
    monkeypatch.setattr(engine, "_loaded", Piper()._loaded)
    return lambda: engine._loaded.keys()


def test_the_default_voice_is_loaded(demo, loaded):
    voices.warm_up()
    assert loaded() == ["en_US-demo-low"]


def test_the_default_voice_may_be_named_by_its_alias(demo, loaded, settings):
    settings.DEFAULT_VOICE = "demo"
    voices.warm_up()
    assert loaded() == ["en_US-demo-low"]


@pytest.mark.django_db
def test_an_empty_catalogue_is_only_logged(loaded, caplog):
    voices.warm_up()
    assert "The default voice en_US-demo-low is not in the catalogue." in caplog.text
    assert loaded() == []


def test_a_voice_that_is_not_available_is_only_logged(demo, loaded, caplog):
    type(demo).objects.update(available=False)
    voices.warm_up()
    assert "is not in the catalogue" in caplog.text


@pytest.mark.parametrize("damage", ["empty", "half"])
def test_a_broken_default_voice_is_only_logged(demo, loaded, settings, caplog, damage):
    folder = settings.PIPER_VOICES_DIR
    shutil.copytree(DEMO_DIR, folder)
    model = folder / "en_US-demo-low.onnx"
    model.write_bytes(b"" if damage == "empty" else model.read_bytes()[:100_000])
    voices.warm_up()
    assert "The default voice can't speak: The voice file of en_US-demo-low is damaged." in caplog.text


def test_an_engine_that_is_not_known_is_only_logged(demo, loaded, caplog):
    type(demo).objects.update(engine="gramophone")
    voices.warm_up()
    assert "There is no voice engine named gramophone" in caplog.text


def test_text_and_encoders_are_warmed_up_without_a_database():
    synthesis.warm_up()
