"""Markdown: its headings begin chapters; what stands between them is left as it is written."""

import re
from collections.abc import Iterator
from pathlib import Path

from jobs.documents.document import Document, Heading, Item, make_document
from jobs.documents.plain_text import text_of

FRONT_MATTER = re.compile(r"---[^\S\n]*\n(?P<fields>(?:.{0,1000}\n){0,100}?)(?:---|\.\.\.)[^\S\n]*(?:\n|$)")
FIELD = re.compile(
    r"^(title|author|lang|language)[^\S\n]*:[^\S\n]*[\"']?(.*?)[\"']?[^\S\n]*$", re.MULTILINE | re.IGNORECASE
)
HEADING_CHARACTERS = 1_000  # that are looked at, of what has no end
MARKS = re.compile(r"[*_`]+|!?\[([^\]]*)\]\([^)]*\)")


def read(path: Path) -> Document:
    text = text_of(path).replace("\r\n", "\n").replace("\r", "\n")
    about: dict[str, str] = {}
    if front := FRONT_MATTER.match(text):
        about = {name.lower(): value for name, value in FIELD.findall(front["fields"])}
        text = text[front.end() :]
    items = list(items_of(text))
    top = [item.title for item in items if isinstance(item, Heading) and item.level == 1]
    title = about.get("title") or (top[0] if len(top) == 1 else "")
    language = about.get("lang") or about.get("language", "")
    return make_document(items, title=title, author=about.get("author", ""), language=language)


def items_of(text: str) -> Iterator[Item]:
    """Only blocks are read: headings within code or lists are none, and nothing is spent on what is in a line."""
    from markdown_it import MarkdownIt

    lines, last = text.split("\n"), 0
    reader = MarkdownIt("commonmark").disable("inline")
    tokens = reader.parse(text)
    for token, inside in zip(tokens, tokens[1:], strict=False):
        if token.type == "heading_open" and token.level == 0 and token.map:
            start, end = token.map
            yield "\n".join(lines[last:start])
            yield Heading(
                int(token.tag[1]), MARKS.sub(r"\1", inside.content[:HEADING_CHARACTERS]), "\n".join(lines[start:end])
            )
            last = end
    yield "\n".join(lines[last:])
