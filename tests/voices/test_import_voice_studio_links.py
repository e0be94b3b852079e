"""Which echo speaks with which voice model after an import."""

import pytest
from django.core.management import CommandError

from config.importing.command import STOPPED
from tests.voices.models import make_echo, make_model
from tests.voices.voice_studio import (
    ECHO,
    HERE,
    MODEL,
    NEW,
    REFUSED,
    echo,
    fish_id,
    importer,
    model,
    object_id,
    person,
)
from voices.actions import imports
from voices.models import Echo, VoiceModel

EVE = object_id(9)
TWO = (2, 2, 0, 0)


@pytest.fixture
def run(db, tmp_path):
    return importer(tmp_path)


def linked():
    return dict(VoiceModel.objects.filter(echo__isnull=False).values_list("pk", "echo_id"))


def other_model(**fields):
    return model(**{"_id": object_id(1), "model_id": fish_id(1)} | fields)


def other_echo(**fields):
    return echo(**{"_id": object_id(2)} | fields)


def told(err):
    return [line for line in err.splitlines() if "not linked" in line]


@pytest.mark.parametrize(
    ("of_model", "of_echo"),
    [({"echo_id": ECHO}, {}), ({}, {"voice_model_id": MODEL}), ({"echo_id": ECHO}, {"voice_model_id": MODEL})],
)
def test_a_link_in_either_direction_is_kept(run, of_model, of_echo):
    err = run(users=[person()], models=[model(**of_model)], echos=[echo(**of_echo)])[3]
    assert (linked(), told(err)) == ({MODEL: ECHO}, [])


# Each case: the models, the echos, the links that are made, and what is told of the others.
CONFLICTS = {
    "two models for one echo": (
        [model(echo_id=ECHO), other_model(echo_id=ECHO)],
        [echo()],
        {MODEL: ECHO},
        ["voice_models.json line 2: imported, but its echo is not linked: the echo has another voice model."],
    ),
    "two echos for one model": (
        [model()],
        [echo(voice_model_id=MODEL), other_echo(voice_model_id=MODEL)],
        {MODEL: ECHO},
        ["echos.json line 2: imported, but its voice model is not linked: the voice model has another echo."],
    ),
    "the two collections differ": (
        [model(echo_id=object_id(2))],
        [echo(voice_model_id=MODEL), other_echo()],
        {MODEL: object_id(2)},
        ["echos.json line 1: imported, but its voice model is not linked: the voice model has another echo."],
    ),
    "each names another one": (
        [model(echo_id=ECHO), other_model()],
        [echo(voice_model_id=object_id(1))],
        {MODEL: ECHO},
        ["echos.json line 1: imported, but its voice model is not linked: the echo has another voice model."],
    ),
    "an echo that is not there": (
        [model(echo_id=object_id(7))],
        [echo()],
        {},
        ["voice_models.json line 1: imported, but its echo is not linked: it is not here."],
    ),
    "an echo that is not there, and one that asks": (
        [model(echo_id=object_id(7))],
        [echo(voice_model_id=MODEL)],
        {MODEL: ECHO},
        ["voice_models.json line 1: imported, but its echo is not linked: it is not here."],
    ),
    "a model that is not there": (
        [model()],
        [echo(voice_model_id=object_id(7))],
        {},
        ["echos.json line 1: imported, but its voice model is not linked: it is not here."],
    ),
    "a model that is refused": (
        [model(model_id="../wallet", echo_id=ECHO)],
        [echo(voice_model_id=MODEL)],
        {},
        ["echos.json line 1: imported, but its voice model is not linked: it is not here."],
    ),
    "somebody else's echo": (
        [model(user_id=EVE, echo_id=ECHO)],
        [echo()],
        {},
        ["voice_models.json line 1: imported, but its echo is not linked: it is somebody else's."],
    ),
    "somebody else's echo, then their own": (
        [model(user_id=EVE)],
        [echo(voice_model_id=MODEL), other_echo(user_id=EVE, voice_model_id=MODEL)],
        {MODEL: object_id(2)},
        ["echos.json line 1: imported, but its voice model is not linked: it is somebody else's."],
    ),
    "no ids": (
        [model(echo_id="keeper")],
        [echo(voice_model_id=7)],
        {},
        [
            "echos.json line 1: imported, but its voice model is not linked: its id can't be read.",
            "voice_models.json line 1: imported, but its echo is not linked: its id can't be read.",
        ],
    ),
}


