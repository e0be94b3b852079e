"""The frame of the importers, with an importer of shells that has no database."""

import io
import json
import tracemalloc

import pytest
from bson import Int64, ObjectId, json_util
from django.core.management import CommandError, call_command

from config.importing import ImportCommand, Outcome, Refused, Table, command, documents

OBJECT_ID = "65a1b2c3d4e5f60718293a4b"


class Shells(ImportCommand):
    """Takes rows with an id, each once; keeps what it took."""

    def __init__(self, **options):
        super().__init__(**options)
        self.taken = {}
        self.tables = (Table("sea_shells", self.take, also=("mussels",)), Table("shells", self.take))

    def take(self, row, context):
        shell_id = row.id("shell_id", "_id")
        if shell_id in self.taken:
            return Outcome.KNOWN
        self.taken[shell_id] = dict(row.values)
        return Outcome.IMPORTED


@pytest.fixture
def shells():
    return Shells()


@pytest.fixture
def run(shells):
    """The counts that a run prints last, and what it wrote to stderr."""

    def run(*words):
        out, err = io.StringIO(), io.StringIO()
        call_command(shells, *(str(word) for word in words), stdout=out, stderr=err)
        return json.loads(out.getvalue().splitlines()[-1]), err.getvalue()

    return run


def write(path, *lines):
    path.write_text("\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines))
    return path


def counts(read=0, imported=0, known=0, refused=0):
    return {"read": read, "imported": imported, "known": known, "refused": refused}


@pytest.mark.parametrize(
    "line",
    [
        {"shell_id": {"S": OBJECT_ID}, "size": {"N": "3.5"}, "spots": {"N": "7"}},
        {"Item": {"shell_id": {"S": OBJECT_ID}, "size": {"N": "3.5"}, "spots": {"N": "7"}}},
        {"_id": {"$oid": OBJECT_ID}, "size": {"$numberDouble": "3.5"}, "spots": {"$numberLong": "7"}},
        {"_id": OBJECT_ID, "size": {"$numberDecimal": "3.5"}, "spots": {"$numberInt": "7"}},
        {"_id": OBJECT_ID.upper(), "size": 3.5, "spots": 7},
    ],
)
def test_each_form_of_a_row_is_read(shells, run, tmp_path, line):
    found, err = run("--from", write(tmp_path / "shells.json", line))
    assert found == {"sea_shells": counts(), "shells": counts(read=1, imported=1)}
    assert "sea_shells: not in the source\n" in err
    values = shells.taken[OBJECT_ID]
    assert (values["size"], values["spots"], type(values["spots"]) in (int, Int64)) == (3.5, 7, True)


@pytest.mark.parametrize(
    ("name", "table"),
    [
        ("shells.json", "shells"),
        ("Shells.jsonl", "shells"),
        ("beach-shells.ndjson", "shells"),
        ("big-old-beach_sea-shells.json", "sea_shells"),  # the longer name wins
        ("mussels", "sea_shells"),
        ("seashells.json", None),
        ("shells.csv", None),
        ("shells.json.bak", None),
        ("shells-2.json", None),
    ],
)
def test_a_file_counts_by_its_name(run, tmp_path, name, table):
    write(tmp_path / name, {"_id": OBJECT_ID})
    if table is None:
        with pytest.raises(CommandError, match="has none of these tables: sea_shells, mussels, shells") as caught:
            run("--from", tmp_path)
        assert caught.value.returncode == 2
    else:
        found, _ = run("--from", tmp_path)
        assert found[table] == counts(read=1, imported=1)


def test_a_folder_is_read_in_the_order_of_the_tables(shells, run, tmp_path):
    write(tmp_path / "a-shells.json", {"_id": OBJECT_ID, "from": "shells"})
    write(tmp_path / "b-sea-shells.json", {"_id": OBJECT_ID, "from": "sea"})
    write(tmp_path / "c-shells.json", {"_id": "a" * 24})
    found, _ = run("--from", tmp_path)
    assert found == {"sea_shells": counts(1, 1), "shells": counts(2, imported=1, known=1)}
    assert shells.taken[OBJECT_ID]["from"] == "sea"


BROKEN = [
    '{"_id": "65a1',
    "nonsense",
    '"text"',
    "[1]",
    "7",
    '{"_id": 5}',
    '{"_id": true}',
    '{"_id": {"S": 5}}',
    '{"_id": {"N": "1e400"}}',
    '{"_id": {"$oid": "short"}}',
    '{"_id": {"$date": "never"}}',
    "{}",
    '{"a":' * 5000 + "1" + "}" * 5000,
    '{"_id": ' + "9" * 5000 + "}",
]


@pytest.mark.parametrize("broken", BROKEN)
def test_a_broken_line_is_refused_and_the_next_one_read(run, tmp_path, broken):
    path = write(tmp_path / "shells.json", {"_id": OBJECT_ID}, broken, "", {"_id": "b" * 24})
    found, err = run("--from", path)
    assert found["shells"] == counts(read=3, imported=2, refused=1)
    assert "shells.json line 2: refused. " in err
    assert "shells.json: 3 read, 2 imported, 0 known, 1 refused" in err


@pytest.mark.parametrize("broken", BROKEN[:9])
@pytest.mark.parametrize("chunk", [5, 10_000])
def test_a_broken_element_of_an_array_is_refused_and_the_next_line_read(run, tmp_path, monkeypatch, broken, chunk):
    monkeypatch.setattr(documents, "CHUNK_CHARACTERS", chunk)
    path = write(
        tmp_path / "shells.json", '[{"_id": "' + OBJECT_ID + '"},', broken + ",", '{"_id": "' + "b" * 24 + '"}]'
    )
    found, err = run("--from", path)
    assert found["shells"] == counts(read=3, imported=2, refused=1)
    assert "shells.json line 2: refused. " in err


@pytest.mark.parametrize("chunk", [1, 7, 10_000])
@pytest.mark.parametrize("indent", [None, 2])
def test_an_array_is_read_element_by_element(shells, run, tmp_path, monkeypatch, chunk, indent):
    monkeypatch.setattr(documents, "CHUNK_CHARACTERS", chunk)
    rows = [{"_id": ObjectId(f"{number:024x}"), "text": 'a ] } "quoted", é\n', "more": [[{}]]} for number in range(50)]
    path = tmp_path / "shells.json"
    path.write_text("\n " + json_util.dumps(rows, indent=indent, ensure_ascii=False) + "\n", encoding="utf-8-sig")
    found, _ = run("--from", path)
    assert found["shells"] == counts(read=50, imported=50)
    assert shells.taken[f"{49:024x}"]["text"] == rows[0]["text"]


@pytest.mark.parametrize(("tail", "refused"), [("", 1), (',{"_id": "65', 1), (",", 1), ("]", 0), ("]\n", 0)])
def test_an_array_that_was_cut_off_is_told(run, tmp_path, tail, refused):
    found, _ = run("--from", write(tmp_path / "shells.json", '[{"_id": "' + OBJECT_ID + '"}' + tail))
    assert found["shells"] == counts(read=1 + refused, imported=1, refused=refused)


@pytest.mark.parametrize("text", ["", "\n \n", "[]", "\ufeff", "\ufeff[\n]"])
def test_an_empty_file_has_no_rows(run, tmp_path, text):
    (tmp_path / "shells.json").write_text(text, encoding="utf-8")
    assert run("--from", tmp_path)[0]["shells"] == counts()


def test_a_byte_order_mark_and_windows_lines_are_no_part_of_a_row(run, tmp_path):
    (tmp_path / "shells.json").write_bytes(b'\xef\xbb\xbf{"_id": "%s"}\r\n\r\n' % OBJECT_ID.encode())
    assert run("--from", tmp_path)[0]["shells"] == counts(read=1, imported=1)


@pytest.mark.parametrize("pattern", [b'{"_id": "%s"}\n{"_id": "\xff"}\n', b'[{"_id": "%s"},\n{"_id": "\xff"}]'])
def test_what_is_not_utf_8_refuses_its_row_alone(run, tmp_path, pattern):
    (tmp_path / "shells.json").write_bytes(pattern % OBJECT_ID.encode())
    assert run("--from", tmp_path)[0]["shells"] == counts(read=2, imported=1, refused=1)


def test_a_line_without_end_is_refused_and_not_kept(run, tmp_path, monkeypatch):
    monkeypatch.setattr(documents, "ROW_MAX_BYTES", 1000)
    path = write(tmp_path / "shells.json", '{"_id": "' + "a" * 5000 + '"}', {"_id": OBJECT_ID})
    assert run("--from", path)[0]["shells"] == counts(read=2, imported=1, refused=1)


@pytest.mark.parametrize("form", ["lines", "array"])
def test_a_big_file_is_never_whole_in_memory(tmp_path, form):
    rows = [json.dumps({"_id": f"{number:024x}", "text": "x" * 1000}) for number in range(20_000)]
    path = tmp_path / "shells.json"
    path.write_text("\n".join(rows) if form == "lines" else "[" + ",".join(rows) + "]")
    del rows
    tracemalloc.start()
    assert sum(not row.broken for row in documents.read_documents(path)) == 20_000
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < path.stat().st_size / 5


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("away.json", None, "away.json can't be read: No such file"),
        ("shells.json", b"id,name\n1,a\n", "shells.json is not JSON in UTF-8"),
        ("shells.json", b"\0\1\2" * 50, "shells.json is not JSON in UTF-8"),
        ("shells.json", '{"a": 1}'.encode("utf-16"), "shells.json is not JSON in UTF-8"),
        ("shells.json", b'{\n  "_id": 1\n}', "export it with one row a line"),
    ],
)
def test_a_source_that_cannot_be_read_ends_with_2(run, tmp_path, name, content, sentence):
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(CommandError, match=sentence) as caught:
        run("--from", tmp_path / name)
    assert caught.value.returncode == 2


