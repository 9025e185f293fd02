"""Requests for licences: an administrator asks, a purchase answers (L37)."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from models.errors import NotFound, Refused
from models.identifiers import licence_request_id, storable
from models.licences.add_ons import AddOn
from models.licences.licence_views import LicenceRequestView
from models.paging import WHOLE, Page, Wanted
from models.people.callers import By, Scope
from store import events
from store.licences.tables import LicenceRequestRow
from store.locks import keep_account_open
from store.operations import holds, not_sent
from store.orders import notes
from store.paging import Keys
from store.people.tables import AccountRow, UserRow
from store.scopes import within

LONGEST_NOTE = 2000
_ADD = insert(LicenceRequestRow).on_conflict_do_nothing().returning(LicenceRequestRow.id)
_OLDEST = Keys(LicenceRequestRow.at, LicenceRequestRow.id)
_REQUESTS = select(
    LicenceRequestRow.id,
    AccountRow.name.label("account"),
    LicenceRequestRow.add_on,
    LicenceRequestRow.quantity,
    LicenceRequestRow.note,
    LicenceRequestRow.requested_by,
    UserRow.name.label("requester"),
    LicenceRequestRow.at,
    LicenceRequestRow.notified_at,
    LicenceRequestRow.purchase_id,
    holds.of(LicenceRequestRow.id).label("holds"),
    not_sent.of(LicenceRequestRow.id).label("not_sent"),
)
_REQUESTS = _REQUESTS.join(AccountRow, AccountRow.id == LicenceRequestRow.account_id)
_REQUESTS = _REQUESTS.join(UserRow, UserRow.id == LicenceRequestRow.requested_by)


async def request(  # noqa: PLR0917  what a request has
    connection: AsyncConnection,
    account_id: int,
    user_id: int,
    add_on: AddOn,
    quantity: int,
    note: str | None,
    key: str,
    by: By,
) -> LicenceRequestView:
    """Record a request for licences, once per key; its workflow notifies every owner.

    Raises `Refused`: `key_used_for_licence_request`, `note_invalid`, `account_closed`.
    """
    text = (note or "").strip() or None
    if text and (len(text) > LONGEST_NOTE or not storable(text)):
        raise Refused.because("note_invalid", characters=LONGEST_NOTE)
    await keep_account_open(connection, account_id)
    values = {
        "id": licence_request_id(account_id, key),
        "account_id": account_id,
        "add_on": add_on.value,
        "quantity": quantity,
        "note": text,
        "requested_by": user_id,
        "origin_id": by.origin_id,
    }
    added = (await connection.execute(_ADD, values)).scalar_one_or_none()
    one = _REQUESTS.where(LicenceRequestRow.account_id == account_id, LicenceRequestRow.id == values["id"])
    found = _view((await connection.execute(one)).one())
    if added:
        happened = ("licence_request.created", {"add_on": add_on.value, "quantity": quantity})
        await events.append(connection, account_id, (found.id,), by.actor, happened, origin_id=by.origin_id)
    elif (found.add_on, found.quantity) != (add_on, quantity) or not notes.same(found.note, text):
        raise Refused.because("key_used_for_licence_request")
    return found.model_copy(update={"replayed": not added})


async def find(connection: AsyncConnection, scope: Scope, request_id: str) -> LicenceRequestView:
    """One request. Raises `NotFound` (`unknown_licence_request`)."""
    mine = _REQUESTS.where(LicenceRequestRow.id == request_id, within(scope, LicenceRequestRow.account_id))
    row = (await connection.execute(mine)).one_or_none() if storable(request_id) else None
    if row is None:
        raise NotFound.because("unknown_licence_request")
    return _view(row)


async def requests(
    connection: AsyncConnection,
    scope: Scope,
    *,
    open_only: bool = False,
    held: bool = False,
    wanted: Wanted = WHOLE,
) -> Page[LicenceRequestView]:
    """The requests of the scope, the oldest first; `held`: of which the owners cannot be notified."""
    mine = _REQUESTS.where(within(scope, LicenceRequestRow.account_id))
    if open_only:
        mine = mine.where(LicenceRequestRow.purchase_id.is_(None))
    if held:
        mine = mine.where(holds.is_held(LicenceRequestRow.id))
    return (await _OLDEST.page(connection, mine, wanted)).of(_view)


def _view(row: Any) -> LicenceRequestView:
    cells = dict(row._mapping) | {"requested_by": f"user:{row.requested_by}"}
    held, unsent = holds.read(cells.pop("holds")), not_sent.read(cells.pop("not_sent"))
    return LicenceRequestView(**cells, **held, not_sent=unsent)
