"""Exports: which rows, in which format."""

from typing import Annotated, Any, Literal, Self

from ninja import Field, Schema
from pydantic import BeforeValidator, model_validator

from leads.models import EventRole, ExportFormat, ExportKind
from leads.schemas.leads import LeadsFilterIn
from leads.schemas.sessions import SessionsFilterIn, none_if_empty

OF_EVENTS = "`role` picks events: ask for rows=events."


class FormatIn(Schema):
    format: ExportFormat = Field(ExportFormat.CSV, description=f"One of: {', '.join(ExportFormat.values)}.")

    def wanted(self) -> dict[str, Any]:
        """The filter."""
        return self.dict(exclude={"format", "rows"}, exclude_none=True)


class LeadsExportIn(LeadsFilterIn, FormatIn):
    pass


class SessionsExportIn(SessionsFilterIn, FormatIn):
    pass


class TranscriptsExportIn(SessionsFilterIn, FormatIn):
    """With `rows=events`, `from` and `to` are of the events; with `rows=conversations`, of their start."""

    rows: Literal["events", "conversations"] = Field("events", description="One row for each of these.")
    session_id: Annotated[str | None, BeforeValidator(none_if_empty)] = Field(None, max_length=128)
    role: Annotated[EventRole | None, BeforeValidator(none_if_empty)] = Field(
        None, description=f"One of: {', '.join(EventRole.values)}. Of events only."
    )

    @model_validator(mode="after")
    def check_role(self) -> Self:
        if self.role and self.rows != "events":
            raise ValueError(OF_EVENTS)
        return self

    @property
    def kind(self) -> ExportKind:
        return ExportKind(self.rows)


class DownloadIn(Schema):
    format: Literal["txt", "json", "csv", "srt"] = "txt"
