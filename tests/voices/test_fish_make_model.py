"""A voice model whose making failed: it is never made twice, and never lost sight of."""

import pytest

from tests.voices.fish_stub import FishStub
from tests.voices.fish_wire import Fault
from voices.engines.fish import Fish, MadeModel, new_tag
from voices.engines.fish_errors import EngineAway, EngineGarbled, EngineRefused, NoCredit, TooManyAtOnce

CREATE, LOOK = "POST /model", "GET /model"
LOST = [
    Fault(201, b"{}" * 100, how="cut", done=True),
    Fault(502, "<html>Bad Gateway</html>", done=True),
    Fault(how="silent", done=True),
    Fault(201, b"x" * 10_000, how="drip", done=True),
]
GARBAGE = [Fault(201, body, done=True) for body in (b"", "<html>", {"_id": "../x"}, [1], {"ok": True})]


@pytest.fixture
def tag(fish: FishStub) -> str:
    """Of the model to be made, beside one that was there before."""
    fish.add_model(tags=["echodesk-older"])
    return new_tag()


def make(tag: str) -> MadeModel:
    return Fish().make_model("Anna", [b"one", b"two"], tag=tag)


@pytest.mark.parametrize("fault", LOST)
def test_one_that_was_made_though_nobody_heard_of_it_is_found(fish: FishStub, tag: str, fault: Fault) -> None:
    fish.fail(fault)
    model = make(tag)
    assert fish.doors() == [CREATE, LOOK]
    assert fish.seen[1].query["tag"] == [tag]
    assert fish.models[model.model_id]["tags"] == [tag]
    assert len(fish.models) == 2


@pytest.mark.parametrize("fault", [Fault(502), Fault(429), Fault(how="silent"), Fault(201, b"{}" * 9, how="cut")])
def test_one_that_was_not_made_is_made_again_after_a_look(fish: FishStub, tag: str, fault: Fault) -> None:
    fish.fail(fault)
    model = make(tag)
    assert fish.doors() == [CREATE, LOOK, CREATE]
    assert fish.models[model.model_id]["tags"] == [tag]
    assert fish.seen[2].form()[1] == [b"one", b"two"]


@pytest.mark.parametrize("fault", GARBAGE)
def test_one_that_came_back_as_garbage_is_found(fish: FishStub, tag: str, fault: Fault) -> None:
    fish.fail(fault)
    model = make(tag)
    assert fish.doors() == [CREATE, LOOK]
    assert fish.models[model.model_id]["tags"] == [tag]


def test_garbage_with_nothing_behind_it(fish: FishStub, tag: str) -> None:
    fish.fail(Fault(201, "<html>"))
    with pytest.raises(EngineGarbled):
        make(tag)
    assert fish.doors() == [CREATE, LOOK]


def test_it_is_not_made_again_while_nobody_can_look(fish: FishStub, tag: str) -> None:
    fish.fail(LOST[0], Fault(500), Fault(500))
    with pytest.raises(EngineAway):
        make(tag)
    assert fish.doors() == [CREATE, LOOK, LOOK]
    assert len(Fish().list_models(tag)) == 1


def test_three_tries(fish: FishStub, tag: str) -> None:
    fish.fail(Fault(503), Fault(200, {"total": 0, "items": []}), Fault(503), Fault(200, {"total": 0, "items": []}))
    fish.fail(Fault(429))
    with pytest.raises(TooManyAtOnce):
        make(tag)
    assert fish.doors() == [CREATE, LOOK, CREATE, LOOK, CREATE]


@pytest.mark.parametrize(
    ("fault", "failure"), [(Fault(402), NoCredit), (Fault(422, [{"msg": "No speech"}]), EngineRefused)]
)
def test_what_does_not_pass_is_asked_once(fish: FishStub, tag: str, fault: Fault, failure: type[Exception]) -> None:
    fish.fail(fault)
    with pytest.raises(failure):
        make(tag)
    assert fish.doors() == [CREATE]


def test_a_model_of_another_tag_is_not_taken_for_it(fish: FishStub, tag: str) -> None:
    """Should the engine's list not look at the tag."""
    others = {"total": 1, "items": list(fish.models.values())}
    fish.fail(Fault(502), Fault(200, others))
    assert make(tag).model_id not in [model["_id"] for model in others["items"]]
    assert fish.doors() == [CREATE, LOOK, CREATE]
