"""Lists employees and management groups of an account."""

from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from models.fleet.inventory import SimState
from models.paging import WHOLE, Page, Wanted
from models.people.callers import Scope
from models.people.views import EmployeeView, GroupView
from store.fleet.tables import LineGroupRow, SimRow
from store.paging import by_account, up_to
from store.people.languages import language_of
from store.people.tables import AccountRow, EmployeeRow, GroupRow
from store.scopes import within


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
    statement = select_employees(scope)
    if find is not None:
        begins = find.strip().lower()
        named = func.lower(EmployeeRow.name).startswith(begins, autoescape=True)
        addressed = func.lower(EmployeeRow.email).startswith(begins, autoescape=True)
        statement = statement.where(named | addressed)
    page = await by_account(scope, EmployeeRow.name, EmployeeRow.id).page(connection, statement, wanted)
    return page.of(lambda row: EmployeeView(**row._mapping))


async def groups(connection: AsyncConnection, scope: Scope, wanted: Wanted = WHOLE) -> Page[GroupView]:
    """Management groups by name, with the number of their lines, counted up to `MOST_COUNTED`."""
    page = await by_account(scope, GroupRow.name, GroupRow.id).page(connection, select_groups(scope), wanted)
    return page.of(lambda row: GroupView(**row._mapping))
