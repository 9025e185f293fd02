"""Parse a catalogue from a CSV file: each row is one item of an order pack, with the pack's distributor.

The contact columns name the recipients of orders: contacts of the distributor with the role `order`. A file
that has any of a distributor's order contacts has all of them.
"""

from dataclasses import dataclass

from models.csv_rows import CsvRow, own_rows, read_rows
from models.errors import Refusal, Refused
from models.fleet.inventory import SIM_CARDS_SECTION
from models.imports import Progress, RowNotes
from models.language import Language, parse_language
from models.people.addresses import parse_email

COLUMNS = ("account", "pack", "section", "item", "provider", "esim", "distributor")
OPTIONAL = ("order_contact_name", "order_contact_email", "order_contact_language", "available")
_YES = frozenset({"yes", "true", "1"})
_NO = frozenset({"no", "false", "0"})


@dataclass(frozen=True, slots=True)
class CatalogueRow:
    """One item of the catalogue. An item that is not a SIM has no provider."""

    line: int
    account: str
    pack: str
    section: str
    item: str
    provider: str | None
    esim: bool
    distributor: str
    contact_name: str | None
    contact_email: str | None
    available: bool
    contact_language: Language | None = None
    """None if the file gives none: the contact's language stays unchanged."""


@dataclass(frozen=True)
class CatalogueFile:
    """All rows of a catalogue file, each valid in itself, and warnings about unusual ones."""

    rows: list[CatalogueRow]
    warnings: RowNotes


def parse_catalogue(
    content: bytes, progress: Progress | None = None, own: str | None = None
) -> CatalogueFile:
    """Parse the file. Raises `Refused` with every invalid row at once; `own`: the only account that it may
    name, None for any.
    """
    wrong, warnings = RowNotes(), RowNotes()
    lines = read_rows(content, COLUMNS, OPTIONAL, wrong, ("order_contact_email",))
    own_rows(lines, own, wrong)
    if progress is not None:
        progress("Reading", 0, len(lines))
    seen = _Seen(wrong)
    rows = []
    for line in lines:
        row = _read(line, wrong)
        if row is None:
            continue
        seen.add(row)
        rows.append(row)
        if row.esim and row.section != SIM_CARDS_SECTION:
            odd = Refusal.of("section_not_shown", section=SIM_CARDS_SECTION)
            warnings.add(row.line, "section", odd)
    wrong.refuse()
    return CatalogueFile(rows, warnings)


def _read(line: CsvRow, wrong: RowNotes) -> CatalogueRow | None:
    cells = line.cells
    found = RowNotes()
    for column in ("account", "pack", "section", "item", "distributor"):
        if not cells[column]:
            found.add(line.line, column, Refusal.of("cell_empty"))
    esim = _answer(line, "esim", None, found)
    available = _answer(line, "available", True, found)
    if esim and not cells["provider"]:
        found.add(line.line, "provider", Refusal.of("esim_without_provider"))
    name, email = cells.get("order_contact_name", ""), cells.get("order_contact_email", "")
    if bool(name) != bool(email):
        found.add(line.line, "order_contact_email", Refusal.of("contact_incomplete"))
    contact_email = _address(line, email, found) if email else None
    language = _language(line, found)
    if found or esim is None or available is None:
        wrong.take(found)
        return None
    is_sim_card = cells["section"].lower() == SIM_CARDS_SECTION.lower()
    return CatalogueRow(
        line=line.line,
        account=cells["account"],
        pack=cells["pack"],
        section=SIM_CARDS_SECTION if is_sim_card else cells["section"],
        item=cells["item"],
        provider=cells["provider"] or None,
        esim=esim,
        distributor=cells["distributor"],
        contact_name=name or None,
        contact_email=contact_email,
        available=available,
        contact_language=language,
    )


def _answer(line: CsvRow, column: str, default: bool | None, wrong: RowNotes) -> bool | None:
    text = line.cells.get(column, "").lower()
    if text in _YES or text in _NO:
        return text in _YES
    if not text and default is not None:
        return default
    wrong.add(line.line, column, Refusal.of("cell_not_yes_or_no"))
    return None


def _address(line: CsvRow, text: str, wrong: RowNotes) -> str | None:
    try:
        return parse_email(text)
    except ValueError:
        wrong.add(line.line, "order_contact_email", Refusal.of("email_invalid"))
        return None


def _language(line: CsvRow, wrong: RowNotes) -> Language | None:
    text = line.cells.get("order_contact_language", "")
    if not text:
        return None
    if not line.cells.get("order_contact_email", ""):
        wrong.add(line.line, "order_contact_email", Refusal.of("language_without_contact"))
    try:
        return parse_language(text)
    except Refused:
        wrong.add(line.line, "order_contact_language", Refusal.of("cell_no_language"))
        return None


class _Seen:
    """The values of earlier rows, by which contradicting rows are found."""

    def __init__(self, wrong: RowNotes) -> None:
        self._wrong = wrong
        self._said: dict[tuple[object, ...], tuple[object, int]] = {}

    def add(self, row: CatalogueRow) -> None:
        """Report every contradiction between this row and an earlier one."""
        pack = (row.account, row.pack)
        self._same(row.line, "distributor", "other_pack_before", row.distributor.lower(), *pack)
        self._same(row.line, "available", "other_pack_before", row.available, *pack)
        self._once(row.line, "item", "same_item_before", *pack, row.section, row.item)
        if row.esim and row.provider:
            self._once(row.line, "provider", "same_provider_before", *pack, row.provider.lower())
        if row.contact_email:
            contact = (row.account, row.distributor.lower(), row.contact_email.lower())
            self._same(row.line, "order_contact_name", "other_name_before", row.contact_name, *contact)
            if row.contact_language:
                said = row.contact_language
                self._same(row.line, "order_contact_language", "other_before", said, *contact)

    def _once(self, line: int, column: str, code: str, *key: object) -> None:
        _, first = self._said.setdefault((column, *key), (None, line))
        if first != line:
            self._wrong.add(line, column, Refusal.of(code, line=first))

    def _same(self, line: int, column: str, code: str, value: object, *key: object) -> None:
        said, first = self._said.setdefault((column, *key), (value, line))
        if said != value:
            self._wrong.add(line, column, Refusal.of(code, line=first))
