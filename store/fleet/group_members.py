"""Which lines are members of a management group: the line itself, or its SIM in place."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, or_, select, union
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import aliased

from models.paging import MOST_COUNTED
from models.people.callers import Scope
from store.fleet.tables import STATES_IN_PLACE, LineGroupRow, LineRow, SimGroupRow, SimRow
from store.paging import up_to
from store.people.tables import GroupRow
from store.row import has
from store.scopes import within

_line = aliased(LineRow)
_of_line = select(LineGroupRow.line_id)
_of_sim = select(SimGroupRow.sim_id)
_FOUND = select(
    GroupRow.id,
    up_to(_of_line.where(LineGroupRow.group_id == GroupRow.id).correlate(GroupRow)).label("lines"),
    up_to(_of_sim.where(SimGroupRow.group_id == GroupRow.id).correlate(GroupRow)).label("sims"),
)


@dataclass(frozen=True)
class Groups:
    """The groups of a name: one in each account of the scope that has it."""

    ids: tuple[int, ...]
    large: bool
    """Whether they have so many members that lines are asked, one by one in the sequence of a list, whether
    they are one. The members of a small group are collected first (`members`).
    """

    def has_line(self) -> ColumnElement[bool]:
        """Whether a line is a member of a large group, as a condition of a statement about lines."""
        lines, sims = self._of_line_and_sim()
        of_line = lines.where(LineGroupRow.line_id == LineRow.id).correlate(LineRow)
        of_sim = sims.where(_line.id == LineRow.id).correlate(LineRow)
        return or_(has(of_line), has(of_sim))

    async def members(self, connection: AsyncConnection) -> list[int]:
        """The lines that are members of a small group."""
        return list(await connection.scalars(union(*self._of_line_and_sim())))

    def _of_line_and_sim(self) -> tuple[Select[int], Select[int]]:
        lines = select(LineGroupRow.line_id).where(LineGroupRow.group_id.in_(self.ids))
        sims = (
            select(_line.id)
            .join(SimRow, SimRow.holder == _line.subject)
            .join(SimGroupRow, SimGroupRow.sim_id == SimRow.id)
            .where(SimGroupRow.group_id.in_(self.ids), SimRow.state.in_(STATES_IN_PLACE))
        )
        return lines, sims


async def named(connection: AsyncConnection, scope: Scope, name: str) -> Groups:
    """The groups of this name."""
    statement = _FOUND.where(within(scope, GroupRow.account_id), GroupRow.name == name)
    found = (await connection.execute(statement)).all()
    large = any(max(row.lines, row.sims) >= MOST_COUNTED for row in found)
    return Groups(tuple(row.id for row in found), large)
