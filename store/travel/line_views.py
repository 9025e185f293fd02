"""The eSIM lines of an account with their subscribers, eSIMs and plans."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select
from sqlalchemy.ext.asyncio import AsyncConnection

from models.paging import WHOLE, Page, Wanted
from models.people.callers import Scope
from models.travel.line_views import EsimLineView
from store.paging import Keys, built_once
from store.people.tables import AccountRow
from store.scopes import shaped, within
from store.travel.line_tables import EsimLineRow
from store.travel.subscriber_lines import plans_on, select_lines
from store.travel.tables import SubscriberRow

_NEWEST = Keys(EsimLineRow.id, descending=True)


async def esim_lines(
    connection: AsyncConnection,
    scope: Scope,
    *,
    chosen: Sequence[ColumnElement[bool]] = (),
    wanted: Wanted = WHOLE,
) -> Page[EsimLineView]:
    """The eSIM lines, the latest first."""
    shape, known = shaped(scope)
    statement = _listed(shape).where(*chosen) if chosen else _listed(shape)
    rows = await _NEWEST.page(connection, statement, wanted, known)
    plans = await plans_on(connection, scope, [row.id for row in rows])
    return rows.of(lambda row: EsimLineView(**row._mapping, plans=plans.get(row.id, ())))


@built_once
def _listed(scope: Scope) -> Select[Any]:
    return (
        select_lines()
        .add_columns(
            AccountRow.name.label("account"),
            EsimLineRow.subscriber_id,
            SubscriberRow.name.label("subscriber"),
            EsimLineRow.due_at,
        )
        .join(SubscriberRow, SubscriberRow.id == EsimLineRow.subscriber_id)
        .join(AccountRow, AccountRow.id == EsimLineRow.account_id)
        .where(within(scope, EsimLineRow.account_id))
    )
