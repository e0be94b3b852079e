import io
from pathlib import Path

import av
import pytest
from django.core.files.storage import default_storage

from voices.models import Voice

ADDRESS = "/api/voices/en_US-demo-low/sample"


def get(client, address=ADDRESS, **headers):
    """The answer, read to its end, with all of it as `body`."""
    answer = client.get(address, headers=headers)
    answer.body = b"".join(answer)
    return answer


def test_api_gives_a_sound_that_can_be_played(api, alice, demo):
    answer = get(api(alice))
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "audio/wav")
    assert "private" in answer.headers["Cache-Control"]
    with av.open(io.BytesIO(answer.body)) as container:
        frames = list(container.decode(audio=0))
    assert {frame.rate for frame in frames} == {demo.sample_rate}
    assert 1 < sum(frame.samples for frame in frames) / demo.sample_rate < 10
    assert max(abs(frame.to_ndarray()).max() for frame in frames) > 10_000


def test_api_gives_a_part(api, alice, demo):
    whole = get(api(alice)).body
    answer = get(api(alice), range="bytes=10-19")
    assert (answer.status_code, answer.body) == (206, whole[10:20])
    assert answer.headers["Content-Range"] == f"bytes 10-19/{len(whole)}"
    assert get(api(alice), range=f"bytes={len(whole)}-").status_code == 416


def test_api_answers_head_and_aliases(api, alice, demo):
    answer = api(alice).head(ADDRESS)
    size = default_storage.size(demo.sample)
    assert (answer.status_code, answer.headers["Content-Length"], b"".join(answer)) == (200, str(size), b"")
    assert len(get(api(alice), "/api/voices/demo/sample").body) == size


def test_the_page_plays_it_with_its_session(page, bob, demo):
    assert get(page(bob)).status_code == 200


def test_api_needs_a_credential(client, demo):
    assert client.get(ADDRESS).status_code == 401


@pytest.mark.parametrize("name", ["nobody", "..", "a%00b"])
def test_api_knows_no_such_voice(api, alice, demo, name):
    assert api(alice).get(f"/api/voices/{name}/sample").status_code == 404


def test_a_voice_without_a_sample_has_none(api, alice, demo):
    Voice.objects.update(sample="")
    assert api(alice).get(ADDRESS).status_code == 404


def test_a_sample_whose_file_is_gone_is_not_there(api, alice, demo):
    Path(default_storage.path(demo.sample)).unlink()
    assert api(alice).get(ADDRESS).status_code == 404
