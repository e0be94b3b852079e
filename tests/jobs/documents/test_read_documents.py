"""Documents become chapters."""

import base64
import io
import json
import subprocess
import sys
import zipfile
import zlib

import pytest

from jobs.documents import bounds, document, kinds
from jobs.documents.document import Unreadable
from jobs.models import TEXT_MAX_CHARACTERS
from tests.jobs.documents.makers import CONTAINER, PROSE, make_docx, make_epub, make_pdf, xhtml, zipped

LOCKED = (  # a PDF that opens with a password only
    "eNqNUr9rFEEUbkRhEJuQfhCONOrO79nF44r8OJQYEu40hZJidufNeXLuht05SbTwP/Cv8G+w0FKxtQjYiKgRFDu7FII4u3e5HFwKd7eY+d733v"
    "e9t6+1s969Tm9w1Dr+/uEIUUxwkT5C7TaK7h7uA47WjDejYoCiHTOACrNA6KFOB0FuayJbSGh4KForxrnHFEWbQ1vhB5jXiXhvLpWfm1oLlRBS"
    "J0rRFtihWS0OQgkSXkUZ1gkLhYJC7gOxwmLC7EFVjMssmKwrdkN0cqBYnpqefFN9Mad/B/KBf4glqeOVL8E8Ritb6e79Nyubz178vmnfXX3701"
    "56XR7/WX7+48qFv5e/fVr++nGpuPjr/d7nl6+OTq59WTqpK0+TpxpyocfaF4r649Q31xoMQ1o1FTSOo1swegJ+mJk5p2quyi5moVXMZ54pi8PM"
    "sGCJSJRmSQh3hyMPJY763uTWlBZF27idOCms0cKkyiapzhIK0mQudc4xm2aWWs5NohNOQTAaW1BaMgbCUgdSU9JB0T3cpjK2MbcZIVnsiFIkUx"
    "nhMotjaqV1KYtTJ0CCAC1jI6gShIS7CiqGUBLP/4CDEhwiWCMye7CSkkvs8AyjYYRNJD/DlFjAKOMLGJN0AePnYKHdM8yXZjiCspl1f/gUgr2o"
    "VxRhlSdbdns9bGIbiNSKujiRxiSGWeWEFlwTpzSR3NLO/1DCDm/kWXm477E63dDKm9I3g1FcoVZrY7uL/gFLpf8t"
)
FONTS = '<encryption><EncryptionMethod Algorithm="http://www.idpf.org/2008/embedding"/></encryption>'
DRM = '<encryption><EncryptionMethod Algorithm="http://www.w3.org/2001/04/xmlenc#aes256-cbc"/></encryption>'
LAUGHS = '<!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c "&b;&b;"><!ENTITY d "&c;&c;">]>'


@pytest.fixture
def read(tmp_path):
    def read(name, content):
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return kinds.recognise(path).read(path)

    return read


@pytest.fixture
def chapters(read):
    return lambda name, content: [(chapter.title, chapter.text) for chapter in read(name, content).chapters]


def test_text(chapters):
    assert chapters("a.txt", "Ropes creak.\r\n\r\n\x07A gull\ncomplains.") == [
        ("", "Ropes creak.\n\nA gull\ncomplains.")
    ]
    book = "The Harbour\n\nChapter 1. Dawn\n\nChapter 2\n\nCHAPTER 1. DAWN\n\nRopes.\n\nPART TWO\n\nChapter 2\n\nNets."
    assert chapters("a.txt", book) == [
        ("Beginning", "The Harbour"),
        ("CHAPTER 1. DAWN", "CHAPTER 1. DAWN\n\nRopes."),
        ("Chapter 2", "PART TWO\n\nChapter 2\n\nNets."),
    ]
    assert chapters("a.txt", "Chapter 1 of my day.\n\nMore.")[0][0] == ""  # one such line is no sure sign


def test_encodings_of_text(chapters):
    words = "Die Möwe über dem Hafen – „naïve“ Größe, sagte Käthe."
    found = {name: chapters("a.txt", words.encode(name))[0][1] for name in ("utf-8-sig", "utf-16", "utf-32", "cp1252")}
    assert found == dict.fromkeys(found, words)
    with pytest.raises(Unreadable, match="is damaged"):
        chapters("a.txt", b"\xff\xfe\x00\xd8\x41\x00a")


