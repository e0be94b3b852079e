from typing import Any

from config.importing import Part, Table
from leads.importing.command import DeskImportCommand
from leads.importing.events import Events
from leads.importing.leads import Leads
from leads.importing.sessions import Sessions
from leads.importing.sources import LEAD, SESSION, friday_parts

PATTERNS = {"leads": LEAD, "conversation_sessions": SESSION}


class Command(DeskImportCommand):
    no_owner = "Say whose team gets these rows, with --owner EMAIL: they do not say it themselves."
    no_stored = "--stored changes nothing here: the old assistant kept no recordings."
    help = (
        "Import the leads, conversations and transcripts of the Friday voice assistant: the folder that has "
        "leads/lead_*.json, conversations/transcripts.jsonl and conversations/transcript_session_*.json, a part of "
        "it, or its collections `leads`, `conversation_sessions` and `transcript_events` as files or from a MongoDB "
        "database. They go to the team of --owner. It may be run again at any time: rows that are here already stay "
        "as they are. The last line is JSON, the counts of each collection. Ends with 2 when the source can't be read."
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        leads, events = Leads(), Events()
        self.tables = (
            Table("leads", leads.import_lead),
            Table("conversation_sessions", Sessions(leads).import_session),
            Table("transcript_events", import_rows=events.import_events, also=("transcripts",)),
        )

    def parts(self, source: str) -> list[Part]:
        return friday_parts(source, self.tables, PATTERNS)
