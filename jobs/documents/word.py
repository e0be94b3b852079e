"""DOCX: its heading styles, or any with an outline level, begin chapters."""

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jobs.documents import archives
from jobs.documents.document import Document, Heading, Item, Unreadable, make_document

if TYPE_CHECKING:
    from docx.document import Document as Opened
    from docx.styles.style import BaseStyle
    from docx.table import Table
    from docx.text.paragraph import Paragraph

HEADING = re.compile(r"heading ([1-9])", re.IGNORECASE)
OUTLINE = "w:pPr/w:outlineLvl"
GALLERY, CONTENTS = "{*}sdtPr/{*}docPartObj/{*}docPartGallery", "Table of Contents"
AROUND = frozenset(  # that stand around what is read; what was deleted or moved away stands in others
    ("bdo", "customXml", "dir", "fldSimple", "hyperlink", "ins", "moveTo", "sdt", "sdtContent", "smartTag")
)
LEVELS = 9  # of an outline; those below are body text
BASES_MAX = 10  # styles that one may be based on
TITLE, BODY = 0, 99
TEMPLATE_AUTHOR = "python-docx"


def read(path: Path) -> Document:
    from docx import Document as open_document
    from lxml.etree import LxmlError

    with archives.opened(path):
        pass  # within bounds
    try:
        document = open_document(str(path))
        items = list(Reading(document).items())
        about = document.core_properties
        author = about.author if about.author != TEMPLATE_AUTHOR else ""
        return make_document(items, title=about.title or title_of(items), author=author, language=about.language)
    except (LxmlError, KeyError, ValueError, AttributeError, zipfile.BadZipFile) as error:
        raise Unreadable("This Word document is damaged. Open it and save it again as DOCX.") from error


def title_of(items: list[Item]) -> str:
    return next((item.title for item in items if isinstance(item, Heading) and item.level == TITLE), "")


class Reading:
    """Styles are looked up once each: a document has ten of them and ten thousand paragraphs."""

    def __init__(self, document: "Opened") -> None:
        self.document, self.levels = document, dict[str | None, int]()

    def items(self) -> Iterator[Item]:
        from docx.table import Table
        from docx.text.paragraph import Paragraph

        body = self.document._body
        for block in blocks(body._element):
            if named(block) == "tbl":
                yield from self.table(Table(block, body))
            else:
                yield from self.paragraph(Paragraph(block, body))

    def paragraph(self, paragraph: "Paragraph") -> Iterator[Item]:
        text = text_of(paragraph._p)
        level = self.level(paragraph)
        if text and level != BODY:
            yield Heading(level, text, text)
        elif text:
            yield text

    def table(self, table: "Table") -> Iterator[Item]:
        """Row by row; a cell that spans several is read once."""
        for row in table.rows:
            cells = {id(cell._tc): "\n".join(map(text_of, blocks(cell._tc, "p"))).strip() for cell in row.cells}
            if text := ", ".join(filter(None, cells.values())):
                yield text

    def level(self, paragraph: "Paragraph") -> int:
        if own := outline_level(paragraph._p):
            return own
        name = paragraph._p.style
        if name not in self.levels:
            self.levels[name] = level_of(paragraph.style)
        return self.levels[name]


def named(element: Any) -> str:
    """The name of a mark without its space of names; '' for a comment."""
    return str(element.tag).rpartition("}")[2] if isinstance(element.tag, str) else ""


def blocks(element: Any, *names: str) -> Iterator[Any]:
    """Paragraphs and tables, those within content controls too, but for tables of contents."""
    for child in element:
        if named(child) in (names or ("p", "tbl")):
            yield child
        elif named(child) in AROUND and not is_contents(child):
            yield from blocks(child, *names)


def is_contents(control: Any) -> bool:
    kind = control.find(GALLERY)
    return kind is not None and CONTENTS in kind.values()


def text_of(paragraph: Any) -> str:
    return "".join(run.text or "" for run in runs(paragraph)).strip()


def runs(element: Any) -> Iterator[Any]:
    """Those that stand in a paragraph once all changes that are tracked in it are accepted."""
    for child in element:
        if named(child) == "r":
            yield child
        elif named(child) in AROUND:
            yield from runs(child)


def outline_level(element: Any) -> int:
    """1 to 9; 0 when it says none."""
    from docx.oxml.ns import qn

    found = element.xpath(OUTLINE)
    value = found[0].get(qn("w:val"), "") if found else ""
    return int(value) + 1 if value.isdecimal() and len(value) == 1 and int(value) < LEVELS else 0


def level_of(style: "BaseStyle | None") -> int:
    """That of a style, or of one that it is based on."""
    for _ in range(BASES_MAX):
        if style is None:
            break
        if style.name == "Title":
            return TITLE
        if found := HEADING.fullmatch(style.name or ""):
            return int(found[1])
        if level := outline_level(style.element):
            return level
        style = getattr(style, "base_style", None)
    return BODY
