"""Find the eSIM line that a person typed; what is outside the scope is not found."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncConnection

from models.errors import NotFound
from models.identifiers import parse_iccid, parse_reference
from models.people.callers import Scope
from store.fleet.tables import SimRow
from store.scopes import within
from store.travel.line_tables import EsimLineRow

_LINE = select(EsimLineRow.id, EsimLineRow.account_id)


@dataclass(frozen=True)
class LineKey:
    """An eSIM line that was found."""

    id: int
    account_id: int

    @property
    def subject(self) -> str:
        """The reference that orders and SIMs have to the line: `esim_line:9`."""
        return f"esim_line:{self.id}"


async def find_line(connection: AsyncConnection, scope: Scope, text: str) -> LineKey:
    """The eSIM line with this id (`EL-9`, `9`), or with the eSIM of this ICCID on it.

    Raises `NotFound` (`unknown_esim_line`).
    """
    chosen = _chosen(text)
    mine = within(scope, EsimLineRow.account_id)
    row = None if chosen is None else (await connection.execute(_LINE.where(chosen, mine))).one_or_none()
    if row is None:
        raise NotFound.because("unknown_esim_line")
    return LineKey(row.id, row.account_id)


def _chosen(text: str) -> ColumnElement[bool] | Any | None:
    number = parse_reference("EL", text)
    if number is not None:
        return EsimLineRow.id == number
    try:
        iccid = parse_iccid(text)
    except ValueError:
        return None
    return EsimLineRow.subject.in_(select(SimRow.holder).where(SimRow.iccid == iccid))
