"""Models in memory: bounded, least recently used first out, one load at a time for each."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from voices.engines import loaded
from voices.engines.loaded import LoadedModels


def get(models: LoadedModels[str], key: str, *, stamp: int = 1, megabytes: float = 10) -> str:
    return models.get(key, stamp, lambda: f"{key}{stamp}", megabytes=megabytes, limit_megabytes=25)


def test_least_recently_used_goes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    returned = []
    monkeypatch.setattr(loaded, "give_memory_back", lambda: returned.append(True))
    models: LoadedModels[str] = LoadedModels()
    for key in ("a", "b", "a"):
        get(models, key)
    assert (models.keys(), len(returned)) == (["b", "a"], 2)  # a load leaves some behind
    get(models, "c")
    assert (models.keys(), len(returned)) == (["a", "c"], 4)  # and what was thrown out


def test_room_is_made_before_a_model_is_loaded() -> None:
    models: LoadedModels[str] = LoadedModels()
    for key in ("a", "b"):
        get(models, key)
    meanwhile = []

    def load() -> str:
        meanwhile.extend(models.keys())
        return "c"

    models.get("c", 1, load, megabytes=10, limit_megabytes=25)
    assert (meanwhile, models.keys()) == (["b"], ["b", "c"])


def test_a_model_that_has_changed_is_not_in_memory_twice() -> None:
    models: LoadedModels[str] = LoadedModels()
    get(models, "a", stamp=1)
    models.get("a", 2, lambda: str(models.keys()), megabytes=10, limit_megabytes=25)
    assert get(models, "a", stamp=2) == "[]"


def test_one_that_is_too_large_is_kept_alone() -> None:
    models: LoadedModels[str] = LoadedModels()
    get(models, "a")
    assert get(models, "huge", megabytes=100) == "huge1"
    assert models.keys() == ["huge"]


def test_a_new_stamp_loads_anew() -> None:
    models: LoadedModels[str] = LoadedModels()
    assert [get(models, "a", stamp=stamp) for stamp in (1, 2, 2)] == ["a1", "a2", "a2"]
    assert models.keys() == ["a"]


def test_a_failed_load_can_be_tried_again() -> None:
    models: LoadedModels[str] = LoadedModels()
    with pytest.raises(ZeroDivisionError):
        models.get("a", 1, lambda: str(1 / 0), megabytes=1, limit_megabytes=25)
    assert get(models, "a") == "a1"


def test_several_threads_load_once_and_do_not_wait_for_other_voices() -> None:
    models: LoadedModels[str] = LoadedModels()
    loads, other_is_loaded = [], threading.Event()

    def slow() -> str:
        loads.append("slow")
        assert other_is_loaded.wait(5)
        return "slow"

    with ThreadPoolExecutor(5) as pool:
        answers = [pool.submit(models.get, "slow", 1, slow, megabytes=1, limit_megabytes=25) for _ in range(4)]
        while not loads:
            time.sleep(0.001)
        assert pool.submit(get, models, "other").result(5) == "other1"
        other_is_loaded.set()
        assert [answer.result(5) for answer in answers] == ["slow"] * 4
    assert loads == ["slow"]


def test_memory_is_given_back_without_an_error() -> None:
    loaded.give_memory_back()
