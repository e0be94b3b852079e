from collections import Counter

import pytest
from ninja import Schema

pytestmark = pytest.mark.django_db


def test_docs_lead_to_the_documentation(client):
    assert client.get("/docs").url == "/api/docs"
    answer = client.get("/api/docs")
    assert answer.status_code == 200
    assert b"swagger" in answer.content
    for outside in (b"https://", b"http://", b"<script>", b"<style"):
        assert outside not in answer.content  # the policy would block it


@pytest.fixture
def operations(openapi):
    paths = openapi["paths"]
    return {f"{method} {path}": entry for path, entries in paths.items() for method, entry in entries.items()}


def test_every_operation_that_needs_a_credential_says_so(operations):
    assert {"get /api/jobs", "post /api/login", "get /health"} <= set(operations)
    is_open = {
        "post /api/login",
        "post /api/register",
        "post /auth/login",
        "post /auth/register",
        "get /health",
        "head /health",
        "get /api/health",
        "head /api/health",
        "get /webhook/whatsapp",
        "post /webhook/whatsapp",  # its signature lets it in
    }
    for name, operation in operations.items():
        assert bool(operation.get("security")) == (name not in is_open), name
        may_refuse = name not in is_open or name.endswith(("/login", "post /webhook/whatsapp"))
        assert ("401" in operation["responses"]) == may_refuse, name


def test_every_operation_has_a_name_of_its_own(operations):
    names = [operation["operationId"] for operation in operations.values()]
    assert sorted(names) == sorted(set(names))


def has_example(openapi, node):
    """Of its own, or in what it refers to."""
    if isinstance(node, list):
        return any(has_example(openapi, each) for each in node)
    if not isinstance(node, dict):
        return False
    name = node.get("$ref", "").rpartition("/")[2]
    followed = [openapi["components"]["schemas"][name]] if name else []
    return "example" in node or any(has_example(openapi, each) for each in [*node.values(), *followed])


def is_file(body):
    """A file that is downloaded has no example."""
    content = body.get("content", {}).values()
    return bool(content) and all(each.get("schema", {}).get("format") == "binary" for each in content)


def test_every_body_of_the_desk_has_an_example(openapi, operations):
    for name, operation in operations.items():
        if "desk" not in operation["tags"]:
            continue
        answers = [answer for status, answer in operation["responses"].items() if status.startswith("2")]
        for body in (operation.get("requestBody", {}), *answers):
            assert has_example(openapi, body) or not body.get("content") or is_file(body), name


def subclasses(schema):
    for each in schema.__subclasses__():
        yield each
        yield from subclasses(each)


def test_every_schema_has_a_name_of_its_own():
    """Of two with one name the documentation shows one for both."""
    ours = {each for each in subclasses(Schema) if not each.__module__.startswith("ninja") and "[" not in each.__name__}
    ours = {each for each in ours if each.__name__ != "NinjaResponseSchema"}  # made for each answer
    assert [name for name, times in Counter(each.__name__ for each in ours).items() if times > 1] == []
