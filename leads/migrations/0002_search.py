"""The index of the full-text search: a text index on MongoDB, an FTS5 table that triggers keep right on SQLite.

A later migration that makes Django rebuild `transcript_events` on SQLite drops the triggers with the old table, and has
to run `make` again after it.
"""

from django.conf import settings
from django.db import migrations

SLOTS = 524_288  # events of one millisecond that keep their order
MILLISECONDS_MAX = 2**43  # the year 2248, and as far back: times beyond are put there

TABLES = """
CREATE TABLE transcript_search_rows (id INTEGER PRIMARY KEY, event char(24) NOT NULL UNIQUE);
CREATE VIRTUAL TABLE transcript_search USING fts5(
    content, team, content='', tokenize='unicode61 remove_diacritics 2'
)
"""

# The row's number holds its time, so that the newest come first without sorting, and then a running number.
FIRST_SLOT = f"""
max(-{MILLISECONDS_MAX}, min({MILLISECONDS_MAX},
    CAST(strftime('%s', {{time}}) AS INTEGER) * 1000 + CAST(substr({{time}}, 21, 3) AS INTEGER))) * {SLOTS}
"""

ADD = f"""
INSERT INTO transcript_search_rows (id, event)
SELECT CASE WHEN taken IS NULL THEN slot WHEN taken < slot + {SLOTS - 1} THEN taken + 1 END, NEW._id
FROM (SELECT slot, (SELECT id FROM transcript_search_rows WHERE id >= slot AND id < slot + {SLOTS}
                    ORDER BY id DESC LIMIT 1) AS taken
      FROM (SELECT {FIRST_SLOT.format(time="NEW.timestamp")} AS slot));
INSERT INTO transcript_search (rowid, content, team)
SELECT id, NEW.content, NEW.team_id FROM transcript_search_rows WHERE event = NEW._id;
"""

REMOVE = """
INSERT INTO transcript_search (transcript_search, rowid, content, team)
SELECT 'delete', id, OLD.content, OLD.team_id FROM transcript_search_rows WHERE event = OLD._id;
DELETE FROM transcript_search_rows WHERE event = OLD._id;
"""

CHANGED = " OR ".join(f"OLD.{column} IS NOT NEW.{column}" for column in ("_id", "team_id", "content", "timestamp"))

TRIGGERS = (
    f"CREATE TRIGGER transcript_search_add AFTER INSERT ON transcript_events BEGIN {ADD} END",
    f"CREATE TRIGGER transcript_search_remove AFTER DELETE ON transcript_events BEGIN {REMOVE} END",
    f"CREATE TRIGGER transcript_search_change AFTER UPDATE ON transcript_events WHEN {CHANGED} "
    f"BEGIN {REMOVE} {ADD} END",
)

FILL = (
    f"""
    INSERT INTO transcript_search_rows (id, event)
    SELECT slot + row_number() OVER (PARTITION BY slot ORDER BY arrival) - 1, _id
    FROM (SELECT {FIRST_SLOT.format(time="timestamp")} AS slot, arrival, _id FROM transcript_events)
    """,
    """
    INSERT INTO transcript_search (rowid, content, team)
    SELECT id, content, team_id FROM transcript_search_rows JOIN transcript_events ON _id = event ORDER BY id
    """,
)

UNDO = (
    *(f"DROP TRIGGER IF EXISTS transcript_search_{what}" for what in ("add", "remove", "change")),
    "DROP TABLE IF EXISTS transcript_search",
    "DROP TABLE IF EXISTS transcript_search_rows",
)

INDEX = "events_text"


def make(apps, schema_editor):
    if settings.MONGODB_FLAVOUR == "cosmos-ru":
        return  # it has no text indexes: leads/search.py does without
    if schema_editor.connection.vendor == "mongodb":
        keys = [("team_id", 1), ("content", "text")]
        # No word is left out and none cut to its stem; the field that would name another language does not exist.
        schema_editor.connection.database["transcript_events"].create_index(
            keys, name=INDEX, default_language="none", language_override="no_language"
        )
        return
    undo(apps, schema_editor)
    for statement in (*TABLES.split(";\n"), *TRIGGERS, *FILL):
        schema_editor.execute(statement, params=None)  # with any, `%s` would stand for one of them


def undo(apps, schema_editor):
    if settings.MONGODB_FLAVOUR == "cosmos-ru":
        return
    if schema_editor.connection.vendor == "mongodb":
        schema_editor.connection.database["transcript_events"].drop_index(INDEX)
        return
    for statement in UNDO:
        schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("leads", "0001_initial")]

    operations = [migrations.RunPython(make, undo)]
