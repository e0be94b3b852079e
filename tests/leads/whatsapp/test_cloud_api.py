"""The client of the Cloud API: what it asks, what its failures are called, where the token goes."""

import time

import pytest

from leads.whatsapp import cloud_api as client
from leads.whatsapp import failures
from leads.whatsapp.cloud_api import CloudApi, Number
from tests.leads.whatsapp.chats import NUMBER, NUMBER_ID, TOKEN, make_channel
from tests.leads.whatsapp.cloud_api_stub import PHONE_NUMBER, Fault, error

META = "https://lookaside.fbsbx.com/whatsapp_business/attachments/?mid=1"


@pytest.fixture
def channel(alice, cloud_api):
    return make_channel(alice)


@pytest.fixture
def api(channel):
    return CloudApi(channel)


def downloaded(api, url, most_bytes):
    parts = []
    api.download(url, parts.append, most_bytes)
    return b"".join(parts)


def test_a_text(api, cloud_api):
    assert api.send_text(NUMBER, "Hello.", callback_data="a" * 24) == cloud_api.sent[0].id
    assert cloud_api.sent[0].body == {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "to": NUMBER,
        "type": "text",
        "text": {"preview_url": True, "body": "Hello."},
        "biz_opaque_callback_data": "a" * 24,
    }
    assert cloud_api.seen[0].path == f"/v23.0/{NUMBER_ID}/messages"


def test_a_voice_note(api, cloud_api):
    media_id = api.upload(b"OggS" + bytes(100))
    assert cloud_api.media[media_id].content == b"OggS" + bytes(100)
    api.send_audio(NUMBER, media_id)
    assert cloud_api.sent[0].body["audio"] == {"id": media_id, "voice": True}


def test_an_upload_that_is_refused(api):
    with pytest.raises(failures.MediaRefused, match="Unsupported Audio mime type"):
        api.upload(b"OggS", mime_type="audio/opus")


@pytest.mark.parametrize("typing", [False, True])
def test_a_read_mark(api, cloud_api, typing):
    api.mark_read("wamid.A", typing=typing)
    assert cloud_api.reads[0]["message_id"] == "wamid.A"
    assert cloud_api.reads[0].get("typing_indicator") == ({"type": "text"} if typing else None)


def test_the_number(api):
    assert api.number() == Number(PHONE_NUMBER, "Sea Breeze", "GREEN")


def test_a_number_that_is_not_known(channel):
    channel.phone_number_id = "1"
    with pytest.raises(failures.NumberUnknown) as refused:
        CloudApi(channel).number()
    assert refused.value.error_code == "100"


def test_another_address_for_a_channel(channel, settings):
    channel.api_base_url, settings.WHATSAPP_API_BASE_URL = settings.WHATSAPP_API_BASE_URL + "/", "http://127.0.0.1:1"
    assert CloudApi(channel).number().phone_number == PHONE_NUMBER


def test_a_wrong_token(channel, cloud_api):
    cloud_api.token = "another"
    with pytest.raises(failures.TokenRefused):
        CloudApi(channel).number()


# Files


def test_a_file(api, cloud_api):
    media_id = cloud_api.add_media(b"a" * 100_000, "image/png")
    info = api.media(media_id)
    assert (info.mime_type, info.size_bytes, len(info.sha256)) == ("image/png", 100_000, 64)
    assert downloaded(api, info.url, 100_000) == b"a" * 100_000


def test_a_file_that_is_too_large(api, cloud_api):
    info = api.media(cloud_api.add_media(b"a" * 100_001))
    with pytest.raises(failures.MediaTooLarge):
        downloaded(api, info.url, 100_000)


def test_a_file_that_says_that_it_is_too_large(api, cloud_api):
    """It is not begun."""
    cloud_api.fail(Fault(200, b"aa", headers={"Content-Length": "100001"}, how="cut"), door="file")
    with pytest.raises(failures.MediaTooLarge):
        downloaded(api, cloud_api.file_url("1"), 100_000)


@pytest.mark.parametrize("media_id", ["123", "", "../1", "a b", "1?x=1"])
def test_a_file_that_is_not_there(api, media_id):
    with pytest.raises(failures.MediaGone):
        api.media(media_id)


def test_an_address_that_has_run_out(api, cloud_api):
    with pytest.raises(failures.MediaGone):
        downloaded(api, cloud_api.file_url("1"), 10)


@pytest.mark.parametrize("size", ["many", -1, None, 1.5, True, "9" * 5_000, "٣"])
def test_a_description_without_a_size(api, cloud_api, size):
    with pytest.raises(failures.Garbled):
        api.media(cloud_api.add_media(b"a", file_size=size))


