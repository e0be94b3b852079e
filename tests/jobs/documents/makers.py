"""Small documents, made for the tests."""

import io
import zipfile
from collections.abc import Mapping, Sequence

import docx

CONTAINER = '<container><rootfiles><rootfile full-path="OPS/book.opf"/></rootfiles></container>'
PROSE = "The harbour wakes before the sun. Ropes creak, a gull complains."


def zipped(files: Mapping[str, str | bytes]) -> bytes:
    with zipfile.ZipFile(made := io.BytesIO(), "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in files.items():
            file.writestr(name, content)
    return made.getvalue()


def xhtml(body: str) -> str:
    return (
        f'<?xml version="1.0" encoding="utf-8"?><html xmlns="http://www.w3.org/1999/xhtml"><body>{body}</body></html>'
    )


def make_epub(
    pages: Mapping[str, str], contents: Sequence[tuple[str, str]] = (), *, guide: str = "", more: Mapping[str, str] = {}
) -> bytes:
    """`pages` are names and what is in their bodies, `contents` titles and addresses of the table of contents."""
    items = "".join(f'<item id="{name}" href="{name}" media-type="application/xhtml+xml"/>' for name in pages)
    spine = "".join(f'<itemref idref="{name}"/>' for name in pages)
    about = "<dc:title>Harbour</dc:title><dc:creator>Ada Quay</dc:creator><dc:language>en-GB</dc:language>"
    package = (
        '<package xmlns="http://www.idpf.org/2007/opf" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<metadata>{about}</metadata><manifest>{items}"
        '<item id="nav" href="nav.xhtml" properties="nav" media-type="application/xhtml+xml"/></manifest>'
        f'<spine><itemref idref="nav"/>{spine}</spine><guide>{guide}</guide></package>'
    )
    links = "".join(f'<li><a href="{address}">{title}</a></li>' for title, address in contents)
    files = {"mimetype": "application/epub+zip", "META-INF/container.xml": CONTAINER, "OPS/book.opf": package}
    files["OPS/nav.xhtml"] = xhtml(f"<nav><h1>Contents</h1><ol>{links}</ol></nav>")
    return zipped(files | {f"OPS/{name}": xhtml(body) for name, body in pages.items()} | dict(more))


def make_docx(*paragraphs: tuple[str, str], title: str = "") -> bytes:
    """Of the names of styles and texts."""
    document = docx.Document()
    document.core_properties.title = title
    for style, text in paragraphs:
        document.add_paragraph(text, style=style)
    document.save(made := io.BytesIO())
    return made.getvalue()


def make_pdf(*pages: Sequence[str], outline: Sequence[tuple[str, int]] = ()) -> bytes:
    """Pages of lines; the outline has titles and the numbers of pages, from 0 on."""
    font, first = 3, 4
    marks = first + 2 * len(pages)
    kids = " ".join(f"{first + 2 * number} 0 R" for number in range(len(pages)))
    objects = [
        f"<</Type/Catalog/Pages 2 0 R{f'/Outlines {marks} 0 R' if outline else ''}>>",
        f"<</Type/Pages/Count {len(pages)}/Kids[{kids}]>>",
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    for number, lines in enumerate(pages):
        shown = " ".join(f"({line}) ' " for line in lines)
        stream = f"BT /F1 12 Tf 14 TL 72 720 Td {shown} ET"
        objects.append(
            f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents {first + 2 * number + 1} 0 R"
            f"/Resources<</Font<</F1 {font} 0 R>>>>>>"
        )
        objects.append(f"<</Length {len(stream)}>>stream\n{stream}\nendstream")
    if outline:
        objects.append(f"<</First {marks + 1} 0 R/Last {marks + len(outline)} 0 R/Count {len(outline)}>>")
    for number, (title, page) in enumerate(outline, 1):
        following = f"/Next {marks + number + 1} 0 R" if number < len(outline) else ""
        objects.append(f"<</Title({title})/Parent {marks} 0 R{following}/Dest[{first + 2 * page} 0 R/Fit]>>")
    return with_table(objects)


def with_table(objects: Sequence[str]) -> bytes:
    made, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(made))
        made += f"{number} 0 obj{content}endobj\n".encode("latin-1")
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    size = len(objects) + 1
    end = (
        f"xref\n0 {size}\n0000000000 65535 f \n{table}trailer<</Size {size}/Root 1 0 R>>\nstartxref\n{len(made)}\n%%EOF"
    )
    return made + end.encode()
