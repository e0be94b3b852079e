"""The text of one XHTML or HTML file of a book, in paragraphs, with the places that a table of contents may point to.

No tree is made of it, so its depth costs nothing; marks that are not closed hurt nobody.
"""

import re
from html.parser import HTMLParser

BLOCKS = frozenset(
    ("address", "article", "aside", "blockquote", "body", "br", "dd", "details", "div", "dl", "dt", "figcaption")
    + ("figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "p")
    + ("pre", "section", "summary", "table", "td", "th", "tr", "ul")
)
UNSPOKEN = frozenset(
    ("audio", "head", "iframe", "math", "nav", "object", "rp", "rt", "script", "style", "svg", "template", "video")
)
EMPTY = frozenset(  # that are never closed
    ("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr")
)
UNSPOKEN_KINDS = frozenset(("doc-pagebreak", "doc-noteref", "doc-toc", "doc-pagelist", "pagebreak", "noteref", "toc"))
HEADINGS = ("h1", "h2", "h3")
DECLARED = re.compile(rb"""(?:encoding|charset)\s*=\s*["']?([\w.:-]{1,40})""")


class WebPage(HTMLParser):
    """`paragraphs` in order, `places` by id: before which paragraph each is. `heading` is the first one."""

    def __init__(self, content: str) -> None:
        super().__init__(convert_charrefs=True)
        self.paragraphs: list[str] = []
        self.places: dict[str, int] = {}
        self.heading = ""
        self._words: list[str] = []
        self._unspoken: list[str] = []  # the elements that are open within one whose text is not said
        self._heading = ""  # the one that is open
        self.feed(content)
        self.close()
        self._end_paragraph()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        if tag in BLOCKS:
            self._end_paragraph()
        for place in filter(None, (named.get("id"), named.get("name") if tag == "a" else None)):
            self.places.setdefault(place, len(self.paragraphs))
        if tag not in EMPTY and (self._unspoken or is_unspoken(tag, named)):
            self._unspoken.append(tag)
        elif tag in HEADINGS and not self.heading:
            self._heading = tag

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if self._unspoken:
            if tag in self._unspoken:
                while self._unspoken.pop() != tag:
                    pass
        elif tag in BLOCKS:
            self._end_paragraph()

    def handle_data(self, data: str) -> None:
        if not self._unspoken:
            self._words.append(data)

    def _end_paragraph(self) -> None:
        text = " ".join("".join(self._words).split())
        self._words.clear()
        if text:
            self.paragraphs.append(text)
            self.heading = self.heading or (text if self._heading else "")


def is_unspoken(tag: str, named: dict[str, str | None]) -> bool:
    kinds = f"{named.get('epub:type') or ''} {named.get('role') or ''}".split()
    return tag in UNSPOKEN or "hidden" in named or not UNSPOKEN_KINDS.isdisjoint(kinds)


def decoded(content: bytes) -> str:
    """In the encoding that it declares; in UTF-8, which books are in, where that can't be."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace")
    found = DECLARED.search(content[:1024])
    try:
        return content.decode(found[1].decode() if found else "utf-8-sig")
    except (LookupError, UnicodeError):
        return content.decode("utf-8-sig", errors="replace")
