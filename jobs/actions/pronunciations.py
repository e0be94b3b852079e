"""The pronunciation dictionary of a team. Everybody of it writes it, and it is read for whatever they have spoken."""

import unicodedata
from typing import Any, TypedDict, Unpack

from django.db import IntegrityError

from accounts.actions import teams
from accounts.models import User
from config.db import atomic
from config.errors import Conflict, NotFound, Unprocessable
from config.text import one_line
from jobs.models import (
    LANGUAGE,
    PRONUNCIATIONS_MAX,
    SAID_MAX_CHARACTERS,
    WORD_MAX_CHARACTERS,
    Pronunciation,
    language_code,
)
from jobs.text import is_speakable
from jobs.text.pronunciation import folded
from voices.engines import phonemes

GONE = "This entry was removed in the meantime."
SHOWN_CHARACTERS = 10  # of those that no voice knows
BRACKETS = ("[[", "]]")  # within which engines are given phonemes
LENGTHS = {"word": WORD_MAX_CHARACTERS, "replacement": SAID_MAX_CHARACTERS, "ipa": SAID_MAX_CHARACTERS}


class KnownWord(Conflict):
    code = "known_word"
    field = "word"  # of the form


class PronunciationFields(TypedDict, total=False):
    word: str
    replacement: str | None  # either this
    ipa: str | None  # or that
    language: str | None  # such as "en" or "en_US"; for voices of all languages without
    is_case_sensitive: bool


FIELDS = tuple(PronunciationFields.__annotations__)


def add(*, by: User, **fields: Unpack[PronunciationFields]) -> Pronunciation:
    """A new entry. Unprocessable, with the field, for what can't be taken; KnownWord for a word that the dictionary has
    for this language; Conflict when the team has PRONUNCIATIONS_MAX of them.
    """
    values = checked(fields)
    try:
        return insert(by, values)
    except IntegrityError as error:  # somebody was a moment earlier
        raise known(values["word"]) from error


@atomic
def insert(by: User, values: dict[str, Any]) -> Pronunciation:
    teams.lock(by.team_id)  # of two who add the last one at once one waits
    entries = Pronunciation.objects.owned_by(by)
    check_free(entries.filter(language=values["language"], key=values["key"]).first())
    if entries.count() >= PRONUNCIATIONS_MAX:
        raise full()
    return Pronunciation.objects.create(team_id=by.team_id, by=by, **values)


def change(*, by: User, entry: Pronunciation, **changes: Unpack[PronunciationFields]) -> None:
    """Change what is named. Words take the place of IPA, and IPA that of words."""
    if changes.get("replacement") and "ipa" not in changes:
        changes["ipa"] = ""
    elif changes.get("ipa") and "replacement" not in changes:
        changes["replacement"] = ""
    values = checked({name: getattr(entry, name) for name in FIELDS} | changes)
    try:
        write(by, entry, values)
    except IntegrityError as error:
        raise known(values["word"]) from error
    for name, value in values.items():
        setattr(entry, name, value)


@atomic
def write(by: User, entry: Pronunciation, values: dict[str, Any]) -> None:
    own = Pronunciation.objects.owned_by(by)
    check_free(own.filter(language=values["language"], key=values["key"]).exclude(pk=entry.pk).first())
    if not own.filter(pk=entry.pk).update(**values):
        raise NotFound(GONE)


def remove(*, by: User, entry: Pronunciation) -> None:
    """Its word is spoken as it is written from then on."""
    Pronunciation.objects.owned_by(by).filter(pk=entry.pk).delete()


def check_free(entry: Pronunciation | None) -> None:
    if entry:
        raise known(entry.word)


def full() -> Conflict:
    return Conflict(f"A dictionary has at most {PRONUNCIATIONS_MAX:,} words. Remove those that you no longer need.")


def known(word: str) -> KnownWord:
    return KnownWord(f"Your dictionary has “{word}” already. Change that entry instead.")


def as_said(text: str) -> PronunciationFields:
    """What people write in one field: IPA between slashes, all else are words."""
    is_ipa = phonemes.SLASHES.fullmatch(text)
    return {"replacement": "" if is_ipa else text, "ipa": text if is_ipa else ""}


def checked(fields: PronunciationFields) -> dict[str, Any]:
    """The columns of an entry."""
    word = check_word(fields.get("word", ""))
    replacement, ipa = fields.get("replacement") or "", fields.get("ipa") or ""
    if replacement and ipa:
        raise Unprocessable("Say how it is said either in words or in IPA, not in both.", field="ipa")
    return {
        "word": word,
        "key": folded(word),
        "replacement": "" if ipa else check_replacement(replacement),
        "ipa": check_ipa(ipa) if ipa else "",
        "language": check_language(fields.get("language") or ""),
        "is_case_sensitive": fields.get("is_case_sensitive", False),
    }


def check_word(text: str) -> str:
    word = unicodedata.normalize("NFC", check_line(text, "word"))
    if not is_speakable(word):
        raise Unprocessable("Write the word as it stands in texts, with a letter or a digit.", field="word")
    return word


def check_replacement(text: str) -> str:
    said = check_line(text, "replacement")
    if not is_speakable(said):
        raise Unprocessable("Write how it is said, with a letter or a digit.", field="replacement")
    return said


def check_line(text: str, field: str) -> str:
    """On one line, and not too long."""
    if character := next(
        (each for each in text if unicodedata.category(each) in ("Cc", "Cs") and not each.isspace()), ""
    ):
        raise Unprocessable(f"The character U+{ord(character):04X} is not taken here. Remove it.", field=field)
    line = one_line(text)
    if len(line) > LENGTHS[field]:
        raise Unprocessable(f"This has {len(line):,} characters; at most {LENGTHS[field]} are taken.", field=field)
    if field != "ipa" and any(each in line for each in BRACKETS):
        raise Unprocessable("Double brackets stand for phonemes. Write IPA, without brackets.", field=field)
    return line


def check_ipa(text: str) -> str:
    """As voices take it."""
    ipa = phonemes.written(check_line(text, "ipa"))
    if missing := phonemes.unknown(ipa):
        shown = ", ".join(f"{each} (U+{ord(each):04X})" for each in missing[:SHOWN_CHARACTERS])
        raise Unprocessable(f"No voice can say {shown}. Write it in IPA, without brackets.", field="ipa")
    if not any(unicodedata.category(each) == "Ll" for each in ipa):
        raise Unprocessable("Write how it is said, in IPA.", field="ipa")
    if len(ipa) > SAID_MAX_CHARACTERS:  # letters with marks are written as several
        raise Unprocessable(
            f"This has {len(ipa)} sounds and marks; at most {SAID_MAX_CHARACTERS} are taken.", field="ipa"
        )
    return ipa


def check_language(text: str) -> str:
    if text.strip() and not LANGUAGE.fullmatch(text.strip()):
        raise Unprocessable("Name a language as voices do, such as en or en_US, or none for all.", field="language")
    return language_code(text)
