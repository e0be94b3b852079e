import subprocess
import sys

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from accounts import tokens
from config.wsgi import application
from tests.installation import ROOT

pytestmark = pytest.mark.django_db
CHARSETS = ["hex", "rot13", "undefined", "idna", "punycode", "no-such-charset"]
PART = 'Content-Disposition: form-data; name="name"\r\n\r\nCafé'


def call(
    content_type: str, *, method: str = "GET", path: str = "/api/voices?q=%C3%A9", body: bytes = b"", **headers: str
) -> HttpResponse:
    """The answer of the application that the web server runs; the database stays open for the test."""
    request = RequestFactory().generic(method, path, body, headers={"accept": "application/json"} | headers)
    return application.get_response(application.request_class(request.environ | {"CONTENT_TYPE": content_type}))


@pytest.mark.parametrize("charset", CHARSETS)
def test_a_charset_that_is_none_breaks_nothing(charset):
    assert call(f"text/plain; charset={charset}").status_code == 401


@pytest.mark.parametrize("charset", CHARSETS)
def test_a_form_in_a_charset_that_is_none_is_read(alice, charset):
    answer = call(
        f"multipart/form-data; boundary=x; charset={charset}",
        method="POST",
        path="/api/upload-reference",
        body=f"--x\r\n{PART}\r\n--x--\r\n".encode(),
        authorization=f"Bearer {tokens.issue(alice)}",
    )
    assert (answer.status_code, b"Send the recording" in answer.content) == (422, True)


@pytest.mark.parametrize("content_type", ["text/plain; a*=no-such-charset''%FF", "a" * 9_999 + "; charset=hex"])
def test_a_type_that_cannot_be_read_is_none(content_type):
    assert call(content_type).status_code == 401
    assert call(content_type, method="POST", path="/api/login", body=b"{}").status_code == 422


def test_every_door_is_there_before_the_first_client_comes():
    code = "import sys, config.wsgi; print('jobs.api.jobs' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    assert ran.stdout.strip() == "True"
