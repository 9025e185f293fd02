"""Parse a catalogue from a file: each row is one item of an order pack, with the pack's distributor.

The contact columns name the recipients of orders: contacts of the distributor with the role `order`. A file
that has any of a distributor's order contacts has all of them.
"""

from dataclasses import dataclass

from models.cells import email_cell, language_cell, yes_or_no_cell
from models.errors import Refusal
from models.files import headings
from models.files.columns import Columns
from models.files.rows import RowReader, as_table, rows_of_account
from models.files.table import Table
from models.fleet.inventory import SIM_CARDS_SECTION
from models.imports import Progress, RowNotes
from models.language import Language

COLUMNS = ("account", "pack", "section", "item", "provider", "esim", "distributor")
OPTIONAL = ("order_contact_name", "order_contact_email", "order_contact_language", "available")
CATALOGUE = Columns(
    needed=COLUMNS,
    optional=OPTIONAL,
    also={
        "account": headings.ACCOUNT,
        "pack": ("Order pack", "Package", "Bundle", "Pack de commande", "Offre", "Forfait"),
        "section": ("Category", "Part", "Rubrique", "Catégorie"),
        "item": ("Item name", "Product", "Article", "Produit", "Désignation"),
        "provider": headings.PROVIDER,
        "esim": ("Is eSIM", "eSIM ?", "Est une eSIM"),
        "distributor": headings.DISTRIBUTOR,
        "order_contact_name": ("Order contact", "Contact name", "Contact", "Nom du contact"),
        "order_contact_email": ("Contact email", "E-mail du contact", *headings.EMAIL),
        "order_contact_language": ("Contact language", "Langue du contact", *headings.LANGUAGE),
        "available": ("On sale", "Active", "Disponible", "En vente", "Actif"),
    },
    long=frozenset({"order_contact_email"}),
)


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
    source: bytes | Table, progress: Progress | None = None, own: str | None = None
) -> CatalogueFile:
    """Parse the file. Raises `Refused` with every invalid row at once; `own`: the only account that it may
    name, None for any.
    """
    table, wrong = as_table(source), RowNotes()
    seen = _Seen(wrong)
    rows = []
    for line in rows_of_account(table, CATALOGUE, own, wrong, progress):
        row = _RowReader(line, wrong).row()
        if row is None:
            continue
        seen.add(row)
        rows.append(row)
        if row.esim and row.section != SIM_CARDS_SECTION:
            odd = Refusal.of("section_not_shown", section=SIM_CARDS_SECTION)
            table.warnings.add(row.line, "section", odd)
    wrong.refuse()
    return CatalogueFile(rows, table.warnings)


class _RowReader(RowReader):
    """Parses one row of the file."""

    def row(self) -> CatalogueRow | None:
        """The row, or None if anything in it is invalid."""
        names = ("account", "pack", "section", "item", "distributor")
        account, pack, section, item, distributor = map(self._needed, names)
        esim = self._parsed("esim", yes_or_no_cell)
        available = self._optional("available", yes_or_no_cell)
        if esim and not self._cell("provider"):
            self._bad("provider", Refusal.of("esim_without_provider"))
        name, email, language = self._contact()
        if not self._right or esim is None:
            return None
        is_sim_card = section.lower() == SIM_CARDS_SECTION.lower()
        return CatalogueRow(
            line=self._line.line,
            account=account,
            pack=pack,
            section=SIM_CARDS_SECTION if is_sim_card else section,
            item=item,
            provider=self._cell("provider") or None,
            esim=esim,
            distributor=distributor,
            contact_name=name or None,
            contact_email=email,
            available=True if available is None else available,
            contact_language=language,
        )

    def _contact(self) -> tuple[str, str | None, Language | None]:
        name, email = self._cell("order_contact_name"), self._cell("order_contact_email")
        if bool(name) != bool(email):
            self._bad("order_contact_email", Refusal.of("contact_incomplete"))
        address = self._optional("order_contact_email", email_cell)
        if self._cell("order_contact_language") and not email:
            self._bad("order_contact_email", Refusal.of("language_without_contact"))
        return name, address, self._optional("order_contact_language", language_cell)


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
