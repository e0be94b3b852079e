"""What was found, marked in the text: safe HTML with <mark>."""

from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString

from leads.words import Span, clauses, matches

EXCERPT_CHARACTERS = 200
BEFORE_CHARACTERS = 60  # of them, before the first match


def marked(text: str, q: str) -> SafeString:
    """All of a text, with what `q` looks for in <mark>."""
    return with_marks(text, matches(text, clauses(q)), (0, len(text)))


def excerpt(text: str, q: str) -> SafeString:
    """About 200 characters around the first match, with what `q` looks for in <mark>; the start where nothing is."""
    spans = matches(text, clauses(q))
    start, end = shown = window(text, spans[0][0] if spans else 0)
    before, after = "…" if start else "", "…" if end < len(text) else ""
    return format_html("{}{}{}", before, with_marks(text, spans, shown), after)


def window(text: str, at: int) -> Span:
    """The part to show of a text, from the start of a word to the end of one, if these are near."""
    start = max(0, at - BEFORE_CHARACTERS)
    if start:
        start = next((place + 1 for place in range(start, at) if text[place].isspace()), start)
    end = min(len(text), start + EXCERPT_CHARACTERS)
    if end < len(text):
        end = next((place for place in range(end, end - BEFORE_CHARACTERS, -1) if text[place].isspace()), end)
    return start, end


def with_marks(text: str, spans: list[Span], shown: Span) -> SafeString:
    at, end = shown
    pieces: list[tuple[SafeString]] = []
    for first, last in ((max(first, at), min(last, end)) for first, last in spans if first < end and last > at):
        pieces.append((format_html("{}<mark>{}</mark>", text[at:first], text[first:last]),))
        at = last
    return format_html_join("", "{}", [*pieces, (conditional_escape(text[at:end]),)])
