import pytest
from django.contrib.sessions.models import Session
from django.test import Client

pytestmark = pytest.mark.django_db


def test_page_ends_the_session_and_leads_to_sign_in(page, alice):
    client = page(alice)
    key = client.session.session_key
    answer = client.post("/logout")
    assert (answer.status_code, answer.url) == (302, "/login")
    assert not Session.objects.filter(session_key=key).exists()
    assert client.get("/jobs").url == "/login?next=/jobs"


def test_a_kept_cookie_opens_nothing_any_more(page, alice):
    client = page(alice)
    stolen = client.cookies["sessionid"].value
    client.post("/logout")
    thief = Client()
    thief.cookies["sessionid"] = stolen
    assert thief.get("/api/jobs").status_code == 401


def test_other_sessions_stay(page, alice):
    here, there = page(alice), page(alice)
    here.post("/logout")
    assert there.get("/jobs").status_code == 200


def test_a_link_does_not_sign_out(page, alice):
    client = page(alice)
    answer = client.get("/logout")
    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")
    assert client.get("/jobs").status_code == 200


def test_another_site_does_not_sign_out(alice):
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice)
    assert client.post("/logout").status_code == 403
    assert client.get("/api/jobs").status_code == 200


def test_the_signed_out_may_sign_out(client):
    assert client.post("/logout").url == "/login"
