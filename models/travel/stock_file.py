"""Parse eSIMs of the stock from a file: each row is one eSIM with its activation code (T37)."""

import re
from dataclasses import dataclass, field
from datetime import date

from models.cells import iccid_cell
from models.codes.activation import ActivationCode
from models.codes.confirmation import parse_confirmation_code
from models.codes.reading import ReadCode, read_code_at
from models.errors import Refusal
from models.files import headings
from models.files.columns import Columns
from models.files.iccids import RoundedIccids
from models.files.rows import RowReader, as_table, read_rows
from models.files.table import Table
from models.identifiers import iccid_warning
from models.imports import Progress, RowNotes
from models.travel.entered import parse_profile

COLUMNS = ("iccid", "profile", "activation_code")
OPTIONAL = ("server", "confirmation_code", "ends_on", "provider")
STOCK = Columns(
    needed=COLUMNS,
    optional=OPTIONAL,
    also={
        "iccid": headings.ICCID,
        "profile": ("IMSI profile", "IMSI", "Profil", "Profil IMSI"),
        "activation_code": (*headings.ACTIVATION_CODE, *headings.MATCHING_ID),
        "server": headings.SERVER,
        "confirmation_code": headings.CONFIRMATION_CODE,
        "ends_on": ("Ends", "Expires", "Expiry", "Expiry date", "Expire le", "Date d'expiration"),
        "provider": headings.PROVIDER,
    },
    long=frozenset({"activation_code"}),
)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True, slots=True)
class StockRow:
    """One row of the file. Both codes are secrets: the `repr` is redacted."""

    line: int
    iccid: str
    profile: int
    code: ActivationCode
    confirmation_code: str | None = field(default=None, repr=False)
    ends_on: date | None = None
    """The last day on which it can be handed out."""
    provider: str | None = None
    """None: the account itself."""


def parse_stock(source: bytes | Table, progress: Progress | None = None) -> list[StockRow]:
    """Parse the file. Raises `Refused` with every invalid row at once."""
    table, wrong = as_table(source), RowNotes()
    rows, iccids = [], RoundedIccids()
    seen: dict[tuple[str, str], int] = {}
    for line in read_rows(table, STOCK, wrong, progress):
        row = _RowReader(line, wrong).row()
        if row is None:
            continue
        if iccid_warning(row.iccid):
            table.warnings.add(row.line, "iccid", Refusal.of("check_digit_wrong", iccid=row.iccid))
        if row.code.has_small_letters:
            table.warnings.add(row.line, "activation_code", Refusal.of("code_in_small_letters"))
        _refuse_repeated(row, seen, wrong)
        iccids.add(line.line, line.cells["iccid"])
        rows.append(row)
    iccids.judge(wrong, table.warnings)
    wrong.refuse()
    return rows


class _RowReader(RowReader):
    """Parses one row of the file."""

    def row(self) -> StockRow | None:
        """The row, or None if anything in it is invalid."""
        iccid = self._needed_as("iccid", iccid_cell)
        profile = self._needed_as("profile", parse_profile)
        read, ends_on = self._needed_as("activation_code", self._code), self._ends_on()
        asked = self._optional("confirmation_code", parse_confirmation_code)
        if read is not None:
            asked = asked or read.confirmation_code
            self._check_confirmation(read, asked)
        if not self._right or iccid is None or profile is None or read is None:
            return None
        return StockRow(
            line=self._line.line,
            iccid=iccid,
            profile=profile,
            code=read.code,
            confirmation_code=asked,
            ends_on=ends_on,
            provider=self._cell("provider") or None,
        )

    def _code(self, cell: str) -> ReadCode:
        """The code, which may be a matching id beside the server in a column of its own."""
        return read_code_at(self._cell("server"), cell)

    def _check_confirmation(self, read: ReadCode, asked: str | None) -> None:
        if read.code.confirmation_code_required and asked is None and not self._cell("confirmation_code"):
            self._bad("confirmation_code", Refusal.of("confirmation_code_needed"))

    def _ends_on(self) -> date | None:
        text = self._cell("ends_on")
        if not text:
            return None
        try:
            if _DAY.fullmatch(text):
                return date.fromisoformat(text)
        except ValueError:
            pass
        self._bad("ends_on", Refusal.of("cell_no_day"))
        return None

    def _wrong_cell(self, column: str, reason: Refusal) -> None:
        """Report a cell that says something; of an empty one that is reported already."""
        if self._cell(column):
            self._bad(column, reason)


def _refuse_repeated(row: StockRow, seen: dict[tuple[str, str], int], wrong: RowNotes) -> None:
    for column, value, code in (
        ("iccid", row.iccid, "same_iccid_before"),
        ("activation_code", row.code.profile, "same_code_before"),
    ):
        first = seen.setdefault((column, value), row.line)
        if first != row.line:
            wrong.add(row.line, column, Refusal.of(code, line=first))
