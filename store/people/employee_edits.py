"""Adds, changes and removes the employees of an account. Events record which fields changed, no content."""

from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from models.errors import NotFound, Refused
from models.identifiers import parse_reference, reference
from models.language import Language
from models.people.callers import By, Scope
from models.people.views import EmployeeView
from store import events
from store.fleet.tables import SimRow
from store.locks import keep_account_open
from store.people import erasure
from store.people.book import select_employees
from store.people.tables import EmployeeRow
from store.session import constraint_of

_TAKEN = {"uq_employees_email": EmployeeRow.email, "uq_employees_name": EmployeeRow.name}


async def find(connection: AsyncConnection, scope: Scope, text: str) -> EmployeeView:
    """The employee with this id (`E-3`). Raises `NotFound` (`unknown_employee`)."""
    number = parse_reference("E", text)
    found = await connection.execute(select_employees(scope).where(EmployeeRow.id == (number or 0)))
    row = found.one_or_none()
    if row is None:
        raise NotFound.because("unknown_employee")
    return EmployeeView(**row._mapping)


async def locked(connection: AsyncConnection, scope: Scope, employee: EmployeeView) -> EmployeeView:
    """The employee as they are now; other edits of them wait until the transaction ends. Raises `NotFound`
    (`unknown_employee`): they were removed meanwhile.
    """
    chosen = select(EmployeeRow.id).where(EmployeeRow.id == employee.id)
    await connection.execute(chosen.with_for_update(key_share=True))
    return await find(connection, scope, reference("E", employee.id))


async def add(
    connection: AsyncConnection,
    account_id: int,
    name: str,
    email: str | None,
    *,
    language: Language | None,
    by: By,
) -> int:
    """Add an employee and return the id; one of the same name and address is the answer.

    Raises `Refused` (`account_closed`, `employee_address_taken`).
    """
    await keep_account_open(connection, account_id)
    values = {"account_id": account_id, "name": name, "email": email, "language": language}
    statement = insert(EmployeeRow).values(**values).on_conflict_do_nothing().returning(EmployeeRow.id)
    added = (await connection.execute(statement)).scalar_one_or_none()
    if added is not None:
        await _record(connection, account_id, added, by, ("employee.created", {"employee": added}))
        return int(added)
    mine = select(EmployeeRow.id, EmployeeRow.name).where(EmployeeRow.account_id == account_id)
    same = (
        mine.where(EmployeeRow.name == name, EmployeeRow.email.is_(None))
        if email is None
        else mine.where(func.lower(EmployeeRow.email) == func.lower(email))
    )
    known = (await connection.execute(same)).one()
    if known.name != name:
        raise Refused.because("employee_address_taken", employee=reference("E", known.id))
    return int(known.id)


async def edit(
    connection: AsyncConnection, account_id: int, employee: EmployeeView, given: dict[str, Any], by: By
) -> None:
    """Change what is given of name, address and language. Raises `Refused` (`employee_address_taken`,
    `employee_name_taken`).
    """
    changes = {field: value for field, value in given.items() if value != getattr(employee, field)}
    if not changes:
        return
    try:
        async with connection.begin_nested():
            await connection.execute(
                update(EmployeeRow)
                .where(EmployeeRow.id == employee.id, EmployeeRow.account_id == account_id)
                .values(changes)
            )
    except IntegrityError as clash:
        taken = _TAKEN.get(constraint_of(clash) or "")
        if taken is None:
            raise
        name = taken.key
        value = str(changes.get(name, getattr(employee, name)))
        mine = select(EmployeeRow.id).where(
            EmployeeRow.account_id == account_id,
            EmployeeRow.id != employee.id,
            func.lower(taken) == value.lower(),
        )
        other = reference("E", await connection.scalar(mine.limit(1)) or 0)
        if name == "email":
            raise Refused.because("employee_address_taken", employee=other) from None
        raise Refused.because("employee_name_taken", employee=other) from None
    data = {"employee": employee.id, "fields": sorted(changes)}
    await _record(connection, account_id, employee.id, by, ("employee.changed", data))


async def remove(connection: AsyncConnection, account_id: int, employee_id: int, by: By) -> list[str]:
    """Delete an employee whom no open work needs; the work that does, if any, and then nothing is deleted.

    Raises `Refused`: `employee_uses_sims`, `account_closed`.
    """
    await keep_account_open(connection, account_id)
    person = erasure.PersonRecords(None, frozenset(), frozenset({account_id}), employees=(employee_id,))
    if needed := await erasure.needed_by(connection, person):
        return needed
    used = select(func.count()).where(SimRow.employee_id == employee_id, SimRow.account_id == account_id)
    if sims := await connection.scalar(used):
        raise Refused.because("employee_uses_sims", sims=sims)
    await connection.execute(delete(EmployeeRow).where(EmployeeRow.id == employee_id))
    await _record(connection, account_id, employee_id, by, ("employee.removed", {"employee": employee_id}))
    return []


async def _record(
    connection: AsyncConnection, account_id: int, employee_id: int, by: By, happened: events.Happening
) -> None:
    about = (f"employee:{employee_id}",)
    await events.append(connection, account_id, about, by.actor, happened, origin_id=by.origin_id)
