"""What the importers of the desk have in common: their rows go to a team, and its figures are mended after them."""

from collections.abc import Sequence

from config.importing import Context, ImportCommand, Part, Unreadable
from leads.actions import imports


class DeskImportCommand(ImportCommand):
    no_owner: str  # what to tell whoever names nobody whose team gets the rows
    no_stored: str  # and whoever says that the files are here, which these systems never kept

    def import_all(self, parts: Sequence[Part], context: Context) -> dict[str, dict[str, int]]:
        if context.owner is None:
            raise Unreadable(self.no_owner)
        if context.is_stored:
            self.stderr.write(self.no_stored)
        counts = super().import_all(parts, context)
        if not context.is_dry_run:
            imports.mend_counts(by=context.owner)
            imports.end_sessions()
        return counts