@pytest.mark.parametrize(
    "url",
    [
        "http://lookaside.fbsbx.com/a",
        "https://lookaside.fbsbx.com:8443/a",
        "https://fbsbx.com.example.com/a",
        "https://evilfbsbx.com/a",
        "https://lookaside.fbsbx.com@example.com/a",
        "https://me@lookaside.fbsbx.com/a",
        "http://127.0.0.1:1/a",
        "https://127.0.0.1/a",
        "ftp://mmg.whatsapp.net/a",
        "https:///a",
        "https://[::1/a",
        "https://example.com\\.fbsbx.com/a",
        "https://example.com%2f.fbsbx.com/a",
        "https://example.com;.fbsbx.com/a",
        "/whatsapp_business/attachments/",
        "",
    ],
)
def test_the_token_goes_to_meta_only(api, url, cloud_api):
    with pytest.raises(failures.AddressRefused):
        downloaded(api, url, 10)
    assert cloud_api.seen == []


@pytest.mark.parametrize("url", [META, "https://mmg.whatsapp.net/a", "https://scontent.xx.facebook.com:443/a"])
def test_hosts_of_metas(url):
    assert client.is_trusted(url, "https://graph.facebook.com/v23.0")


def test_a_redirect_is_not_followed(api, cloud_api):
    cloud_api.fail(Fault(302, headers={"Location": f"{cloud_api.root}/elsewhere"}))
    with pytest.raises(failures.Garbled):
        downloaded(api, cloud_api.file_url("1"), 10)
    assert len(cloud_api.seen) == 1


# What goes wrong


@pytest.mark.parametrize("how", ["silent", "drip"])
def test_every_call_ends_in_time(api, cloud_api, monkeypatch, how):
    monkeypatch.setattr(client, "CALL_SECONDS", 0.5)
    cloud_api.fail(Fault(200, "a" * 1_000, how=how))
    began = time.monotonic()
    with pytest.raises(failures.Lost):
        api.send_text(NUMBER, "Hello.")
    assert time.monotonic() - began < 5


def test_nobody_is_there(channel):
    channel.api_base_url = "http://127.0.0.1:1/v23.0"
    with pytest.raises(failures.Away) as away:
        CloudApi(channel).send_text(NUMBER, "Hello.")
    assert (away.value.may_pass, away.value.is_unknown) == (True, False)


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (Fault(500, "<html>"), failures.Lost),
        (Fault(503, {"error": "down"}), failures.Lost),
        (Fault(500, {"error": {"code": "190", "message": ["?"]}}), failures.Lost),
        (Fault(400, {"error": {"code": 987654, "message": {"a": 1}}}), failures.Refused),
        (Fault(400, {"error": {"code": 987654, "is_transient": True}}), failures.Away),
        (Fault(401, "<html>"), failures.TokenRefused),
        (Fault(403, b""), failures.NotAllowed),
        (Fault(429, b"slow down", headers={"Retry-After": "7"}), failures.Busy),
        (Fault(400, b"\xff\xfe"), failures.Garbled),
        (Fault(400, b"[" * 100_000), failures.Garbled),
        (Fault(200, b"a" * 2_000_000), failures.TakenGarbled),
        (Fault(200, b"a", headers={"Content-Encoding": "gzip"}), failures.TakenGarbled),
        (Fault(200, {}, headers={"Content-Type": "text/plain; charset=???"}), failures.TakenGarbled),
    ],
)
def test_answers_that_nobody_expects(api, cloud_api, fault, kind):
    cloud_api.fail(fault)
    with pytest.raises(failures.CloudApiFailure) as failed:
        api.send_text(NUMBER, "Hello.")
    assert type(failed.value) is kind
    if fault.headers.get("Retry-After"):
        assert failed.value.pause == 7


def test_cookies_are_not_kept(api, cloud_api):
    """Channels share a connection, but nothing that Meta could know them by."""
    cloud_api.fail(Fault(200, {}, headers={"Set-Cookie": "datr=abc; Path=/"}))
    with pytest.raises(failures.TakenGarbled):
        api.send_text(NUMBER, "Hello.")
    api.send_text(NUMBER, "Hello.")
    assert "cookie" not in cloud_api.seen[1].headers


@pytest.mark.parametrize("token", ["ümlaut", "two\nlines", "nul\0"])
def test_a_token_that_is_none(channel, token):
    from config import sealed

    channel.sealed_token = sealed.seal(token)
    with pytest.raises(failures.TokenRefused):
        CloudApi(channel)


def test_a_channel_without_secrets(channel):
    channel.sealed_token = ""
    with pytest.raises(failures.NotConnected):
        CloudApi(channel)


def test_no_log_has_the_token_or_the_key_to_a_file(api, cloud_api, caplog):
    caplog.set_level("INFO")
    cloud_api.fail(error(190, f"Malformed access token {TOKEN}"), Fault(how="gone"), Fault(500))
    for _ in range(3):
        with pytest.raises(failures.CloudApiFailure) as failed:
            downloaded(api, cloud_api.file_url("1"), 10)
        assert TOKEN not in str(failed.value)
    assert "ATtoken" not in caplog.text
    assert TOKEN not in caplog.text
    assert len(caplog.records) >= 3
