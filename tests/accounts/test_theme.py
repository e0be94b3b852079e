import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("theme", ["light", "dark", "system"])
def test_the_choice_is_kept_and_shown(client, theme):
    answer = client.post("/theme", {"theme": theme, "next": "/register"})
    assert (answer.status_code, answer.url) == (302, "/register")
    cookie = answer.cookies["theme"]
    assert (cookie.value, cookie["samesite"], cookie["max-age"]) == (theme, "Lax", 365 * 24 * 3600)
    assert f'data-theme="{theme}"'.encode() in client.get("/register").content


@pytest.mark.parametrize("theme", ["", "pink", '"><script>', "DARK"])
def test_any_other_choice_is_ignored(client, theme):
    answer = client.post("/theme", {"theme": theme})
    assert (answer.status_code, dict(answer.cookies)) == (302, {})


def test_a_made_up_cookie_is_the_system(client):
    client.cookies["theme"] = "pink"
    content = client.get("/register").content
    assert b'data-theme="system"' in content
    assert b"pink" not in content


def test_the_signed_in_choose_too(page, alice):
    client = page(alice)
    client.post("/theme", {"theme": "dark"})
    assert b'data-theme="dark"' in client.get("/").content


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", ""])
def test_next_leads_nowhere_else(client, target):
    assert client.post("/theme", {"theme": "dark", "next": target}).url == "/"


def test_it_takes_post_only_and_its_own_form():
    assert Client().get("/theme").status_code == 405
    assert Client(enforce_csrf_checks=True).post("/theme", {"theme": "dark"}).status_code == 403
