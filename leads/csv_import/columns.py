"""Which column of a file is what of a lead, and what a row of it says."""

import datetime as dt
import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from config.errors import Unprocessable
from leads.models import LeadStatus

TARGETS = {
    "": "Leave it out",
    "name": "Name",
    "first_name": "First name",
    "last_name": "Last name",
    "email": "E-mail",
    "company": "Company",
    "interest": "Interest",
    "phone": "Phone",
    "job_title": "Job title",
    "budget": "Budget",
    "timeline": "Timeline",
    "message": "Message",
    "status": "Status",
    "source": "Source",
    "tags": "Tags",
    "timestamp": "When it came up",
    "metadata": "Keep as a detail",
}
FIXED = ("company", "interest", "source", "status")  # that may be said once for all rows
MANY = ("", "metadata")  # where more than one column may go
WORDS = {  # headings in English, German, French and Spanish, as `plain` leaves them
    "name": "name fullname contact contactname contactperson customer customername lead leadname person kontakt "
    "kontaktname ansprechpartner kunde kundenname vollstandigername nom nomcomplet contactnom client nombre "
    "nombrecompleto nombreyapellidos contacto cliente",
    "first_name": "firstname givenname forename vorname rufname prenom primernombre nombredepila",
    "last_name": "lastname surname familyname nachname familienname zuname nomdefamille apellido apellidos",
    "email": "email emailaddress mail mailaddress emailadresse mailadresse epost workemail businessemail courriel "
    "adresseemail adressemail adresseelectronique emailprofessionnel correo correoelectronico emaildireccion "
    "direcciondecorreo",
    "company": "company companyname organization organisation organizationname organisationname account accountname "
    "business employer firma firmenname unternehmen unternehmensname entreprise societe nomdelentreprise "
    "raisonsociale empresa compania nombredelaempresa",
    "interest": "interest interests interestedin product products productinterest service services need needs "
    "interesse interessen interessean produkt produkte leistung dienstleistung anliegen interet interets produit "
    "produits besoin interes intereses producto productos servicio necesidad",
    "phone": "phone phonenumber telephone tel mobile mobilephone mobilenumber cell cellphone whatsapp whatsappnumber "
    "telefon telefonnummer rufnummer handy handynummer mobil mobilnummer mobiltelefon telephoneportable portable "
    "numerodetelephone telefono numerodetelefono movil telefonomovil celular",
    "job_title": "jobtitle title position role job funktion beruf jobtitel stelle rolle poste fonction titre cargo "
    "puesto funcion",
    "budget": "budget preisrahmen presupuesto",
    "timeline": "timeline timeframe when zeitrahmen zeitplan zeitraum wann delai echeance calendrier plazo",
    "message": "message note notes comment comments remarks description nachricht notiz notizen bemerkung "
    "bemerkungen kommentar beschreibung commentaire commentaires remarque remarques mensaje nota notas comentario "
    "comentarios observaciones",
    "status": "status leadstatus stage phase statut etat etape estado etapa",
    "source": "source leadsource origin quelle herkunft leadquelle kanal channel origine provenance fuente origen",
    "tags": "tag tags label labels schlagwort schlagworte schlagworter etiketten etiquette etiquettes etiqueta "
    "etiquetas",
    "timestamp": "timestamp date created createdat createdon createdate creationdate datecreated datum erstellt "
    "erstelltam erstellungsdatum angelegtam datedecreation creele fecha fechadecreacion creado",
}
MEANT = {word: target for target, words in WORDS.items() for word in words.split()}
STATUSES = {
    LeadStatus.NEW: "new open neu offen nouveau nouvelle nuevo nueva abierto",
    LeadStatus.CONTACTED: "contacted kontaktiert contacte contactee contactado contactada",
    LeadStatus.QUALIFIED: "qualified qualifiziert qualifie qualifiee cualificado calificado",
    LeadStatus.CONVERTED: "converted customer won konvertiert gewonnen kunde converti gagne convertido ganado",
    LeadStatus.CLOSED: "closed lost geschlossen verloren ferme perdu cerrado perdido",
}
STATUS_OF = {word: status.value for status, words in STATUSES.items() for word in words.split()}
GERMAN_DAY = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})(?:,?\s+(\d{1,2}):(\d{2})(?::(\d{2}))?)?")
PARTS = re.compile(r"[,;|]")
NO_DAY = "This is no day like 2026-11-22, 22.11.2026 or 2026-11-22 10:30."


