"""Parse numbers from a file: each row is one phone number, with the agent who uses it, if there is one.

Providers and distributors are created by their names. An agent is recognised by the e-mail address; one
without an address by the name.
"""

from dataclasses import dataclass

from models.cells import email_cell, language_cell, msisdn_cell, yes_or_no_cell
from models.errors import Refusal, Refused
from models.files import headings
from models.files.columns import Columns
from models.files.rows import RowReader, as_table, rows_of_account
from models.files.table import Table
from models.imports import Progress, RowNotes
from models.language import Language
from models.licences.numbers import LineType, is_french_machine
from models.licences.phones import parse_eid

COLUMNS = ("account", "msisdn", "line_type", "provider", "distributor", "agent_name", "agent_email")
OPTIONAL = ("agent_language", "agent_eid", "phone_supports_esim")
NUMBERS = Columns(
    needed=COLUMNS,
    optional=OPTIONAL,
    also={
        "account": headings.ACCOUNT,
        "msisdn": headings.PHONE,
        "line_type": ("Type of line", "Type", "Type de ligne"),
        "provider": headings.PROVIDER,
        "distributor": headings.DISTRIBUTOR,
        "agent_name": ("Agent", "Agent name", "Nom de l'agent", *headings.PERSON),
        "agent_email": ("Agent email", "E-mail de l'agent", *headings.EMAIL),
        "agent_language": ("Agent language", "Langue de l'agent", *headings.LANGUAGE),
        "agent_eid": headings.EID,
        "phone_supports_esim": ("Supports eSIM", "eSIM capable", "Compatible eSIM", "eSIM compatible"),
    },
    long=frozenset({"agent_email"}),
)
_OF_AGENT = ("agent_name", *OPTIONAL)
_LINE_TYPES = {"directe": "direct", "partagée": "shared", "partagee": "shared", "partagé": "shared"}


@dataclass(frozen=True, slots=True)
class NumberRow:
    """One row of the file; without an `agent_name` no agent uses the number."""

    line: int
    account: str
    msisdn: str
    line_type: LineType
    provider: str
    distributor: str
    agent_name: str | None = None
    agent_email: str | None = None
    agent_language: Language | None = None
    """None if the file gives none: that of the agent stays unchanged, and so do the next two."""
    agent_eid: str | None = None
    phone_supports_esim: bool | None = None


def parse_numbers(
    source: bytes | Table, progress: Progress | None = None, own: str | None = None
) -> list[NumberRow]:
    """Parse the file. Raises `Refused` with every invalid row at once; `own`: the only account that it may
    name, None for any.
    """
    wrong = RowNotes()
    rows = []
    seen = _Seen(wrong)
    for line in rows_of_account(as_table(source), NUMBERS, own, wrong, progress):
        row = _RowReader(line, wrong).row()
        if row is not None:
            seen.add(row)
            rows.append(row)
    wrong.refuse()
    return rows


class _RowReader(RowReader):
    """Parses one row of the file."""

    def row(self) -> NumberRow | None:
        """The row, or None if anything in it is invalid."""
        account, provider, distributor = map(self._needed, ("account", "provider", "distributor"))
        msisdn = self._parsed("msisdn", _number_cell)
        line_type = self._parsed("line_type", _line_type)
        name, email = self._cell("agent_name"), self._optional("agent_email", email_cell)
        language = self._optional("agent_language", language_cell)
        eid = self._optional("agent_eid", parse_eid)
        supports = self._optional("phone_supports_esim", yes_or_no_cell)
        if not name and any(map(self._cell, ("agent_email", *OPTIONAL))):
            self._bad("agent_name", Refusal.of("agent_without_name"))
        if not self._right or msisdn is None or line_type is None:
            return None
        return NumberRow(
            line=self._line.line,
            account=account,
            msisdn=msisdn,
            line_type=line_type,
            provider=provider,
            distributor=distributor,
            agent_name=name or None,
            agent_email=email,
            agent_language=language,
            agent_eid=eid,
            phone_supports_esim=supports,
        )


def _line_type(text: str) -> LineType:
    try:
        return LineType(_LINE_TYPES.get(text.lower(), text.lower()))
    except ValueError:
        raise Refused.because("cell_no_line_type") from None


class _Seen:
    """The values of earlier rows, by which duplicates and contradictions are found."""

    def __init__(self, wrong: RowNotes) -> None:
        self._wrong = wrong
        self._numbers: dict[str, int] = {}
        self._said: dict[tuple[str, ...], tuple[object, int]] = {}

    def add(self, row: NumberRow) -> None:
        """Report every duplicate of, and contradiction to, an earlier row."""
        first = self._numbers.setdefault(row.msisdn, row.line)
        if first != row.line:
            self._wrong.add(row.line, "msisdn", Refusal.of("same_number_before", line=first))
        if row.agent_name is None:
            return
        agent = (row.account, (row.agent_email or row.agent_name).lower())
        for column in _OF_AGENT:
            value = getattr(row, column)
            if value is None:
                continue
            said, first = self._said.setdefault((column, *agent), (value, row.line))
            if said != value:
                self._wrong.add(row.line, column, Refusal.of("other_agent_before", line=first))


def _number_cell(text: str) -> str:
    """A phone number in E.164, or the refusal of a machine's number, which is longer than a person's (L5)."""
    try:
        return msisdn_cell(text)
    except Refused:
        if is_french_machine(text):
            raise Refused.because("not_french_mobile") from None
        raise
