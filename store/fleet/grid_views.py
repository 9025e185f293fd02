"""The views of the inventory that users saved: a user's own, and those shared with the account (P2)."""

from typing import Any

from sqlalchemy import BigInteger, and_, bindparam, func, or_, select, update
from sqlalchemy import delete as sql_delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from models.errors import NotFound, Refused
from models.fleet.rows import SavedView
from models.identifiers import parse_reference
from models.people.callers import By
from store import events
from store.fleet.grid_tables import InventoryDefaultRow, InventoryViewRow
from store.people.tables import UserRow

MOST_VIEWS = 50
"""Of one user, shared ones too."""
_USER = bindparam("of_user", type_=BigInteger)
_OWN = InventoryViewRow.user_id == _USER
_VIEWS = (
    select(
        InventoryViewRow.id,
        InventoryViewRow.name,
        InventoryViewRow.query,
        InventoryDefaultRow.user_id.is_not(None).label("is_default"),
        InventoryViewRow.shared,
        _OWN.label("own"),
        UserRow.name.label("saved_by"),
    )
    .join(UserRow, UserRow.id == InventoryViewRow.user_id)
    .outerjoin(
        InventoryDefaultRow,
        and_(InventoryDefaultRow.view_id == InventoryViewRow.id, InventoryDefaultRow.user_id == _USER),
    )
    .where(
        InventoryViewRow.account_id == bindparam("of_account", type_=BigInteger),
        or_(_OWN, InventoryViewRow.shared),
    )
)
"""The views that a user has, as they see them."""
_OWN_FIRST = _VIEWS.order_by(_OWN.desc(), InventoryViewRow.name, InventoryViewRow.id)
_ONE = _VIEWS.where(InventoryViewRow.id == bindparam("view", type_=BigInteger))


async def views(connection: AsyncConnection, account_id: int, user_id: int) -> list[SavedView]:
    """The views that the user has: their own by name, then those that others share."""
    seen = await connection.execute(_OWN_FIRST, _known(account_id, user_id))
    return [SavedView(**row._mapping) for row in seen]


async def find(connection: AsyncConnection, account_id: int, user_id: int, text: str) -> SavedView:
    """The view with this id (`V-7`) that the user has. Raises `NotFound` (`unknown_view`)."""
    number = parse_reference("V", text)
    known = {**_known(account_id, user_id), "view": number}
    row = None if number is None else (await connection.execute(_ONE, known)).one_or_none()
    if row is None:
        raise NotFound.because("unknown_view")
    return SavedView(**row._mapping)


async def save(
    connection: AsyncConnection, account_id: int, user_id: int, name: str, query: str
) -> SavedView:
    """Save a view, or replace the user's own of this name. Raises `Refused` (`too_many_views`)."""
    await _one_after_another(connection, user_id)  # no more views than there may be
    new = insert(InventoryViewRow).values(account_id=account_id, user_id=user_id, name=name, query=query)
    kept = new.on_conflict_do_update(
        index_elements=[InventoryViewRow.user_id, InventoryViewRow.name], set_={"query": new.excluded.query}
    )
    view_id = (await connection.execute(kept.returning(InventoryViewRow.id))).scalar_one()
    count = select(func.count()).where(InventoryViewRow.user_id == user_id)
    if (await connection.scalar(count) or 0) > MOST_VIEWS:
        raise Refused.because("too_many_views", most=MOST_VIEWS)
    return await _read(connection, account_id, user_id, view_id)


async def rename(
    connection: AsyncConnection, account_id: int, user_id: int, view_id: int, name: str, *, by: By
) -> SavedView:
    """Rename a view; of a shared one an event is recorded. Raises `Refused` (`view_exists`): its owner has
    another of this name.
    """
    owner_id = await connection.scalar(select(InventoryViewRow.user_id).where(InventoryViewRow.id == view_id))
    await _one_after_another(connection, owner_id)
    same = select(InventoryViewRow.id).where(
        InventoryViewRow.user_id == owner_id, InventoryViewRow.name == name, InventoryViewRow.id != view_id
    )
    if await connection.scalar(same) is not None:
        raise Refused.because("view_exists")
    other = (InventoryViewRow.id == view_id, InventoryViewRow.name != name)
    renamed = update(InventoryViewRow).where(*other).values(name=name).returning(InventoryViewRow.shared)
    if await connection.scalar(renamed):
        await _record(connection, account_id, by, view_id, "view.renamed")
    return await _read(connection, account_id, user_id, view_id)


async def share(connection: AsyncConnection, account_id: int, by: By, view_id: int, *, shared: bool) -> None:
    """Give the view to all users of the account, or leave it to its owner alone: the inventory of no other
    user opens with it any more then. Idempotent: only what changes is recorded.
    """
    other = (InventoryViewRow.id == view_id, InventoryViewRow.shared != shared)
    changed = update(InventoryViewRow).where(*other).values(shared=shared)
    owner_id = await connection.scalar(changed.returning(InventoryViewRow.user_id))
    if owner_id is None:
        return
    await _record(connection, account_id, by, view_id, "view.shared" if shared else "view.unshared")
    if not shared:
        others = (InventoryDefaultRow.view_id == view_id, InventoryDefaultRow.user_id != owner_id)
        await connection.execute(sql_delete(InventoryDefaultRow).where(*others))


async def make_default(
    connection: AsyncConnection, account_id: int, view_id: int | None, user_id: int
) -> None:
    """Open the user's inventory with this view, or with none."""
    await _one_after_another(connection, user_id)
    if view_id is None:
        await connection.execute(
            sql_delete(InventoryDefaultRow).where(InventoryDefaultRow.user_id == user_id)
        )
        return
    new = insert(InventoryDefaultRow).values(account_id=account_id, user_id=user_id, view_id=view_id)
    await connection.execute(
        new.on_conflict_do_update(
            index_elements=[InventoryDefaultRow.user_id], set_={"view_id": new.excluded.view_id}
        )
    )


async def _one_after_another(connection: AsyncConnection, user_id: int | None) -> None:
    """Calls that change the views of a user wait for each other."""
    await connection.execute(select(UserRow.id).where(UserRow.id == user_id).with_for_update(key_share=True))


async def delete(connection: AsyncConnection, account_id: int, by: By, view_id: int) -> None:
    """Delete a view; of a shared one an event is recorded. An inventory that opened with it opens with all
    rows.
    """
    gone = sql_delete(InventoryViewRow).where(InventoryViewRow.id == view_id)
    if await connection.scalar(gone.returning(InventoryViewRow.shared)):
        await _record(connection, account_id, by, view_id, "view.deleted")


async def _record(connection: AsyncConnection, account_id: int, by: By, view_id: int, happened: str) -> None:
    """Record what happened to a view that others see, without its name, which may name a person."""
    about, data = (f"view:{view_id}",), {"view": view_id}
    await events.append(connection, account_id, about, by.actor, (happened, data), origin_id=by.origin_id)


async def _read(connection: AsyncConnection, account_id: int, user_id: int, view_id: int) -> SavedView:
    found = await connection.execute(_ONE, {**_known(account_id, user_id), "view": view_id})
    return SavedView(**found.one()._mapping)


def _known(account_id: int, user_id: int) -> dict[str, Any]:
    return {"of_account": account_id, "of_user": user_id}
