"""The examples that the keys page shows, taken from the page and run against a real installation."""

import html
import re
import subprocess
import sys

import pytest
import requests
from openai import AuthenticationError, BadRequestError, OpenAI, PermissionDeniedError

from tests.installation import EMAIL, PASSWORD


@pytest.fixture(scope="module")
def browser(site):
    with requests.Session() as browser:
        submit(browser, f"{site.url}/login", email=EMAIL, password=PASSWORD)
        yield browser


def submit(browser, address, **fields):
    """Fill in the form of a page and send it."""
    found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', browser.get(address, timeout=30).text)
    answer = browser.post(address, fields | {"csrfmiddlewaretoken": found[1]}, timeout=30)
    assert answer.status_code == 200, answer.text
    return answer.text


def new_key(browser, site, *scopes):
    """The page that shows a new key, and the key."""
    page = submit(browser, f"{site.url}/keys", name="Program", scopes=scopes, expires_at="30")
    return page, re.search(r'value="(ed_[\w-]+)"', page)[1]


def example(page, name):
    return html.unescape(re.search(rf'<code id="{name}">(.*?)</code>', page, re.DOTALL)[1])


def run(folder, *command):
    subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=120)
    sound = folder / "harbour.mp3"
    assert sound.read_bytes()[:3] == b"ID3"
    sound.unlink()


def test_each_example_runs_as_it_stands(browser, site, tmp_path):
    page, _ = new_key(browser, site, "speak")
    run(tmp_path, "sh", "-c", example(page, "curl"))
    run(tmp_path, sys.executable, "-c", example(page, "python"))
    run(tmp_path, sys.executable, "-c", example(page, "openai"))


def test_the_examples_of_a_key_that_only_looks(browser, site):
    page, _ = new_key(browser, site, "read")
    commands = [("sh", "-c", example(page, "curl"))]
    commands += [(sys.executable, "-c", example(page, name)) for name in ("python", "openai")]
    said = [subprocess.run(command, check=True, capture_output=True, text=True).stdout for command in commands]
    for words, output in zip(("en_US-demo-low", "en_US-demo-low", "tts-1"), said, strict=True):
        assert words in output


def test_openais_client_reads_our_refusals(browser, site):
    _, text = new_key(browser, site, "speak")
    request = {"model": "tts-1", "voice": "nobody", "input": "Ropes creak."}
    with OpenAI(base_url=f"{site.url}/v1", api_key=text) as client, pytest.raises(BadRequestError) as refused:
        client.audio.speech.create(**request)
    assert (refused.value.param, refused.value.type) == ("voice", "invalid_request_error")
    assert "en_US-demo-low" in refused.value.message
    with OpenAI(base_url=f"{site.url}/v1", api_key="ed_nonsense") as client, pytest.raises(AuthenticationError):
        client.audio.speech.create(**request)
    _, text = new_key(browser, site, "desk")
    with OpenAI(base_url=f"{site.url}/v1", api_key=text) as client, pytest.raises(PermissionDeniedError):
        client.models.list()
