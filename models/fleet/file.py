"""Parse a fleet from a file: each row is one line (phone number), with the SIM in its slot.

Empty `sim_type` and `iccid` mean an empty slot. Groups are separated by `;` and apply to the line and its
SIM. What belongs to a column that the file does not have stays as it is.
"""

from dataclasses import dataclass
from functools import lru_cache

from models.cells import email_cell, iccid_cell, language_cell, msisdn_cell
from models.characters import LONGEST_NAME
from models.errors import Refusal
from models.files import headings
from models.files.columns import Columns
from models.files.iccids import RoundedIccids
from models.files.rows import CsvRow, RowReader, as_table, rows_of_account
from models.files.table import Table
from models.fleet.inventory import SimKind
from models.identifiers import luhn_valid
from models.imports import Progress, RowNotes
from models.language import Language
from models.orders.rules import SLOTS

COLUMNS = (
    "account",
    "device",
    "slot",
    "msisdn",
    "provider",
    "sim_type",
    "iccid",
    "distributor",
    "employee_name",
    "employee_email",
    "management_groups",
)
OPTIONAL = ("employee_language",)
GROUP_SEPARATOR = ";"
_LEFT_OUT = ("distributor", "employee_name", "employee_email", "management_groups")
"""Columns of `COLUMNS` that a file need not have."""
FLEET = Columns(
    needed=tuple(name for name in COLUMNS if name not in _LEFT_OUT),
    optional=(*_LEFT_OUT, *OPTIONAL),
    also={
        "account": headings.ACCOUNT,
        "device": headings.DEVICE,
        "slot": ("SIM slot", "Slot number", "Emplacement", "Emplacement SIM", "Slot SIM"),
        "msisdn": headings.PHONE,
        "provider": headings.PROVIDER,
        "sim_type": ("SIM kind", "Type", "Form factor", "Type de SIM", "Type SIM", "Type de carte"),
        "iccid": headings.ICCID,
        "distributor": headings.DISTRIBUTOR,
        "employee_name": headings.PERSON,
        "employee_email": headings.EMAIL,
        "management_groups": headings.GROUPS,
        "employee_language": headings.LANGUAGE,
    },
    long=frozenset({"employee_email", "management_groups"}),
    lists=frozenset({"management_groups"}),
)
_KINDS = {
    **dict.fromkeys(("physical", "physique", "sim", "psim", "carte", "carte sim", "usim"), SimKind.PHYSICAL),
    **dict.fromkeys(("esim", "e-sim", "euicc"), SimKind.ESIM),
}


@dataclass(frozen=True, slots=True)
class FleetRow:
    """One line of the file; `kind` and `iccid` are None for an empty slot."""

    line: int
    account: str
    device: str
    slot: int
    msisdn: str
    provider: str
    kind: SimKind | None
    iccid: str | None
    distributor: str | None
    employee_name: str | None
    employee_email: str | None
    groups: tuple[str, ...]
    employee_language: Language | None = None
    """None if the file gives none: the employee's language stays unchanged."""


@dataclass(frozen=True)
class FleetFile:
    """All rows of a fleet file, each valid in itself, and warnings about unusual ones."""

    rows: list[FleetRow]
    warnings: RowNotes
    given: frozenset[str] = frozenset(COLUMNS)
    """The columns that the file has."""


def parse_fleet(source: bytes | Table, progress: Progress | None = None, own: str | None = None) -> FleetFile:
    """Parse the file. Raises `Refused` with every invalid row at once; `own`: the only account that it may
    name, None for any.
    """
    table, wrong = as_table(source), RowNotes()
    rows = []
    seen, iccids = _Seen(wrong), RoundedIccids()
    for line in rows_of_account(table, FLEET, own, wrong, progress):
        row = _RowReader(line, wrong, table.warnings).row()
        if row is not None:
            seen.add(row)
            rows.append(row)
            if row.iccid is not None:
                iccids.add(line.line, line.cells["iccid"])
    iccids.judge(wrong, table.warnings)
    wrong.refuse()
    return FleetFile(rows, table.warnings, table.columns)


