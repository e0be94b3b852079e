"""Markdown without its marks: what people read of it, as pieces of paragraphs."""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from jobs.text.blocks import Block, Kind, blocks
from jobs.text.html_tags import without_tag
from jobs.text.links import named_links

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

MARKUP = re.compile(r"[*_`\[\]<>|~\\&]|^[ \t]*(?:[#>+=-]|\d{1,9}[.)](?:\s|$))", re.MULTILINE)
TASK = re.compile(r"^\[[ xX]\]\s")
NOT_OURS = ("code", "html_block", "reference")  # an indented line is prose, and a tag may stand around a paragraph
CELLS = ("th", "td")


class Piece(NamedTuple):
    """`joint`: what stands between it and the piece before, of the same paragraph; None: it begins a paragraph."""

    text: str
    joint: str | None = None


class Read(NamedTuple):
    """What is read of a block; `is_open`: a block that was cut may go on with it."""

    text: str
    is_open: bool = True


def pieces(text: str) -> Iterator[Piece]:
    """What is read of a text, in order and no sooner than it is asked for."""
    links, is_open = named_links(text), False
    for block in blocks(text):
        is_first = True
        for each in read(block, links):
            goes_on = is_first and is_open and each.is_open
            yield Piece(each.text, block.joint if goes_on else None)
            is_first, is_open = False, each.is_open


def read(block: Block, links: dict[str, Any]) -> Iterator[Read]:
    if block.kind is Kind.CODE or not MARKUP.search(block.text):
        yield Read(block.text)
        return
    environment = {"references": links}
    markdown = parser(has_links="](" in block.text or bool(links))
    if block.kind is Kind.REST:
        yield Read(words_of(markdown.parseInline(block.text, environment)))
    else:
        yield from Blocks().read(markdown.parse(block.text, environment))


@cache
def parser(*, has_links: bool) -> "MarkdownIt":
    """Where no link can be, brackets are not looked at: of many that stay open each looks for its end."""
    from markdown_it import MarkdownIt

    markdown = MarkdownIt("commonmark").enable(["table", "strikethrough"]).disable(NOT_OURS)
    return markdown if has_links else markdown.disable(["link", "image"])


class Blocks:
    """Reads the blocks that markdown-it finds: a list's number stands before its entry, a row's cells are one block."""

    def __init__(self) -> None:
        self._number = self._within = ""
        self._cells: list[str] = []

    def read(self, tokens: Iterable["Token"]) -> Iterator[Read]:
        for token in tokens:
            if token.type in ("list_item_open", "list_item_close"):
                yield from self.item(token)
            elif token.type == "inline":
                yield from self.words(token)
            elif token.type == "tr_close":
                yield Read(", ".join(filter(None, self._cells)), is_open=False)
                self._cells = []
            elif token.type == "fence":
                yield Read(token.content, is_open=False)
            elif token.nesting == 1:
                self._within = token.tag

    def item(self, token: "Token") -> Iterator[Read]:
        """One that ends, or has another list in it, before anything was read is its number alone."""
        if self._number:
            yield Read(self._number)
        self._number = f"{token.info}{token.markup}" if token.info and token.nesting == 1 else ""

    def words(self, token: "Token") -> Iterator[Read]:
        words = words_of([token])
        if self._within in CELLS:
            self._cells.append(words.strip())
        else:
            yield Read(f"{self._number} {TASK.sub('', words)}".lstrip(), is_open=self._within == "p")
            self._number = ""


def words_of(tokens: Iterable["Token"]) -> str:
    """The words of inline tokens, with a space for each end of a line."""
    return "".join(map(word_of, tokens))


def word_of(token: "Token") -> str:
    if token.type in ("inline", "image"):
        return words_of(token.children or ())
    if token.type in ("softbreak", "hardbreak"):
        return " "
    return without_tag(token.content) if token.type == "html_inline" else token.content
