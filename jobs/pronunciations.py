"""How the words of a team's dictionary are spoken by what speaks a job."""

from accounts.models import User
from jobs.models import Pronunciation, language_code
from jobs.sources import Source
from jobs.text.pronunciation import Entry
from voices import engines

COLUMNS = ("word", "replacement", "ipa", "language", "is_case_sensitive")


def entries_for(by: User, source: Source) -> tuple[Entry, ...]:
    """What the person's team has for whatever `source` speaks. It asks the database once."""
    language = language_code(source.language)
    rows = list(Pronunciation.objects.owned_by(by).spoken_in(language).order_by("pk").values_list(*COLUMNS, named=True))
    takes_phonemes = any(row.ipa for row in rows) and engines.get(source.engine).takes_phonemes(source.engine_id)
    closest = sorted(rows, key=lambda row: -len(row.language))  # one for "en_US" is meant before one for "en"
    spoken = ((row, f"[[{row.ipa}]]" if row.ipa and takes_phonemes else row.replacement) for row in closest)
    return tuple(Entry(row.word, said, row.is_case_sensitive) for row, said in spoken)