def test_markdown(read):
    about = "---\ntitle: 'Harbour'\nauthor: Ada\nlang: de\n---\n"
    dawn = "# *Dawn*\n\nRopes.\n\n```\n# no heading\n```\n\n## In"
    made = read("a.md", f"{about}Before.\n\n{dawn}\n\nNoon\n====\nNets.")
    assert (made.title, made.author, made.language) == ("Harbour", "Ada", "de")
    assert [(each.title, each.text) for each in made.chapters] == [
        ("Beginning", "Before."),
        ("Dawn", dawn),
        ("Noon", "Noon\n====\n\nNets."),
    ]
    only_title = read("a.md", "# Harbour\n\n## One\n\nRopes.\n\n## Two\n\nNets.")
    assert (only_title.title, [each.title for each in only_title.chapters]) == ("Harbour", ["One", "Two"])


def test_word(read):
    paragraphs = [("Title", "Harbour"), ("Heading 1", "One"), ("Normal", "Ropes."), ("Heading 2", "Inner")]
    made = read("a.bin", make_docx(*paragraphs, ("Normal", "Gulls."), ("Heading 1", "Two"), ("List Bullet", "Nets.")))
    assert (made.title, made.author) == ("Harbour", "")
    assert [(each.title, each.text) for each in made.chapters] == [
        ("One", "Harbour\n\nOne\n\nRopes.\n\nInner\n\nGulls."),
        ("Two", "Two\n\nNets."),
    ]


def test_word_with_tracked_changes_and_content_controls(chapters):
    def run(text):
        return f"<w:r><w:t>{text}</w:t></w:r>"

    def control(inside, gallery="Any"):
        kind = f'<w:sdtPr><w:docPartObj><w:docPartGallery w:val="{gallery}"/></w:docPartObj></w:sdtPr>'
        return f"<w:sdt>{kind}<w:sdtContent>{inside}</w:sdtContent></w:sdt>"

    tracked = f"<w:ins>{run(' put')}</w:ins><w:del><w:r><w:delText>OUT</w:delText></w:r></w:del>"
    tracked += f"<w:moveFrom>{run('OUT')}</w:moveFrom><w:moveTo>{run(' in')}</w:moveTo>"
    around = f"<w:smartTag>{run(' by')}</w:smartTag>{control(run(' hand'))}<w:fldSimple>{run('.')}</w:fldSimple>"
    body = f"<w:p>{run('Ropes')}{tracked}{around}</w:p>" + control(f"<w:p>{run('Nets.')}</w:p>")
    body += control(f"<w:p>{run('Dawn 7')}</w:p>", "Table of Contents")
    body += f"<w:tbl><w:tr><w:tc><w:p><w:ins>{run('Gulls.')}</w:ins></w:p></w:tc></w:tr></w:tbl><!-- x -->"
    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    with zipfile.ZipFile(io.BytesIO(make_docx())) as made:
        files = {name: made.read(name) for name in made.namelist()}
    files["word/document.xml"] = f'<w:document xmlns:w="{space}"><w:body>{body}</w:body></w:document>'
    assert chapters("a.docx", zipped(files)) == [("", "Ropes put in by hand.\n\nNets.\n\nGulls.")]


def test_headings_with_characters_that_cannot_be_spoken(chapters):
    found = chapters("a.md", "# Da\x00wn\n\nRopes.\n\n# No\x07on\n\nGulls.")
    assert [text for _, text in found] == ["# Dawn\n\nRopes.", "# Noon\n\nGulls."]


def test_places_of_contents_may_be_quoted(chapters):
    page = {"a.xhtml": '<p id="é 1">Ropes.</p><p id="é 2">Nets.</p>'}
    contents = [("One", "a.xhtml#%C3%A9%201"), ("Two", "a.xhtml#%C3%A9%202")]
    assert [title for title, _ in chapters("a.epub", make_epub(page, contents))] == ["One", "Two"]


def test_epub_by_its_contents(read):
    one = '<h1>One</h1><p>Ropes&nbsp;creak<a epub:type="noteref" href="#n">7</a>.</p>'
    one += '<h2 id="t">Two</h2><p>Nets<br/>dry.</p>'
    pages = {"cover.xhtml": "<p>Cover</p>", "c1.xhtml": one, "c3.xhtml": "<script>x</script><p>Gulls.</p>"}
    contents = [("One", "c1.xhtml"), ("Two", "c1.xhtml#t"), ("Three", "c3.xhtml"), ("Out", "../../etc/passwd")]
    guide = '<reference type="cover" href="cover.xhtml"/>'
    made = read("a.bin", make_epub(pages, contents, guide=guide, more={"META-INF/encryption.xml": FONTS}))
    assert (made.title, made.author, made.language) == ("Harbour", "Ada Quay", "en-GB")
    assert [(each.title, each.text) for each in made.chapters] == [
        ("One", "One\n\nRopes creak."),
        ("Two", "Two\n\nNets\n\ndry."),
        ("Three", "Three\n\nGulls."),
    ]


