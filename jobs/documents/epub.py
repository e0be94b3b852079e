"""EPUB 2 and 3: the files of its spine in their order, and its table of contents, whose entries begin chapters."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote

from jobs.documents import archives
from jobs.documents.archives import Archive, beside
from jobs.documents.document import Document, Heading, Item, Unreadable, make_document
from jobs.documents.web_page import WebPage, decoded

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

CONTAINER, ENCRYPTION = "META-INF/container.xml", "META-INF/encryption.xml"
RIGHTS = ("META-INF/rights.xml", "META-INF/sinf.xml", "META-INF/license.lcpl")
OF_FONTS = ("http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC")  # which hide no text
TEXTS = ("application/xhtml+xml", "text/html", "application/x-dtbook+xml")
LEVELS_MAX = 6  # of a table of contents
NOT_READ = ("cover", "toc", "notes-toc")  # what a guide calls that nobody wants to hear
DAMAGED = "This EPUB is damaged: it lacks the list of its parts. Choose another file."
PROTECTED = "This EPUB is protected against copying (DRM), so it can't be read here."
BROKEN = "This EPUB is damaged: a part of it can't be read. Choose another file."


class Entry(NamedTuple):
    """One of a table of contents."""

    level: int
    title: str
    file: str
    place: str  # an id in the file; '' is its beginning


def read(path: Path) -> Document:
    with archives.opened(path) as archive:
        try:
            return Book(archive).document()
        except KeyError as error:
            raise Unreadable(DAMAGED) from error


def tree(content: bytes) -> "Element":
    """Of XML, without what it wants to have brought in from elsewhere."""
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, recover=True, huge_tree=False)
    try:
        root = etree.fromstring(content, parser)
    except etree.LxmlError as error:
        raise Unreadable(BROKEN) from error
    if root is None:
        raise Unreadable(BROKEN)
    return root


def all_named(root: "Element", *names: str) -> Iterator["Element"]:
    return root.iter(*(f"{{*}}{name}" for name in names))


def first_text(root: "Element", name: str) -> str:
    return next(("".join(found.itertext()) for found in all_named(root, name)), "")


class Book:
    def __init__(self, archive: Archive) -> None:
        self.archive = archive
        self.check_protection()
        root = next(all_named(tree(archive.read(CONTAINER)), "rootfile"), None)
        self.name = archives.beside("", root.get("full-path", "")) if root is not None else ""
        self.package = tree(archive.read(self.name))
        self.manifest = {item.get("id", ""): item for item in all_named(self.package, "item")}
        self.files = {beside(self.name, item.get("href", "")): item for item in self.manifest.values()}

    def check_protection(self) -> None:
        """Fonts may be hidden; of anything else nothing can be read."""
        listed = self.archive.find(ENCRYPTION)
        methods = [each.get("Algorithm", "") for each in all_named(tree(listed), "EncryptionMethod")] if listed else []
        if any(method not in OF_FONTS for method in methods) or any(name in self.archive.names for name in RIGHTS):
            raise Unreadable(PROTECTED)

    def document(self) -> Document:
        about = {name: first_text(self.package, name) for name in ("title", "creator", "language")}
        return make_document(self.items(), title=about["title"], author=about["creator"], language=about["language"])

    def items(self) -> Iterator[Item]:
        """The paragraphs, with a heading where an entry of the contents points; without any, where a file begins."""
        entries = list(self.contents())
        spine = list(self.spine())
        has_contents = any(entry.file in spine for entry in entries)
        for file in spine:
            page = WebPage(decoded(self.archive.find(file)))
            own = [entry for entry in entries if entry.file == file]
            if not has_contents and page.heading:
                own = [Entry(1, page.heading, file, "")]
            yield from placed(page, own)

    def spine(self) -> Iterator[str]:
        """What is read from the beginning to the end, without covers and tables of contents."""
        skipped = {
            beside(self.name, each.get("href", "").partition("#")[0])
            for each in all_named(self.package, "reference")
            if each.get("type", "").lower() in NOT_READ
        }
        for part in all_named(self.package, "itemref"):
            item = self.manifest.get(part.get("idref", ""))
            if item is None or part.get("linear") == "no" or item.get("media-type") not in TEXTS:
                continue
            file = beside(self.name, item.get("href", ""))
            if file not in skipped and "nav" not in item.get("properties", "").split():
                yield file

    def contents(self) -> Iterator[Entry]:
        """Of EPUB 3, else of EPUB 2."""
        for file, item in self.files.items():
            if "nav" in item.get("properties", "").split() and (listed := self.archive.find(file)):
                yield from navigation(tree(listed), file)
                return
        for file, item in self.files.items():
            if item.get("media-type") == "application/x-dtbncx+xml" and (listed := self.archive.find(file)):
                yield from points(tree(listed), file)
                return


def placed(page: WebPage, entries: list[Entry]) -> Iterator[Item]:
    """Each entry before the paragraph that it points to; of several at one place the first."""
    at: dict[int, Entry] = {}
    for entry in entries:
        at.setdefault(page.places.get(entry.place, 0), entry)
    for number, paragraph in enumerate(page.paragraphs):
        if number in at:
            yield Heading(at[number].level, at[number].title)
        yield paragraph


def entry(level: int, title: str, file: str, address: str) -> Iterator[Entry]:
    target, _, place = address.partition("#")
    if title := " ".join(title.split()):
        yield Entry(min(level, LEVELS_MAX), title, beside(file, target) if target else file, unquote(place))


def navigation(root: "Element", file: str) -> Iterator[Entry]:
    """The first list of links that is a table of contents, or the first of all; lists lie within one another."""
    lists = list(all_named(root, "nav"))
    kinds = [next((value for name, value in each.items() if name.endswith("type")), "") for each in lists]
    chosen = next((each for each, kind in zip(lists, kinds, strict=True) if "toc" in kind.split()), None)
    chosen = lists[0] if chosen is None and lists else chosen
    for link in all_named(chosen, "a") if chosen is not None else ():
        level = sum(str(each.tag).endswith("}ol") for each in link.iterancestors())
        yield from entry(level, "".join(link.itertext()), file, link.get("href", ""))


def points(root: "Element", file: str) -> Iterator[Entry]:
    for point in all_named(root, "navPoint"):
        level = 1 + sum(str(each.tag).endswith("navPoint") for each in point.iterancestors())
        source = next(all_named(point, "content"), None)
        if source is not None:
            yield from entry(level, first_text(point, "text"), file, source.get("src", ""))
