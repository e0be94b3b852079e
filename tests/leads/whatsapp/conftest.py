"""What the tests of chats share."""

from collections.abc import Iterator

import pytest

from accounts.models import User
from leads.actions.whatsapp import deliveries
from leads.actions.whatsapp.known_channels import Known
from leads.assistant import chat as model
from leads.models import Contact
from leads.whatsapp import cloud_http
from tests.leads.whatsapp import chat_stub, cloud_api_stub
from tests.leads.whatsapp.assistant import FALLBACK
from tests.leads.whatsapp.chat_stub import ChatStub
from tests.leads.whatsapp.chats import TOKEN, make_channel, make_contact
from tests.leads.whatsapp.cloud_api_stub import CloudApiStub


@pytest.fixture(autouse=True)
def unknown_channels() -> None:
    """No test knows the channels of the one before, or that Redis was away in it."""
    Known.channels, Known.read_at, Known.unreadable = None, float("-inf"), frozenset()
    deliveries.away.end()


@pytest.fixture(autouse=True)
def rested_model() -> None:
    """The language model is asked, whatever the test before has found."""
    model.Rest.until = 0.0


@pytest.fixture
def chat(settings: pytest.FixtureRequest) -> Iterator[ChatStub]:
    """The language model that the settings name."""
    with chat_stub.serving() as stub:
        settings.LLM_BASE_URL, settings.LLM_API_KEY, settings.LLM_MODEL = stub.url, chat_stub.KEY, chat_stub.MODEL
        yield stub
        settings.LLM_BASE_URL, settings.LLM_API_KEY = stub.url, chat_stub.KEY
        model.client().close()
        model.made_client.cache_clear()


@pytest.fixture
def cloud_api(settings: pytest.FixtureRequest) -> Iterator[CloudApiStub]:
    """The Cloud API that the settings name."""
    with cloud_api_stub.serving() as stub:
        settings.WHATSAPP_API_BASE_URL = stub.url
        yield stub
        cloud_http.client(stub.root).close()
        cloud_http.client.cache_clear()


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A language model that never answers is given up after a second."""
    monkeypatch.setattr(model, "TRY_SECONDS", 1.0)


@pytest.fixture
def asker(alice: User, cloud_api: CloudApiStub, chat: ChatStub, monkeypatch: pytest.MonkeyPatch) -> Contact:
    """Somebody who writes to a channel on which the assistant answers."""
    monkeypatch.setattr(model, "PAUSE_SECONDS", 0.01)
    cloud_api.token = TOKEN
    return make_contact(make_channel(alice, replies=True, fallback=FALLBACK))
