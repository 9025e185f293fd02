"""Creates, renames and deletes the management groups of an account."""

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from models.characters import tidy
from models.errors import NotFound, Refused
from models.identifiers import parse_reference, storable
from models.people.callers import By, Scope
from models.people.views import GroupView
from store import events
from store.fleet.tables import LineGroupRow, SimGroupRow
from store.locks import keep_account_open
from store.people.book import select_groups
from store.people.tables import GroupRow
from store.session import constraint_of

_ONE_NAME = "uq_management_groups_account_id_name"
_CREATE = insert(GroupRow).on_conflict_do_nothing().returning(GroupRow.id)
# FOR UPDATE conflicts with the FOR KEY SHARE of who puts lines into the group
_LOCK = select(GroupRow.id).where(GroupRow.id == bindparam("group")).with_for_update()
_RENAME = (
    update(GroupRow)
    .where(GroupRow.id == bindparam("group"), GroupRow.name != bindparam("to"))
    .values(name=bindparam("to"))
    .returning(GroupRow.id)
)


async def find(connection: AsyncConnection, scope: Scope, text: str) -> GroupView:
    """The group with this id (`G-2`) or name. Raises `NotFound` (`no_such_group`)."""
    number = parse_reference("G", text)
    chosen = GroupRow.name.in_({text.strip(), tidy(text)}) if number is None else GroupRow.id == number
    found = (await connection.execute(select_groups(scope).where(chosen))).all() if storable(text) else []
    if len(found) != 1:  # several accounts may have a group of the name
        raise NotFound.because("no_such_group")
    return GroupView(**found[0]._mapping)


async def create(connection: AsyncConnection, scope: Scope, account_id: int, name: str, by: By) -> GroupView:
    """Create a group; one that is there already is the answer. Raises `Refused` (`account_closed`)."""
    await keep_account_open(connection, account_id)
    values = {"account_id": account_id, "name": name}
    group_id = (await connection.execute(_CREATE, values)).scalar_one_or_none()
    if group_id is not None:
        await _record(connection, account_id, group_id, by, ("group.created", {"group": group_id}))
    mine = select_groups(scope).where(GroupRow.account_id == account_id, GroupRow.name == name)
    return GroupView(**(await connection.execute(mine)).one()._mapping)


async def rename(connection: AsyncConnection, account_id: int, group_id: int, name: str, by: By) -> None:
    """Rename a group; idempotent. Raises `Refused` (`group_exists`)."""
    try:
        async with connection.begin_nested():
            renamed = (await connection.execute(_RENAME, {"group": group_id, "to": name})).first()
    except IntegrityError as clash:
        if constraint_of(clash) != _ONE_NAME:
            raise
        raise Refused.because("group_exists") from None
    if renamed:
        await _record(connection, account_id, group_id, by, ("group.renamed", {"group": group_id}))


async def remove(connection: AsyncConnection, account_id: int, group_id: int, by: By) -> None:
    """Delete a group; its lines and SIMs stay, and are in it no more. Raises `Refused` (`account_closed`)."""
    await keep_account_open(connection, account_id)
    await connection.execute(_LOCK, {"group": group_id})
    counts = {}
    for what, table in (("lines", LineGroupRow), ("sims", SimGroupRow)):
        left = await connection.execute(delete(table).where(table.group_id == group_id))
        counts[what] = left.rowcount
    await connection.execute(delete(GroupRow).where(GroupRow.id == group_id))
    await _record(connection, account_id, group_id, by, ("group.deleted", {"group": group_id, **counts}))


async def _record(
    connection: AsyncConnection, account_id: int, group_id: int, by: By, happened: events.Happening
) -> None:
    about = (f"group:{group_id}",)
    await events.append(connection, account_id, about, by.actor, happened, origin_id=by.origin_id)