class _RowReader(RowReader):
    """Parses one row of the file; what is unusual is a warning."""

    def __init__(self, line: CsvRow, wrong: RowNotes, warnings: RowNotes) -> None:
        super().__init__(line, wrong)
        self._warnings = warnings

    def row(self) -> FleetRow | None:
        """The row, or None if anything in it is invalid."""
        account, device = self._needed("account"), self._needed("device")
        slot = self._slot()
        msisdn = self._parsed("msisdn", msisdn_cell)
        provider = self._needed("provider")
        kind, iccid = self._sim()
        name, email = self._employee()
        language = self._language(name)
        groups = self._groups()
        if not self._right or slot is None or msisdn is None:
            return None
        return FleetRow(
            line=self._line.line,
            account=account,
            device=device,
            slot=slot,
            msisdn=msisdn,
            provider=provider,
            kind=kind,
            iccid=iccid,
            distributor=self._cell("distributor") or None,
            employee_name=name,
            employee_email=email,
            groups=groups,
            employee_language=language,
        )

    def _slot(self) -> int | None:
        text = self._line.cells["slot"]
        if text in map(str, SLOTS):
            return int(text)
        self._bad("slot", Refusal.of("cell_no_slot"))
        return None

    def _sim(self) -> tuple[SimKind | None, str | None]:
        sim_type, text = self._line.cells["sim_type"].lower(), self._line.cells["iccid"]
        if not sim_type and not text:
            self._warn_of_empty_slot()
            return None, None
        kind = _KINDS.get(sim_type)
        if kind is None:
            self._bad("sim_type", Refusal.of("cell_no_sim_type"))
            return None, None
        iccid = self._parsed("iccid", iccid_cell)
        if iccid and not luhn_valid(iccid):
            self._warnings.add(self._line.line, None, Refusal.of("check_digit_wrong", iccid=iccid))
        return kind, iccid

    def _warn_of_empty_slot(self) -> None:
        if self._cell("distributor") or self._cell("employee_name"):
            self._warnings.add(self._line.line, None, Refusal.of("empty_slot_data"))

    def _employee(self) -> tuple[str | None, str | None]:
        name, email = self._cell("employee_name"), self._cell("employee_email")
        if not email:
            return name or None, None
        if not name:
            self._bad("employee_name", Refusal.of("address_without_name"))
        return name, self._parsed("employee_email", email_cell)

    def _language(self, name: str | None) -> Language | None:
        if self._cell("employee_language") and not name:
            self._bad("employee_name", Refusal.of("language_without_name"))
        return self._optional("employee_language", language_cell)

    def _groups(self) -> tuple[str, ...]:
        groups = _groups(self._cell("management_groups"))
        if any(len(group) > LONGEST_NAME for group in groups):
            self._bad("management_groups", Refusal.of("cell_too_long", characters=LONGEST_NAME))
        return groups


class _Seen:
    """Earlier rows, by which duplicates and contradictions are found."""

    def __init__(self, wrong: RowNotes) -> None:
        self._wrong = wrong
        self._numbers: dict[str, FleetRow] = {}
        self._slots: dict[tuple[str, str, int], FleetRow] = {}
        self._iccids: dict[str, FleetRow] = {}
        self._people: dict[tuple[str, str], FleetRow] = {}
        self._spoken: dict[tuple[str, str], FleetRow] = {}

    def add(self, row: FleetRow) -> None:
        """Report every duplicate of, and contradiction to, an earlier row."""
        self._once(row, self._numbers.setdefault(row.msisdn, row), "msisdn", "same_number_before")
        slot = (row.account, row.device, row.slot)
        self._once(row, self._slots.setdefault(slot, row), "slot", "same_slot_before")
        if row.iccid is not None:
            self._once(row, self._iccids.setdefault(row.iccid, row), "iccid", "same_iccid_before")
        if row.employee_email is not None and row.employee_name is not None:
            first = self._people.setdefault((row.account, _lower(row.employee_email)), row)
            if first.employee_name != row.employee_name:
                self._once(row, first, "employee_name", "other_name_before")
        if row.employee_language is not None:
            employee = (row.account, _lower(row.employee_email or row.employee_name or ""))
            first = self._spoken.setdefault(employee, row)
            if first.employee_language is not row.employee_language:
                self._once(row, first, "employee_language", "other_language_before")

    def _once(self, row: FleetRow, first: FleetRow, column: str, code: str) -> None:
        if first is not row:
            self._wrong.add(row.line, column, Refusal.of(code, line=first.line))


def _lower(text: str) -> str:
    """The text in lower case: the same object if it is, as a file has a hundred thousand."""
    return text if text.islower() else text.lower()


@lru_cache(maxsize=4096)
def _groups(text: str) -> tuple[str, ...]:
    names = (name.strip() for name in text.split(GROUP_SEPARATOR))
    return tuple(dict.fromkeys(name for name in names if name))
