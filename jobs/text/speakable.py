"""Whether there is anything to say."""

from collections import Counter

from config.errors import Unprocessable

NAMED_CHARACTERS = 10  # in a sentence about them


class NothingToSay(Unprocessable):
    code = "nothing_to_say"

    def __init__(self, message: str = "There is nothing to say in this text.") -> None:
        super().__init__(message, field="text")


class AnotherScript(NothingToSay):
    """All letters of a text are of scripts that the voice can't read."""

    def __init__(self, unspoken: Counter[str]) -> None:
        named = " ".join(character for character, _ in unspoken.most_common(NAMED_CHARACTERS))
        super().__init__(
            f"This voice can't read the letters of this text: {named}. Choose a voice of the text's language."
        )


def is_speakable(text: str) -> bool:
    """Whether there is a letter or a digit to say."""
    return any(character.isalnum() for character in text)
