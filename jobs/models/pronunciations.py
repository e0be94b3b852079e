"""The dictionary of a team: how its words are spoken."""

import re
from typing import Self

from django.db import models
from django.db.models import Q

from accounts.models import Team, TeamOwnedQuerySet, User
from config import times

WORD_MAX_CHARACTERS = 100
SAID_MAX_CHARACTERS = 200  # other words, or IPA
LANGUAGE_MAX_CHARACTERS = 8
PRONUNCIATIONS_MAX = 1_000  # of a team: each job reads them all
LANGUAGE = re.compile(r"([A-Za-z]{2,3})(?:[_-]([A-Za-z]{2,4}|[0-9]{3}))?")


def language_code(text: str) -> str:
    """As voices name a language, "en_US", whatever its case; empty for what is none."""
    found = LANGUAGE.fullmatch(text.strip())
    if not found:
        return ""
    return found[1].lower() + (f"_{found[2].upper()}" if found[2] else "")


class PronunciationQuerySet(TeamOwnedQuerySet):
    def matching(self, *, q: str | None = None, language: str | None = None) -> Self:
        """By what stands in the word or in how it is said; `language` as entries have it. Empty: not asked."""
        rows = self.filter(language=language) if language else self
        if not q:
            return rows
        return rows.filter(Q(word__icontains=q) | Q(replacement__icontains=q) | Q(ipa__icontains=q))

    def spoken_in(self, language: str) -> Self:
        """Those for a voice of this language, such as "en_US": its own, those of English, those of all languages."""
        return self.filter(language__in={"", language.partition("_")[0], language})


class Pronunciation(models.Model):
    """A word, and how voices say it: as other words, or by phonemes."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="+", db_index=False)
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    word = models.CharField(max_length=WORD_MAX_CHARACTERS)
    key = models.CharField(max_length=WORD_MAX_CHARACTERS, editable=False, help_text="The word as it is compared")
    replacement = models.CharField(max_length=SAID_MAX_CHARACTERS, blank=True, help_text="Spoken instead")
    ipa = models.CharField(max_length=SAID_MAX_CHARACTERS, blank=True, help_text="The sounds, if there are no words")
    language = models.CharField(
        max_length=LANGUAGE_MAX_CHARACTERS, blank=True, help_text="Of the voices; empty for all"
    )
    is_case_sensitive = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=times.now, editable=False)

    objects = PronunciationQuerySet.as_manager()

    class Meta:
        db_table = "pronunciations"
        constraints = [models.UniqueConstraint(fields=["team", "language", "key"], name="pronunciations_word")]
        indexes = [models.Index(fields=["team", "-created_at", "-id"], name="pronunciations_of_team")]

    def __str__(self) -> str:
        return self.word

    @property
    def said(self) -> str:
        """As people write it: phonemes between slashes."""
        return f"/{self.ipa}/" if self.ipa else self.replacement