def test_rows_that_are_taken_over_many_at_a_time(shells, run, tmp_path, monkeypatch):
    batches = []

    def take_all(rows, context):
        batches.append([row.values["n"] for row in rows])
        return [Refused("It is odd.") if row.values["n"] % 2 else Outcome.IMPORTED for row in rows]

    monkeypatch.setattr(command, "BATCH_ROWS", 3)
    shells.tables = (Table("shells", import_rows=take_all),)
    found, err = run("--from", write(tmp_path / "shells.json", {"n": 0}, "broken", {"n": 1}, {"n": 2}, {"n": 3}))
    assert (batches, found) == ([[0, 1], [2, 3]], {"shells": counts(read=5, imported=2, refused=3)})
    refused = [line for line in err.splitlines() if "refused. " in line]
    assert [line.partition(":")[0] for line in refused] == [f"shells.json line {number}" for number in (2, 3, 5)]


@pytest.mark.parametrize(
    ("uri", "sentence"),
    [
        ("mongodb://127.0.0.1:9/", "names no database"),
        ("mongodb://127.0.0.1:9/a b?x", "can't be read"),
        ("mongodb://127.0.0.1:9/a$b", "can't be read"),
        ("mongodb://me:wordpass@127.0.0.1:9/old", "refused"),
        ("mongodb://me:wordpass/1@127.0.0.1:9/old", "@ is %40"),
        ("mongodb://me:2@3:wordpass@127.0.0.1:9/old", "@ is %40"),
        ("mongodb://[", "can't be read"),
        ("mongodb://", "can't be read"),
    ],
)
def test_a_mongodb_that_cannot_be_read_ends_with_2(run, settings, uri, sentence):
    settings.MONGODB_TIMEOUT = 50
    with pytest.raises(CommandError, match=sentence) as caught:
        run("--from", uri)
    assert caught.value.returncode == 2
    assert "wordpass" not in str(caught.value)
