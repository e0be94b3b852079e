"""The pronunciation dictionary in JSON. A router that answers with it has `by_alias=True`, for the `_id`."""

from typing import Annotated

from ninja import Field, Schema
from pydantic import BeforeValidator

from config.schemas import Name, PageIn, Time
from jobs.models import SAID_MAX_CHARACTERS, WORD_MAX_CHARACTERS

WORD = f"As it stands in texts: 1 to {WORD_MAX_CHARACTERS} characters, of which one is a letter or a digit."
REPLACEMENT = f"What is spoken instead: up to {SAID_MAX_CHARACTERS} characters."
IPA = f"Its sounds instead of other words: up to {SAID_MAX_CHARACTERS} characters of IPA, in slashes or without."
LANGUAGE = "For voices of this language only, `en` or `en_US`; for all of them when absent."
CASE = "Whether a word in other capitals is another word."
EXAMPLE = {"word": "SQL", "replacement": "sequel", "ipa": None, "language": "en", "case_sensitive": False}
OUT = {"_id": "6740a1b2c3d4e5f60123abcd", **EXAMPLE, "created_at": "2026-11-22T09:12:00.000Z"}
NullIfEmpty = BeforeValidator(lambda given: given or None)


class PronunciationIn(Schema):
    word: str = Field(description=WORD)
    replacement: str | None = Field(None, description=REPLACEMENT)
    ipa: str | None = Field(None, description=IPA)
    language: str | None = Field(None, description=LANGUAGE)
    is_case_sensitive: bool = Field(False, validation_alias="case_sensitive", description=CASE)

    model_config = {"json_schema_extra": {"example": {"word": "SQL", "replacement": "sequel", "language": "en"}}}


class PronunciationChangesIn(Schema):
    """What is left out stays. A `replacement` takes the place of IPA, and `ipa` that of a replacement."""

    word: str | None = Field(None, description=WORD)
    replacement: str | None = Field(None, description=REPLACEMENT)
    ipa: str | None = Field(None, description=IPA)
    language: str | None = Field(None, description=LANGUAGE)
    is_case_sensitive: bool | None = Field(None, validation_alias="case_sensitive", description=CASE)

    model_config = {"json_schema_extra": {"example": {"ipa": "ˈsiːkwəl"}}}


class PronunciationOut(Schema):
    id: str = Field(validation_alias="pk", serialization_alias="_id")
    word: str
    replacement: Annotated[str | None, NullIfEmpty]
    ipa: Annotated[str | None, NullIfEmpty]
    language: Annotated[str | None, NullIfEmpty]
    is_case_sensitive: bool = Field(serialization_alias="case_sensitive")
    created_at: Time

    model_config = {"json_schema_extra": {"example": OUT}}


class PronunciationsIn(PageIn):
    q: Name | None = Field(None, description="In the word, or in how it is said.")
    language: Name | None = Field(None, description="Only entries for this very language.")
