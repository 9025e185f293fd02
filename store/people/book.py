"""Lists employees and management groups of an account."""

from typing import Any

from sqlalchemy import ARRAY, BigInteger, ColumnElement, Select, String, bindparam, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from models.fleet.inventory import SimState
from models.paging import WHOLE, Page, Wanted
from models.people.callers import Scope
from models.people.views import EmployeeView, GroupView
from store.fleet.tables import LineGroupRow, SimRow
from store.paging import among, built_once, by_account, most, up_to
from store.people.languages import language_of
from store.people.tables import AccountRow, EmployeeRow, GroupRow
from store.scopes import shaped, within


def select_employees(scope: Scope) -> Select[*tuple[Any, ...]]:
    """Employees of the scope, each with the number of their SIMs."""
    used = select(func.count()).where(
        SimRow.employee_id == EmployeeRow.id, SimRow.state != SimState.DISCARDED
    )
    return (
        select(
            EmployeeRow.id,
            AccountRow.name.label("account"),
            EmployeeRow.name,
            EmployeeRow.email,
            language_of(EmployeeRow).label("language"),
            used.scalar_subquery().label("sims"),
        )
        .join(AccountRow, AccountRow.id == EmployeeRow.account_id)
        .where(within(scope, EmployeeRow.account_id))
    )


def select_groups(scope: Scope) -> Select[*tuple[Any, ...]]:
    """Management groups of the scope, each with the number of its lines, counted up to `MOST_COUNTED`."""
    lines = up_to(
        select(LineGroupRow.line_id).where(LineGroupRow.group_id == GroupRow.id).correlate(GroupRow)
    )
    return (
        select(GroupRow.id, AccountRow.name.label("account"), GroupRow.name, lines.label("lines"))
        .join(AccountRow, AccountRow.id == GroupRow.account_id)
        .where(within(scope, GroupRow.account_id))
    )


async def employees(
    connection: AsyncConnection, scope: Scope, find: str | None = None, wanted: Wanted = WHOLE
) -> Page[EmployeeView]:
    """Employees by name; `find`: only those whose name or address begins so."""
    shape, known = shaped(scope)
    found: list[int] | None = None
    if find is not None:
        begins = find.strip().lower()
        known |= {"begins": begins, "ends": begins + _LAST}
        found = list(await connection.scalars(_some(shape), known))
    few = found is not None and len(found) < FEW
    statement = _listed(shape, found=find is not None, few=few)
    keys = by_account(scope, EmployeeRow.name, EmployeeRow.id)
    page = await keys.page(connection, statement, wanted, {**known, "ids": found if few else None})
    return page.of(lambda row: EmployeeView(**row._mapping))


FEW = 1000
"""Of so many employees who begin alike, a list reads these alone; of more, it is read in its sequence."""
_LAST = chr(0x10FFFF)
"""What no character follows: by it ends what begins with a text."""


def _begins(column: Any) -> ColumnElement[bool]:
    """Whether a text begins so, in the words of the index: it has none for LIKE with a parameter."""
    small = func.lower(column)
    first, last = (bindparam(name, type_=String) for name in ("begins", "ends"))
    return small.bool_op("~>=~")(first) & small.bool_op("~<~")(last)


_BEGINS = or_(_begins(EmployeeRow.name), _begins(EmployeeRow.email))


@built_once
def _some(scope: Scope) -> Select[int]:
    return select(EmployeeRow.id).where(within(scope, EmployeeRow.account_id), _BEGINS).limit(most(FEW))


@built_once
def _listed(scope: Scope, *, found: bool, few: bool) -> Select[*tuple[Any, ...]]:
    if not found:
        return select_employees(scope)
    ids = bindparam("ids", type_=ARRAY(BigInteger))
    return select_employees(scope).where(among(EmployeeRow.id, ids) if few else _BEGINS)


async def groups(connection: AsyncConnection, scope: Scope, wanted: Wanted = WHOLE) -> Page[GroupView]:
    """Management groups by name, with the number of their lines, counted up to `MOST_COUNTED`."""
    page = await by_account(scope, GroupRow.name, GroupRow.id).page(connection, select_groups(scope), wanted)
    return page.of(lambda row: GroupView(**row._mapping))
