from contextlib import nullcontext

import pytest
from django.db.models.signals import post_delete

from accounts.models import AuditEntry, Event
from config import db, hooks
from config.errors import Conflict
from config.ids import from_uuid
from tests.voices.models import make_echo, make_model
from tests.voices.test_create_echo import KEYS, UUID
from voices.actions import echos, links
from voices.models import Echo, VoiceModel


def test_its_model_stays_without_an_echo(alice, voice_model, echo):
    links.link(by=alice, model=voice_model, echo=echo)
    echos.delete_echo(by=alice, echo=echo)
    assert not Echo.objects.exists()
    assert VoiceModel.objects.get().echo_id is None
    assert AuditEntry.objects.get(event=Event.ECHO_DELETED).words == "Keeper"


def test_two_who_delete_at_once_make_one_entry(alice, echo):
    same = Echo.objects.get()
    for each in (echo, same):
        echos.delete_echo(by=alice, echo=each)
    assert AuditEntry.objects.filter(event=Event.ECHO_DELETED).count() == 1


def test_an_account_that_ends_takes_its_echos_along(alice, charlie, voice_model, echo):
    links.link(by=alice, model=voice_model, echo=echo)
    kept = make_echo(charlie)
    echos.delete_all(alice)
    assert Echo.objects.get() == kept
    assert VoiceModel.objects.get().echo_id is None


def test_who_deletes_a_model_is_told_which_echo_loses_its_voice(alice, echo):
    def losses(row):
        return [sentence for function in hooks.dependents for sentence in function(row)]

    model = make_model(alice, echo=echo)
    assert "The echo Keeper loses its voice." in losses(model)
    assert "The echo Keeper loses its voice." not in losses(make_model(alice)) + losses(echo) + losses(alice)


def test_api_answers_with_what_it_was(api, alice, voice_model, echo):
    links.link(by=alice, model=voice_model, echo=echo)
    address = f"/api/echos/{echo.pk}"
    before = api(alice).get(address).json()
    answer = api(alice).delete(address)
    assert (answer.status_code, set(answer.json()), answer.json()) == (200, KEYS, before)
    assert before["voice_model_id"] == voice_model.pk
    assert api(alice).delete(address).status_code == 404
    assert api(alice).get(f"/api/voice-models/{voice_model.pk}").json()["voice_model"]["echo_id"] is None


def test_api_hides_other_peoples_echos(api, client, bob, charlie, echo):
    for user in (bob, charlie):
        assert api(user).delete(f"/api/echos/{echo.pk}").status_code == 404
    assert client.delete(f"/api/echos/{echo.pk}").status_code == 401
    assert Echo.objects.exists()


@pytest.mark.parametrize("echo_id", ["a" * 24, UUID, "nonsense"])
def test_api_knows_no_such_echo(api, alice, echo, echo_id):
    assert api(alice).delete(f"/api/echos/{echo_id}").status_code == 404


def test_api_knows_old_ids(api, alice):
    make_echo(alice, pk=from_uuid(UUID))
    assert api(alice).delete(f"/api/echos/{UUID}").status_code == 200


def test_page_asks_first_and_says_what_stops_working(page, alice, voice_model, echo, monkeypatch):
    links.link(by=alice, model=voice_model, echo=echo)
    monkeypatch.setattr(hooks.dependents, "_registered", [lambda row: [f"The foghorn needs {row}."]])
    address = f"/echos/{echo.pk}/delete"
    asked = page(alice).get(address).content.decode()
    for words in (
        "Delete <bdi>Keeper</bdi>?",
        "The foghorn needs Keeper.",
        "so does its voice model <bdi>Harbour</bdi>",
    ):
        assert words in asked
    assert Echo.objects.exists()
    answer = page(alice).post(address, follow=True)
    assert (answer.redirect_chain[-1][0], "Keeper is deleted." in answer.content.decode()) == ("/echos", True)
    assert not Echo.objects.exists()
    assert VoiceModel.objects.exists()


def test_page_needs_sign_in_and_hides_other_peoples_echos(client, page, alice, bob, charlie, echo):
    address = f"/echos/{echo.pk}/delete"
    assert client.post(address).url.startswith("/login")
    for user in (bob, charlie):
        assert page(user).get(address).status_code == page(user).post(address).status_code == 404
    assert page(alice).put(address).status_code == 405
    assert Echo.objects.exists()


def test_a_link_that_comes_after_the_echo_is_gone_is_no_link(alice, voice_model, echo, monkeypatch):
    """A server without transactions lets it in."""
    claim = links.claim

    def meanwhile(echo):
        claim(echo)
        Echo.objects.filter(pk=echo.pk).delete()

    monkeypatch.setattr(db, "transaction", nullcontext)
    monkeypatch.setattr(links, "claim", meanwhile)
    with pytest.raises(Conflict):
        links.link(by=alice, model=voice_model, echo=echo)
    assert VoiceModel.objects.get().echo_id is None


def test_a_link_that_comes_while_the_echo_goes_is_let_go(alice, voice_model, echo):
    def meanwhile(**details):
        VoiceModel.objects.update(echo_id=echo.pk)

    post_delete.connect(meanwhile, sender=Echo)
    try:
        echos.delete_echo(by=alice, echo=echo)
    finally:
        post_delete.disconnect(meanwhile, sender=Echo)
    assert VoiceModel.objects.get().echo_id is None
