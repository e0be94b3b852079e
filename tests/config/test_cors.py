import pytest

SITE = "https://app.example.com"
ASK = {"origin": SITE, "access-control-request-method": "POST", "access-control-request-headers": "authorization"}


@pytest.mark.django_db
def test_no_other_site_may_call_unless_it_is_listed(client):
    for path in ("/api/health", "/api/jobs", "/v1/models", "/tts/jobs", "/auth/me"):
        assert "Access-Control-Allow-Origin" not in client.get(path, headers={"origin": SITE}).headers
        assert "Access-Control-Allow-Origin" not in client.options(path, headers=ASK).headers


@pytest.mark.django_db
def test_a_listed_site_may_call_the_api(client, settings):
    settings.CORS_ALLOWED_ORIGINS = [SITE]
    for path in ("/tts/jobs", "/auth/login", "/api/jobs"):
        answer = client.options(path, headers=ASK)
        assert (answer.status_code, answer.headers["Access-Control-Allow-Origin"]) == (200, SITE)
    assert "authorization" in answer.headers["Access-Control-Allow-Headers"]
    refused = client.get("/api/jobs", headers={"origin": SITE})
    assert (refused.status_code, refused.headers["Access-Control-Allow-Origin"]) == (401, SITE)
    assert "X-Total-Count" in refused.headers["Access-Control-Expose-Headers"]


@pytest.mark.django_db
def test_a_listed_site_gets_no_cookies_and_no_pages(client, settings):
    settings.CORS_ALLOWED_ORIGINS = [SITE]
    answer = client.get("/api/health", headers={"origin": SITE})
    assert "Access-Control-Allow-Credentials" not in answer.headers
    assert "Access-Control-Allow-Origin" not in client.get("/login", headers={"origin": SITE}).headers


@pytest.mark.django_db
def test_another_site_stays_outside(client, settings):
    settings.CORS_ALLOWED_ORIGINS = [SITE]
    answer = client.get("/api/health", headers={"origin": "https://evil.example.com"})
    assert "Access-Control-Allow-Origin" not in answer.headers
