"""Finds employees of an account by address, name or id, and adds new ones."""

from sqlalchemy import ColumnElement, bindparam, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from models.errors import NotFound, Refused
from models.identifiers import parse_reference, reference, storable
from store.locks import keep_account_open
from store.people.tables import EmployeeRow

_CREATE = insert(EmployeeRow).on_conflict_do_nothing().returning(EmployeeRow.id)
# FOR KEY SHARE, as a SIM will have a foreign key to them: they cannot be erased concurrently
_EMPLOYEES = (
    select(EmployeeRow.id, EmployeeRow.name)
    .where(EmployeeRow.account_id == bindparam("account"))
    .order_by(EmployeeRow.id)
    .with_for_update(read=True, key_share=True)
)


async def find(connection: AsyncConnection, account_id: int, wanted: str) -> int:
    """The account's employee with this address, name or id (`E-3`).

    Raises `NotFound` (`unknown_employee`), and `Refused` (`employee_ambiguous`) if several employees have the
    name.
    """
    number = parse_reference("E", wanted)
    found: list[int] = []
    if number is not None:
        found = await _ids(connection, account_id, EmployeeRow.id == number)
    elif storable(wanted):
        named = EmployeeRow.email if "@" in wanted else EmployeeRow.name
        found = await _ids(connection, account_id, func.lower(named) == func.lower(wanted.strip()))
    if not found:
        raise NotFound.because("unknown_employee")
    if len(found) > 1:
        names = ", ".join(reference("E", employee_id) for employee_id in found)
        raise Refused.because("employee_ambiguous", employees=names)
    return found[0]


async def find_or_add(
    connection: AsyncConnection, account_id: int, name: str, email: str
) -> tuple[int, bool]:
    """The id of the account's employee with this address, and whether it was added.

    Raises `Refused`: `employee_exists` if an employee of another name has the address, `account_closed` if an
    employee would be added to a closed account.
    """
    values = {"account_id": account_id, "name": name, "email": email}
    added = (await connection.execute(_CREATE, values)).scalar_one_or_none()
    if added is not None:
        await keep_account_open(connection, account_id)
        return int(added), True
    same = _EMPLOYEES.where(func.lower(EmployeeRow.email) == func.lower(email))
    known = (await connection.execute(same, {"account": account_id})).one()
    if known.name != name:
        raise Refused.because("employee_exists", employee=reference("E", known.id))
    return int(known.id), False


async def _ids(connection: AsyncConnection, account_id: int, chosen: ColumnElement[bool]) -> list[int]:
    return list(await connection.scalars(_EMPLOYEES.where(chosen), {"account": account_id}))
