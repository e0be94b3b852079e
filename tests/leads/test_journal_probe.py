import pytest

from leads.journal import probe


@pytest.fixture
def folder(settings):
    return settings.JOURNAL_DIR


def test_nothing_stays_of_it(folder):
    assert probe.is_writable()
    assert not list(folder.iterdir())


def test_without_the_folder(folder):
    folder.rmdir()
    assert not probe.is_writable()


def test_on_a_full_disk(folder, monkeypatch):
    def full(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(probe.os, "fsync", full)
    assert not probe.is_writable()
