"""Moving the data of another system in: what all importers share.

An importer is an `ImportCommand` with its `tables`; each `Table` has the function that takes over one `Row`. The frame
finds the source, reads it row by row, counts, reports and ends with the right exit code.
"""

from config.importing.command import Context, ImportCommand, Outcome, Table
from config.importing.rows import Refused, Row
from config.importing.sources import Part, Unreadable

__all__ = ["Context", "ImportCommand", "Outcome", "Part", "Refused", "Row", "Table", "Unreadable"]
