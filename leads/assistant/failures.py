"""What can go wrong at the language model: for each failure a sentence for the log, and whether it may pass."""

from typing import ClassVar


class ChatFailure(Exception):
    """There is no answer. `may_pass`: the same question may be answered in a moment. `is_away`: nobody was there."""

    code: ClassVar[str]
    sentence: ClassVar[str]
    may_pass: ClassVar[bool] = False
    is_away: ClassVar[bool] = False

    def __init__(self, *, pause: int | None = None) -> None:
        super().__init__(self.sentence)
        self.pause = pause  # seconds that the endpoint asked us to wait


class ChatOff(ChatFailure):
    code = "off"
    sentence = "No language model is set: LLM_BASE_URL and LLM_MODEL name one."


class ChatKeyRefused(ChatFailure):
    code = "key_refused"
    sentence = "The language model's endpoint does not accept this installation's key. Check LLM_API_KEY."


class ChatNoCredit(ChatFailure):
    code = "no_credit"
    sentence = "The account at the language model's endpoint has no credit left."


class ChatModelUnknown(ChatFailure):
    code = "model_unknown"
    sentence = "The endpoint has no such model, or stands at another address. Check LLM_MODEL and LLM_BASE_URL."


class ChatRefused(ChatFailure):
    code = "refused"
    sentence = "The language model's endpoint refused the question."


class ChatAway(ChatFailure):
    code = "away"
    sentence = "The language model can't be reached, or did not answer in time."
    may_pass = True
    is_away = True


class ChatBusy(ChatFailure):
    code = "busy"
    sentence = "The language model's endpoint has too many questions of this installation."
    may_pass = True
    is_away = True


class ChatResting(ChatFailure):
    code = "resting"
    sentence = "The language model was away a moment ago, and is not asked for a while."


class ChatGarbled(ChatFailure):
    code = "garbled"
    sentence = "The language model's endpoint gave an answer that can't be used. Check LLM_BASE_URL."


class ChatSilent(ChatFailure):
    code = "silent"
    sentence = "The language model answered without a text."


STATUSES: dict[int, type[ChatFailure]] = {
    401: ChatKeyRefused,
    402: ChatNoCredit,
    403: ChatKeyRefused,
    404: ChatModelUnknown,
    408: ChatAway,
    425: ChatAway,
    429: ChatBusy,
}
