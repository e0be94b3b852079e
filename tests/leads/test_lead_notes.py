import pytest

from config.errors import NotFound, Unprocessable
from leads.actions import notes
from leads.models import NOTE_MAX_CHARACTERS, Lead, LeadNote
from tests.accounts.conftest import join_team_of
from tests.leads.leads import make_lead

BAD = ["", " \n ", "x" * (NOTE_MAX_CHARACTERS + 1), "a\0b", "half \ud83d"]


@pytest.fixture
def lead(alice):
    return make_lead(alice)


def test_action(alice, lead):
    note = notes.add_note(by=alice, lead=lead, text=" Called.\r\nWants more. ")
    assert LeadNote.objects.get() == note
    assert (note.text, note.by, note.lead, note.team) == ("Called.\nWants more.", alice, lead, alice.team)
    assert Lead.objects.get().updated_at > lead.updated_at


@pytest.mark.parametrize("text", BAD)
def test_refused(alice, lead, text):
    with pytest.raises(Unprocessable) as refusal:
        notes.add_note(by=alice, lead=lead, text=text)
    assert refusal.value.field == "text"
    assert not LeadNote.objects.exists()


def test_a_lead_that_was_deleted_meanwhile_takes_none(alice, lead):
    Lead.objects.all().delete()
    with pytest.raises(NotFound):
        notes.add_note(by=alice, lead=lead, text="Called.")
    assert not LeadNote.objects.exists()


def test_anybody_of_the_team_deletes(alice, charlie, lead):
    note = notes.add_note(by=alice, lead=lead, text="Called.")
    notes.delete_note(by=charlie, note=note)
    assert LeadNote.objects.exists()
    notes.delete_note(by=join_team_of(alice, "mate"), note=note)
    assert not LeadNote.objects.exists()


def test_api(api, alice, lead):
    address = f"/api/leads/{lead.pk}/notes"
    answer = api(alice).post(address, {"text": "First."}, "application/json")
    note = answer.json()
    assert (answer.status_code, note["text"], note["by"]) == (201, "First.", alice.pk)
    api(alice).post(address, {"text": "Second."}, "application/json")
    page = api(alice).get(address, {"limit": 1}).json()
    assert [each["text"] for each in page["items"]] == ["Second."]
    assert api(alice).get(address, {"limit": 1, "cursor": page["next"]}).json() == {"items": [note], "next": None}
    assert api(alice).delete(f"{address}/{note['_id']}").status_code == 204
    assert api(alice).delete(f"{address}/{note['_id']}").status_code == 404


@pytest.mark.parametrize("text", [*BAD, None, 5, ["a"]])
def test_api_refuses(api, alice, lead, text):
    answer = api(alice).post(f"/api/leads/{lead.pk}/notes", {"text": text}, "application/json")
    assert answer.status_code in (400, 422)
    assert not LeadNote.objects.exists()


def test_api_hides(api, alice, charlie, lead):
    note = notes.add_note(by=alice, lead=lead, text="Called.")
    other = make_lead(alice, email="ben@acme.example")
    assert api(charlie).post(f"/api/leads/{lead.pk}/notes", {"text": "Mine."}, "application/json").status_code == 404
    assert api(charlie).delete(f"/api/leads/{lead.pk}/notes/{note.pk}").status_code == 404
    for path in (f"{other.pk}/notes/{note.pk}", f"{lead.pk}/notes/nonsense", f"{lead.pk}/notes/{'a' * 24}"):
        assert api(alice).delete(f"/api/leads/{path}").status_code == 404
    assert LeadNote.objects.get() == note


def test_page(page, alice, lead):
    client = page(alice)
    assert client.post(f"/leads/{lead.pk}/notes", {"text": "<b>Called.</b>"})["Location"] == f"/leads/{lead.pk}"
    note = LeadNote.objects.get()
    assert "&lt;b&gt;Called.&lt;/b&gt;" in client.get(f"/leads/{lead.pk}").content.decode()
    address = f"/leads/{lead.pk}/notes/{note.pk}/delete"
    assert "Delete this note?" in client.get(address).content.decode()
    assert client.post(address)["Location"] == f"/leads/{lead.pk}"
    assert not LeadNote.objects.exists()
    assert client.get(address).status_code == 404


def test_page_fragment(page, alice, lead):
    client, headers = page(alice), {"HX-Request": "true"}
    html = client.post(f"/leads/{lead.pk}/notes", {"text": "Called."}, headers=headers).content.decode()
    assert "Called." in html
    assert "<html" not in html
    assert 'data-say="The note is added. 1 note."' in html
    html = client.post(f"/leads/{lead.pk}/notes", {"text": ""}, headers=headers).content.decode()
    assert "Write something first." in html
    assert "data-say" not in html


def test_page_says_what_is_wrong(page, alice, lead):
    client = page(alice)
    text = "x" * (NOTE_MAX_CHARACTERS + 1)
    html = client.post(f"/leads/{lead.pk}/notes", {"text": text}, follow=True).content.decode()
    assert "Write a note of 1 to 5,000 characters." in html
    assert text in html  # what was typed is not lost
    assert not LeadNote.objects.exists()