def test_epub_of_version_2_and_without_contents(chapters):
    points = (
        '<navPoint><navLabel><text>Part</text></navLabel><content src="p.xhtml"/>'
        '<navPoint><navLabel><text>Dawn</text></navLabel><content src="c%201.xhtml"/></navPoint></navPoint>'
    )
    package = (
        '<package xmlns="http://www.idpf.org/2007/opf"><manifest>'
        '<item id="n" href="toc.ncx" media-type="application/x-dtbncx+xml"/>'
        '<item id="p" href="p.xhtml" media-type="application/xhtml+xml"/>'
        '<item id="c" href="c%201.xhtml" media-type="application/xhtml+xml"/>'
        '</manifest><spine toc="n"><itemref idref="p"/><itemref idref="c"/><itemref idref="lost"/></spine></package>'
    )
    files = {"META-INF/container.xml": CONTAINER, "OPS/book.opf": package, "OPS/p.xhtml": xhtml("<h1>Part</h1>")}
    files |= {"OPS/toc.ncx": f"<!DOCTYPE ncx><ncx>{points}</ncx>", "OPS/c 1.xhtml": xhtml("<p>Ropes.</p>")}
    assert chapters("a.epub", zipped(files)) == [("Dawn", "Part\n\nDawn\n\nRopes.")]
    plain = make_epub(
        {"a.xhtml": "<h2>One</h2><p>Ropes.</p>", "b.xhtml": "<p>Nets.</p>", "c.xhtml": "<h2>Two</h2>Gulls."}
    )
    assert chapters("a.epub", plain) == [("One", "One\n\nRopes.\n\nNets."), ("Two", "Two\n\nGulls.")]


def test_pdf(chapters):
    body = [
        "Ropes creak over the water, and a gull com-",
        "plains.",
        "The quay is long and nobody walks there now.",
    ]
    pages = [
        [f"{number}", "The Harbour", f"{name}.", *body, f"{name}!", f"Ada Quay {number}"]
        for number, name in enumerate("ABCD")
    ]
    outlined = chapters("a.pdf", make_pdf(*pages, outline=[("Dawn", 0), ("Noon", 2)]))
    said = "Ropes creak over the water, and a gull complains.\n\nThe quay is long and nobody walks there now."
    assert outlined == [
        ("Dawn", f"Dawn\n\nA.\n\n{said} A!\n\nB.\n\n{said} B!"),
        ("Noon", f"Noon\n\nC.\n\n{said} C!\n\nD.\n\n{said} D!"),
    ]
    assert chapters("a.pdf", make_pdf(["Chapter 1"], ["Ropes."], ["Chapter 2"], ["Nets."])) == [
        ("Chapter 1", "Chapter 1\n\nRopes."),
        ("Chapter 2", "Chapter 2\n\nNets."),
    ]
    assert chapters("a.pdf", make_pdf(["Ropes."], ["Nets."])) == [("", "Ropes.\n\nNets.")]
    page = ["The Harbour", "Dawn", *body, "By noon it smells of oranges.", "Noon, and What", "Came of It", *body]
    assert chapters("a.pdf", make_pdf(page, outline=[("Dawn", 0), ("Noon, and What Came of It", 0)])) == [
        ("Beginning", "The Harbour"),
        ("Dawn", f"Dawn\n\n{said} By noon it smells of oranges."),
        ("Noon, and What Came of It", f"Noon, and What\n\nCame of It\n\n{said}"),
    ]


def test_pages_in_bunches(chapters):
    found = chapters("a.pdf", make_pdf(*[[f"{PROSE} {page} {line}" for line in range(50)] for page in "ABCDEFGH"]))
    assert [title for title, _ in found] == ["Pages 1 to 5", "Pages 6 to 8"]


