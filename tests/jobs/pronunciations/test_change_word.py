"""An entry of the dictionary is changed or removed: by the action, the API and the page."""

import pytest

from config.errors import Conflict, NotFound
from config.ids import new_id
from jobs.actions import pronunciations as actions
from jobs.models import Pronunciation
from tests.accounts.conftest import join_team_of
from tests.jobs.pronunciations.words import ADDRESS, PAGE, add, dictionary


def patch(client, entry, **fields):
    return client.patch(f"{ADDRESS}/{entry.pk}", fields, "application/json")


def test_api(api, alice):
    entry, client = add(alice, language="en"), api(join_team_of(alice, "mate"))
    assert patch(client, entry).json()["replacement"] == "sequel"
    changed = patch(client, entry, ipa="ˈsiːkwəl", case_sensitive=True).json()
    assert (changed["ipa"], changed["replacement"], changed["language"]) == ("ˈsiːkwəl", None, "en")
    changed = patch(client, entry, word="mySQL", replacement="my sequel", language=None, case_sensitive=None).json()
    assert [changed[name] for name in ("word", "ipa", "replacement", "language")] == ["mySQL", None, "my sequel", None]
    assert changed["case_sensitive"]
    assert patch(client, entry, word="MYSQL").json()["word"] == "MYSQL"  # its own word is free for it
    assert Pronunciation.objects.get(key="mysql").replacement == "my sequel"


def test_what_is_refused(api, alice, monkeypatch):
    entry, client = add(alice), api(alice)
    add(alice, "Echo", "Echo desk")
    bad = [{"word": ""}, {"replacement": None}, {"ipa": "["}, {"language": "x"}, {"replacement": "a", "ipa": "ɛ"}]
    for fields in bad:
        assert patch(client, entry, **fields).status_code == 422, fields
    assert patch(client, entry, word="echo").status_code == 409
    monkeypatch.setattr(actions, "check_free", lambda entry: None)
    assert patch(client, entry, word="ECHO").status_code == 409
    assert dictionary() == {"SQL": "sequel", "Echo": "Echo desk"}


def test_page(page, alice):
    entry, client = add(alice, said="/ˈsiːkwəl/", language="sv"), page(alice)
    address = f"{PAGE}/{entry.pk}/change"
    html = client.get(address).content.decode()
    assert 'value="/ˈsiːkwəl/"' in html
    assert '<option value="sv" selected>Swedish</option>' in html
    answer = client.post(address, {"word": "SQL", "said": "sequel", "language": ""}, follow=True)
    assert answer.redirect_chain == [(PAGE, 302)]
    assert "Voices say “SQL” as sequel from now on." in answer.content.decode()
    add(alice, "Echo")
    html = client.post(address, {"word": "echo", "said": "sequel"}).content.decode()
    assert "Your dictionary has “Echo” already." in html
    assert Pronunciation.objects.get(pk=entry.pk).said == "sequel"


def test_removing(api, page, alice):
    entry, mate = add(alice), join_team_of(alice, "mate")
    address = f"{PAGE}/{entry.pk}/remove"
    assert "Remove <bdi>SQL</bdi>?" in page(mate).get(address).content.decode()
    assert "“SQL” is removed." in page(mate).post(address, follow=True).content.decode()
    assert page(alice).get(address).status_code == 404
    entry = add(alice)
    assert api(mate).delete(f"{ADDRESS}/{entry.pk}").status_code == 204
    assert api(mate).delete(f"{ADDRESS}/{entry.pk}").status_code == 404
    with pytest.raises(NotFound, match="removed in the meantime"):
        actions.change(by=alice, entry=entry, word="Other")


def test_other_peoples_are_not_there(api, page, alice, bob, charlie):
    entry = add(alice)
    for user in (bob, charlie):
        assert patch(api(user), entry, word="x").status_code == 404
        assert api(user).delete(f"{ADDRESS}/{entry.pk}").status_code == 404
        for end in ("change", "remove", "say"):
            assert page(user).post(f"{PAGE}/{entry.pk}/{end}").status_code == 404
        with pytest.raises(NotFound):
            actions.change(by=user, entry=entry, word="x")
        actions.remove(by=user, entry=entry)
    assert patch(api(alice), Pronunciation(pk=new_id()), word="x").status_code == 404
    assert api(alice).delete(f"{ADDRESS}/nonsense").status_code == 404
    assert dictionary() == {"SQL": "sequel"}


def test_the_dictionary_goes_with_its_team(alice, charlie):
    from jobs.owned import delete_dictionary, has_dictionary

    add(alice)
    add(charlie)
    assert has_dictionary(alice.team)
    delete_dictionary(alice.team)
    assert not has_dictionary(alice.team)
    assert has_dictionary(charlie.team)


def test_nobody_joins_another_team_and_loses_it(alice, charlie):
    from accounts.actions import invitations

    add(charlie)
    link = invitations.invite(by=alice)[1]
    with pytest.raises(Conflict, match="words in its dictionary"):
        invitations.accept_invitation(by=charlie, token=link)
    assert dictionary() == {"SQL": "sequel"}
