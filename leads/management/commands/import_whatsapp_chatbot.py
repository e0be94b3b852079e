from typing import Any

from django.conf import settings

from config.importing import Part, Table
from leads.importing.chatbot import URL, chatbot_parts
from leads.importing.command import DeskImportCommand
from leads.importing.contacts import Contacts
from leads.importing.messages import Messages


class Command(DeskImportCommand):
    no_owner = "Say whose team gets these chats, with --owner EMAIL: they do not say it themselves."
    no_stored = "--stored changes nothing here: the old chatbot kept no files."
    help = (
        "Import the chats of the WhatsApp AI chatbot: its SQLite file chatbot.db (tables `user` and `message`), or its "
        "collections `users` and `messages`, as files of these names or from a MongoDB database. Contacts go to the "
        "team of --owner: to its only channel, else to one named Imported chats, which can be connected later. "
        "Messages keep their user, order and time, and become conversations too. It may be run again at any time: rows "
        "that are here already stay as they are. The last line is JSON, the counts of each collection. Ends with 2 "
        "when the source can't be read."
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        contacts = Contacts()
        self.tables = (
            Table("users", contacts.import_contact, also=("user",)),
            Table("messages", import_rows=Messages(contacts).import_messages, also=("message",)),
        )

    def parts(self, source: str) -> list[Part]:
        return chatbot_parts(source, self.tables)

    def default_parts(self) -> list[Part]:
        """The old chatbot named its file in DATABASE_URL."""
        if settings.DATABASE_URL.startswith(URL):
            return self.parts(settings.DATABASE_URL)
        return super().default_parts()
