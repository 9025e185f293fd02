"""The views of the inventory that a user saved: their own alone (P2)."""

from sqlalchemy import ColumnElement, and_, func, select, update
from sqlalchemy import delete as sql_delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from models.errors import NotFound, Refused
from models.fleet.rows import SavedView
from models.identifiers import parse_reference
from store.fleet.grid_tables import InventoryViewRow
from store.people.tables import UserRow

MOST_VIEWS = 50
_VIEW = (InventoryViewRow.id, InventoryViewRow.name, InventoryViewRow.query, InventoryViewRow.is_default)


async def views(connection: AsyncConnection, account_id: int, user_id: int) -> list[SavedView]:
    """The user's views by name."""
    mine = select(*_VIEW).where(_of(account_id, user_id)).order_by(InventoryViewRow.name)
    return [SavedView(**row._mapping) for row in await connection.execute(mine)]


async def find(connection: AsyncConnection, account_id: int, user_id: int, text: str) -> SavedView:
    """The user's view with this id (`V-7`). Raises `NotFound` (`unknown_view`)."""
    number = parse_reference("V", text)
    mine = select(*_VIEW).where(_of(account_id, user_id), InventoryViewRow.id == number)
    row = None if number is None else (await connection.execute(mine)).one_or_none()
    if row is None:
        raise NotFound.because("unknown_view")
    return SavedView(**row._mapping)


async def save(
    connection: AsyncConnection, account_id: int, user_id: int, name: str, query: str
) -> SavedView:
    """Save a view, or replace the one of this name. Raises `Refused` (`too_many_views`)."""
    await _one_after_another(connection, user_id)  # no more views than there may be
    new = insert(InventoryViewRow).values(account_id=account_id, user_id=user_id, name=name, query=query)
    kept = new.on_conflict_do_update(
        index_elements=[InventoryViewRow.user_id, InventoryViewRow.name], set_={"query": new.excluded.query}
    )
    row = (await connection.execute(kept.returning(*_VIEW))).one()
    count = select(func.count()).where(InventoryViewRow.user_id == user_id)
    if (await connection.scalar(count) or 0) > MOST_VIEWS:
        raise Refused.because("too_many_views", most=MOST_VIEWS)
    return SavedView(**row._mapping)


async def rename(connection: AsyncConnection, view_id: int, user_id: int, name: str) -> SavedView:
    """Rename a view. Raises `Refused` (`view_exists`)."""
    await _one_after_another(connection, user_id)
    same = select(InventoryViewRow.id).where(
        InventoryViewRow.user_id == user_id, InventoryViewRow.name == name, InventoryViewRow.id != view_id
    )
    if await connection.scalar(same) is not None:
        raise Refused.because("view_exists")
    changed = update(InventoryViewRow).where(InventoryViewRow.id == view_id).values(name=name)
    return SavedView(**(await connection.execute(changed.returning(*_VIEW))).one()._mapping)


async def make_default(connection: AsyncConnection, view_id: int | None, user_id: int) -> None:
    """Open the inventory with this view, or with none."""
    await _one_after_another(connection, user_id)
    of_user = update(InventoryViewRow).where(InventoryViewRow.user_id == user_id)
    await connection.execute(of_user.where(InventoryViewRow.is_default).values(is_default=False))
    if view_id is not None:
        await connection.execute(of_user.where(InventoryViewRow.id == view_id).values(is_default=True))


async def _one_after_another(connection: AsyncConnection, user_id: int) -> None:
    """Calls that change the views of a user wait for each other."""
    await connection.execute(select(UserRow.id).where(UserRow.id == user_id).with_for_update(key_share=True))


async def delete(connection: AsyncConnection, view_id: int) -> None:
    """Delete a view."""
    await connection.execute(sql_delete(InventoryViewRow).where(InventoryViewRow.id == view_id))


def _of(account_id: int, user_id: int) -> ColumnElement[bool]:
    return and_(InventoryViewRow.account_id == account_id, InventoryViewRow.user_id == user_id)
