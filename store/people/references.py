"""Resolves references in histories to people: `contact:7`, `user:3`, `employee:12`."""

from collections.abc import Collection, Iterable

from sqlalchemy import ARRAY, String, any_, cast, select
from sqlalchemy.ext.asyncio import AsyncConnection

from models.people.callers import Scope
from models.people.views import ContactRole, ContactView
from store.people.languages import language_of
from store.people.tables import AccountRow, ContactRoleRow, ContactRow, DistributorRow, EmployeeRow, UserRow
from store.scopes import within


async def names(connection: AsyncConnection, scope: Scope, references: Iterable[str]) -> dict[str, str]:
    """The name and address of each person in the scope who is referred to, by reference."""
    wanted: dict[str, set[int]] = {}
    for reference in references:
        kind, _, number = reference.partition(":")
        if number.isascii() and number.isdigit() and len(number) <= 18:
            wanted.setdefault(kind, set()).add(int(number))
    found: dict[str, str] = {}
    statements = {
        "user": select(UserRow.id, UserRow.name, UserRow.email).where(within(scope, UserRow.account_id)),
        "employee": select(EmployeeRow.id, EmployeeRow.name, EmployeeRow.email).where(
            within(scope, EmployeeRow.account_id)
        ),
        "contact": select(ContactRow.id, ContactRow.name, ContactRow.email)
        .join(DistributorRow, DistributorRow.id == ContactRow.distributor_id)
        .where(within(scope, DistributorRow.account_id)),
    }
    ids = {"user": UserRow.id, "employee": EmployeeRow.id, "contact": ContactRow.id}
    for kind, statement in statements.items():
        if kind in wanted:
            rows = await connection.execute(statement.where(ids[kind].in_(wanted[kind])))
            for row in rows:
                found[f"{kind}:{row.id}"] = f"{row.name} <{row.email}>" if row.email else row.name
    return found


async def order_contacts(
    connection: AsyncConnection, scope: Scope, distributors: Collection[str]
) -> list[ContactView]:
    """The contacts of these distributors to whom orders are sent, sorted by account, distributor and name."""
    statement = (
        select(
            DistributorRow.name.label("distributor"),
            ContactRow.name,
            ContactRow.email,
            AccountRow.name.label("account"),
            language_of(ContactRow).label("language"),
        )
        .join(DistributorRow, DistributorRow.id == ContactRow.distributor_id)
        .join(AccountRow, AccountRow.id == DistributorRow.account_id)
        .join(ContactRoleRow, ContactRoleRow.contact_id == ContactRow.id)
        .where(
            ContactRoleRow.role == ContactRole.ORDER,
            within(scope, DistributorRow.account_id),
            DistributorRow.name == any_(cast(list(distributors), ARRAY(String))),
        )
        .order_by(AccountRow.name, DistributorRow.name, ContactRow.name, ContactRow.id)
    )
    return [ContactView(**row._mapping) for row in await connection.execute(statement)]
