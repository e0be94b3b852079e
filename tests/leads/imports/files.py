"""What tests upload and take."""

from django.core.files.uploadedfile import TemporaryUploadedFile

from accounts.models import User
from leads.actions import lead_import_run, lead_imports
from leads.models import LeadImport

HEADING = "Name,Email,Company,Interest,Phone\n"
PEOPLE = f"{HEADING}Ann Lee,ann@acme.example,Acme,voice bots,1\nBen Ray,ben@acme.example,Acme,chat bots,2\n"


def uploaded(content: str | bytes, name: str = "leads.csv") -> TemporaryUploadedFile:
    file = TemporaryUploadedFile(name, "text/csv", 0, None)
    file.write(content.encode() if isinstance(content, str) else content)
    file.flush()
    return file


def make_import(by: User, content: str | bytes = PEOPLE, **fields: object) -> LeadImport:
    file = uploaded(content)
    row = lead_imports.upload_file(by=by, file=file)
    file.close()
    for name, value in fields.items():
        setattr(row, name, value)
    return row


def started(by: User, content: str | bytes = PEOPLE, **fixed: str) -> LeadImport:
    row = make_import(by, content)
    lead_imports.start_import(by=by, lead_import=row, columns=row.columns, fixed=fixed)
    return row


def taken(by: User, content: str | bytes = PEOPLE, **fixed: str) -> LeadImport:
    row = started(by, content, **fixed)
    lead_import_run.run_import(lead_import=row)
    row.refresh_from_db()
    return row


def counts(row: LeadImport) -> tuple[str, int, int, int, int]:
    row.refresh_from_db()
    return row.status, row.position, row.made, row.merged, row.refused