def plain(text: str) -> str:
    """Letters and digits alone, small and without accents."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in letters if letter.isalnum())


def guess(headings: Sequence[str]) -> list[str]:
    """Of each column where it seems to go; nowhere twice."""
    columns, taken = [], set[str]()
    for heading in headings:
        target = MEANT.get(plain(heading), "")
        columns.append("" if target in taken else target)
        taken.add(target)
    return split_names(columns)


def split_names(columns: list[str]) -> list[str]:
    """Beside a first name a name is the last one, as in `Vorname, Name`; beside a last name the first."""
    if "name" not in columns:
        return columns
    if "first_name" in columns:
        other = "" if "last_name" in columns else "last_name"
    else:
        other = "first_name" if "last_name" in columns else "name"
    return [other if target == "name" else target for target in columns]


def check(columns: Sequence[str], fixed: Mapping[str, str]) -> None:
    """Unprocessable when columns go where only one may, or when something that a lead needs comes from nowhere."""
    for target, times in Counter(columns).items():
        if target not in TARGETS:
            raise Unprocessable("Choose one of the list for each column.", field="columns")
        if times > 1 and target not in MANY:
            raise Unprocessable(f"{times} columns go to “{TARGETS[target]}”. Choose one of them.", field="columns")
    has_name = {"name", "first_name", "last_name"} & {*columns}
    missing = [] if has_name else ["the name"]
    missing += [] if "email" in columns else ["the e-mail"]
    only_by_row = len(missing)
    missing += [f"the {name}" for name in ("company", "interest") if name not in columns and not fixed.get(name)]
    if missing:
        words = " and ".join(filter(None, [", ".join(missing[:-1]), missing[-1]]))
        else_ = "" if only_by_row else ", or give one value for all rows"
        raise Unprocessable(f"Say which column has {words}{else_}.", field="columns")


def fields_of(
    cells: Sequence[str], headings: Sequence[str], columns: Sequence[str], fixed: Mapping[str, str]
) -> dict[str, Any]:
    """What a row says of a lead, as leads.actions takes it. Unprocessable for what can't be read, with the field."""
    if any(cell.strip() for cell in cells[len(headings) :]):
        words = f"This row has {len(cells):,} cells, the heading {len(headings):,}"
        raise Unprocessable(f"{words}: a separator within a cell needs quotation marks around the cell.")
    said, details = dict(fixed), dict[str, str]()
    for heading, target, cell in zip(headings, columns, cells, strict=False):
        if target == "metadata" and cell.strip():
            details[heading] = cell.strip()
        elif target and target != "metadata" and cell.strip():
            said[target] = cell
    names = [said.pop(part, "").strip() for part in ("first_name", "last_name")]
    said.setdefault("name", " ".join(filter(None, names)))
    return read(said) | ({"metadata": details} if details else {})


def read(said: dict[str, str]) -> dict[str, Any]:
    fields: dict[str, Any] = {name: value for name, value in said.items() if value.strip()}
    for name, reader in READERS.items():
        if name in fields:
            fields[name] = reader(fields[name])
    return fields


def status_of(text: str) -> str:
    if status := STATUS_OF.get(plain(text)):
        return status
    words = f"“{text.strip()[:40]}” is no status. It is one of: {', '.join(LeadStatus.values)}."
    raise Unprocessable(words, field="status")


def tags_of(text: str) -> list[str]:
    return [tag for tag in PARTS.split(text) if tag.strip()]


def moment_of(text: str) -> dt.datetime:
    """A day or a time, in UTC where no zone is said. Days with slashes mean two things, and are none."""
    try:
        if found := GERMAN_DAY.fullmatch(text.strip()):
            day, month, year, *clock = (int(part or 0) for part in found.groups())
            return dt.datetime(year, month, day, *clock, tzinfo=dt.UTC)
        moment = dt.datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise Unprocessable(NO_DAY, field="timestamp") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)


READERS = {"status": status_of, "tags": tags_of, "timestamp": moment_of}