@pytest.mark.parametrize("case", CONFLICTS)
def test_of_links_that_disagree_the_first_wins_and_no_row_is_lost(run, case):
    models, echos, links, lines = CONFLICTS[case]
    people = [person(), person(_id=EVE, email="eve@example.com")]
    dry = run("--dry-run", users=people, models=models, echos=echos)
    real = run(users=people, models=models, echos=echos)
    assert dry == real
    assert (linked(), told(real[3])) == (links, lines)
    refused = case == "a model that is refused"
    assert (VoiceModel.objects.count(), Echo.objects.count()) == (len(models) - refused, len(echos))
    again = run(users=people, models=models, echos=echos)
    assert (again[1][1], again[2][1], linked(), told(again[3])) == (0, 0, links, [])


def test_models_may_come_before_their_echos(run):
    run(users=[person()], models=[model(), other_model()])
    echos = [echo(voice_model_id=MODEL), other_echo(voice_model_id=MODEL)]
    dry = run("--dry-run", echos=echos)
    real = run(echos=echos)
    assert dry == real
    assert (real[2], linked()) == (TWO, {MODEL: ECHO})
    (line,) = told(real[3])
    assert line == "echos.json line 2: imported, but its voice model is not linked: the voice model has another echo."


def test_echos_may_come_before_their_models(run):
    assert len(told(run(users=[person()], echos=[echo(voice_model_id=MODEL)])[3])) == 1
    run(models=[model(echo_id=ECHO)])
    assert linked() == {MODEL: ECHO}


def test_an_import_never_takes_the_echo_or_the_model_of_somebody_here(run, alice):
    mine, hers = make_model(alice), make_echo(alice)
    err = run(users=[person()], models=[model(echo_id=hers.pk)], echos=[echo(voice_model_id=mine.pk)])[3]
    assert linked() == {}
    assert [line.rpartition(": ")[2] for line in told(err)] == ["it is somebody else's."] * 2


def test_what_is_linked_here_stays_so(run, alice):
    hers = make_echo(alice)
    mine = make_model(alice, echo=hers)
    models, echos = [model(user_id=alice.pk, echo_id=hers.pk)], [echo(user_id=alice.pk, voice_model_id=mine.pk)]
    assert run(models=models, echos=echos)[1:3] == (NEW, NEW)
    assert linked() == {mine.pk: hers.pk}


def test_a_run_that_was_killed_between_the_tables_still_links(run, monkeypatch):
    everything = {"users": [person()], "models": [model()], "echos": [echo(voice_model_id=MODEL)]}

    def killed(**fields):
        raise KeyboardInterrupt

    monkeypatch.setattr(imports, "import_voice_model", killed)
    with pytest.raises(CommandError, match="Run it again") as caught:
        run(**everything)
    assert (caught.value.returncode, VoiceModel.objects.count(), Echo.objects.count()) == (STOPPED, 0, 1)
    monkeypatch.undo()
    assert run(**everything)[:3] == (HERE, NEW, HERE)
    assert linked() == {MODEL: ECHO}


@pytest.mark.parametrize("table", ["models", "echos"])
def test_a_link_or_an_id_that_is_taken_meanwhile_is_refused_whole(run, monkeypatch, alice, table):
    taken = make_model(alice, echo=make_echo(alice))
    at = "voices.management.commands.import_voice_studio"
    monkeypatch.setattr(f"{at}.has_echo", lambda *args: False)
    monkeypatch.setattr(f"{at}.has_model", lambda *args: False)
    rows = {
        "models": model(user_id=alice.pk, echo_id=taken.echo_id),
        "echos": echo(user_id=alice.pk, voice_model_id=taken.pk),
    }
    counts = run(**{table: [rows[table]]})
    assert counts[1 if table == "models" else 2] == REFUSED
    assert "taken this moment by another row. Run the import again." in counts[3]
    assert (VoiceModel.objects.count(), linked()) == (1, {taken.pk: taken.echo_id})
