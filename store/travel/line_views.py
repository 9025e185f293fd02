"""The eSIM lines of an account with their subscribers, eSIMs and plans."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement
from sqlalchemy.ext.asyncio import AsyncConnection

from models.people.callers import Scope
from models.travel.line_views import EsimLineView
from store.people.tables import AccountRow
from store.scopes import within
from store.travel.line_tables import EsimLineRow
from store.travel.subscriber_lines import plans_on, select_lines
from store.travel.tables import SubscriberRow


async def esim_lines(
    connection: AsyncConnection,
    scope: Scope,
    *,
    chosen: Sequence[ColumnElement[bool]] = (),
    limit: int | None = None,
) -> list[EsimLineView]:
    """The eSIM lines, by account, the latest first."""
    statement = (
        select_lines()
        .add_columns(
            AccountRow.name.label("account"),
            EsimLineRow.subscriber_id,
            SubscriberRow.name.label("subscriber"),
            EsimLineRow.due_at,
        )
        .join(SubscriberRow, SubscriberRow.id == EsimLineRow.subscriber_id)
        .join(AccountRow, AccountRow.id == EsimLineRow.account_id)
        .where(within(scope, EsimLineRow.account_id), *chosen)
        .order_by(AccountRow.name, EsimLineRow.id.desc())
        .limit(limit)
    )
    rows = (await connection.execute(statement)).all()
    plans = await plans_on(connection, scope, [row.id for row in rows])
    return [EsimLineView(**row._mapping, plans=plans.get(row.id, ())) for row in rows]