def test_a_long_chapter_is_cut_where_it_hurts_least(chapters):
    assert bounds.PART_MAX_CHARACTERS == TEXT_MAX_CHARACTERS
    texts = {
        "paragraphs": "\n\n".join([PROSE * 20] * 160),
        "sentences": f"{PROSE} " * 3_200,
        "nothing": "x" * 205_000,
    }
    for kind, text in texts.items():
        found = chapters("a.md", f"# Long\n\n{text}")
        assert [title for title, _ in found] == [f"Long, part {number}" for number in range(1, len(found) + 1)], kind
        assert all(len(part) <= TEXT_MAX_CHARACTERS for _, part in found)
        assert "".join("".join(part for _, part in found).split()) == "".join(f"# Long{text}".split())
        assert kind == "nothing" or all(part.endswith((".", "Long")) for _, part in found)


BAD = {
    "empty": (b" \n", "empty"),
    "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(90), "a picture"),
    "bytes": (bytes(range(256)), "no document"),
    "rtf": (b"{\\rtf1 x}", "RTF"),
    "a web page": ("<!DOCTYPE html><p>x", "a web page"),
    "old Word": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "an old Office"),
    "locked Word": (b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"), "a password"),
    "another zip": (zipped({"a": "b"}), "neither"),
    "a cut zip": (make_docx(("Normal", "x"))[:500], "damaged"),
    "no letters": ("* * *\n\n\u2014", "no text"),
    "Word with broken XML": (zipped({"word/document.xml": "<a", "[Content_Types].xml": "<a"}), "damaged"),
    "an empty Word": (make_docx(), "no text"),
    "a bomb": (zipped({"word/a.xml": bytes(40_000_000)}), "far more than its size"),
    "many entries": (zipped({f"word/{number}": "" for number in range(5_001)}), "5,000 files"),
    "an EPUB without a list": (zipped({"META-INF/container.xml": CONTAINER}), "lacks the list"),
    "an EPUB of nonsense": (zipped({"META-INF/container.xml": "\0"}), "can't be read"),
    "entities": (zipped({"META-INF/container.xml": f"{LAUGHS}<a>&d;</a>"}), "lacks the list"),
    "DRM": (make_epub({"a.xhtml": "x"}, more={"META-INF/encryption.xml": DRM}), r"\(DRM\)"),
    "Adobe's DRM": (make_epub({"a.xhtml": "x"}, more={"META-INF/rights.xml": "<a/>"}), r"\(DRM\)"),
    "a locked PDF": (zlib.decompress(base64.b64decode(LOCKED)), "a password"),
    "a cut PDF": (b"%PDF-1.7\nstream", "damaged"),
    "a scan": (make_pdf([], []), "OCR"),
}


def test_what_is_no_document_says_why(read):
    for kind, (content, words) in BAD.items():
        with pytest.raises(Unreadable, match=words):
            read("a.txt", content)
            pytest.fail(kind)


def test_too_much_is_refused(read, monkeypatch):
    monkeypatch.setattr(document, "CHAPTERS_MAX", 3)
    monkeypatch.setattr(document, "CHARACTERS_MAX", 1_000)
    monkeypatch.setattr("jobs.documents.pdf.PAGES_MAX", 2)
    monkeypatch.setattr("jobs.documents.archives.ENTRY_MAX_BYTES", 1_000)
    many = make_epub({f"{n}.xhtml": "x" for n in range(4)}, [(f"Chapter {n}", f"{n}.xhtml") for n in range(4)])
    long = make_epub({"a.xhtml": "x" * 1_001})
    for content, words in ((many, "3 chapters"), ("x " * 501, "1,000 characters"), (make_pdf([], [], []), "2 pages")):
        with pytest.raises(Unreadable, match=words):
            read("a.txt", content)
    with pytest.raises(Unreadable, match="far more"):
        read("a.epub", long)


def test_the_program_answers_with_a_line_and_writes_the_chapters(tmp_path):
    path, result = tmp_path / "a.md", tmp_path / "result"
    path.write_text("# One\n\nRopes.\n\n# Two\n\nNets.")
    done = subprocess.run([sys.executable, "-m", "jobs.documents", path, result], capture_output=True, check=True)
    assert json.loads(done.stdout) == {"chapters": 2}
    lines = [json.loads(line) for line in result.read_text().splitlines()]
    assert lines[0] == {"title": "", "author": "", "language": ""}
    assert lines[1:] == [{"title": "One", "text": "# One\n\nRopes."}, {"title": "Two", "text": "# Two\n\nNets."}]
