"""Changes of numbers in the database alone: applied, and what is seen afterwards."""

from datetime import timedelta
from typing import Any

from models.identifiers import number_change_id
from models.licences.changes import ChangeResult, NumberChange
from models.licences.numbers import Change
from store.licences import changes
from store.orders.follow_ups import no_emails
from store.session import Database
from tests.builders import ACCOUNT, run

KEPT = timedelta(days=30)


async def account(database: Database) -> int:
    (row,) = await run(database, "SELECT id FROM accounts WHERE name = :name", name=ACCOUNT)
    return int(row.id)


async def user(database: Database, email: str) -> str:
    """The actor that this user is."""
    (row,) = await run(database, "SELECT id FROM users WHERE email = :email", email=email)
    return f"user:{row.id}"


async def asked(
    database: Database, number_id: int, change: Change, key: str = "key", **more: Any
) -> NumberChange:
    """The change as the desk asks for it."""
    account_id = await account(database)
    change_id = number_change_id(account_id, f"{key} {number_id} {change}")
    known = {"change_id": change_id, "account_id": account_id, "number_id": number_id, "change": change}
    return NumberChange.model_validate(known | more)


async def apply(database: Database, change: NumberChange) -> ChangeResult:
    async with database.transaction() as connection:
        return await changes.apply(connection, change, KEPT, lambda _: no_emails)


async def change(
    database: Database, number_id: int, what: Change, key: str = "key", **more: Any
) -> ChangeResult:
    """Apply this change of the number."""
    return await apply(database, await asked(database, number_id, what, key, **more))


async def seen(database: Database, number_id: int) -> dict[str, Any]:
    """The number as it is."""
    (row,) = await run(
        database,
        "SELECT line_type, agent_id, suspended_at IS NOT NULL AS suspended, note.text AS suspended_for,"
        " deleted_at IS NOT NULL AS deleted"
        " FROM numbers LEFT JOIN order_notes note ON note.id = suspended_note_id WHERE numbers.id = :id",
        id=number_id,
    )
    return dict(row._mapping)


async def history(database: Database, number_id: int) -> list[str]:
    """What happened to the number, apart from its orders."""
    rows = await run(
        database,
        "SELECT type FROM events WHERE :subject = ANY(about) AND about[1] NOT LIKE 'order-%' ORDER BY id",
        subject=f"number:{number_id}",
    )
    return [row.type for row in rows]


async def ends(database: Database, licence_id: int, days: int) -> None:
    """The licence's paid period ends so many days after today."""
    day = "(timezone('Europe/Paris', esim_now()))::date"
    await run(
        database,
        f"UPDATE licences SET usable_until = {day} + CAST(:days AS integer) WHERE id = :id",
        days=days,
        id=licence_id,
    )
