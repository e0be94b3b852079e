from ipaddress import ip_network

import pytest

pytestmark = pytest.mark.django_db
MULTIPART = "multipart/form-data; boundary=x"


@pytest.mark.parametrize("content_type", ["text/plain", "application/xml", MULTIPART])
def test_a_body_of_another_type_is_415(api, alice, content_type):
    answer = api(alice).post("/api/jobs", "--x no json", content_type)
    assert (answer.status_code, answer.json()["code"]) == (415, "wrong_type")


def test_a_form_with_its_token_in_a_session_is_415_too(page, alice):
    client = page(alice)
    client.handler.enforce_csrf_checks = True
    token = client.get("/speak").context["csrf_token"]
    answer = client.post("/api/jobs", {"csrfmiddlewaretoken": str(token), "text": "Hello."})
    assert (answer.status_code, answer.json()["code"]) == (415, "wrong_type")


@pytest.mark.parametrize("path", ["/", "/jobs", "/speak", "/voices", "/api/jobs", "/api/voices"])
def test_what_a_signed_in_person_sees_is_not_stored(page, alice, path):
    assert page(alice).get(path).headers["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("path", ["/logout", "/theme"])
def test_a_page_refuses_a_method_with_a_page(page, alice, path):
    answer = page(alice).get(path)
    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")
    assert b"This address is not a page to open." in answer.content


def test_the_scheme_is_believed_from_a_proxy_of_ours_alone(client, settings):
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    said = {"x-forwarded-proto": "https"}
    assert not client.get("/login", headers=said).wsgi_request.is_secure()
    settings.TRUSTED_PROXIES = [ip_network("127.0.0.1")]
    assert client.get("/login", headers=said).wsgi_request.is_secure()


def test_the_bare_prefix_of_the_api_answers_in_json(client):
    assert client.get("/api").json()["code"] == "not_found"


def test_media_types_are_read_in_any_case(page, alice, demo):
    assert b"<html" in page(alice).get("/voices", headers={"accept": "TEXT/HTML"}).content
