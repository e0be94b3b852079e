import pytest

pytestmark = pytest.mark.django_db


def test_docs_lead_to_the_documentation(client):
    assert client.get("/docs").url == "/api/docs"
    answer = client.get("/api/docs")
    assert answer.status_code == 200
    assert b"swagger" in answer.content
    for outside in (b"https://", b"http://", b"<script>", b"<style"):
        assert outside not in answer.content  # the policy would block it


@pytest.fixture
def operations(client):
    paths = client.get("/api/openapi.json").json()["paths"]
    return {f"{method} {path}": entry for path, entries in paths.items() for method, entry in entries.items()}


def test_every_operation_that_needs_a_credential_says_so(operations):
    assert {"get /api/jobs", "post /api/login", "get /health"} <= set(operations)
    is_open = {
        "post /api/login",
        "post /api/register",
        "get /health",
        "head /health",
        "get /api/health",
        "head /api/health",
    }
    for name, operation in operations.items():
        assert bool(operation.get("security")) == (name not in is_open), name
        assert ("401" in operation["responses"]) == (name not in is_open or name == "post /api/login"), name


def test_every_operation_has_a_name_of_its_own(operations):
    names = [operation["operationId"] for operation in operations.values()]
    assert sorted(names) == sorted(set(names))
