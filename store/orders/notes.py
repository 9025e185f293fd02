"""The text that came with a record under its idempotency key: a repeat with another text is another call."""

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from models.errors import Refused
from store.orders.tables import OrderNoteRow, OrderRow
from store.personal import ERASED

_OF_ORDER = (
    select(OrderNoteRow.text)
    .select_from(OrderRow)
    .outerjoin(OrderNoteRow, OrderNoteRow.id == OrderRow.note_id)
    .where(OrderRow.id == bindparam("order"))
)
_FIRST = (
    select(OrderNoteRow.text)
    .where(OrderNoteRow.order_id == bindparam("about"), OrderNoteRow.account_id == bindparam("account"))
    .order_by(OrderNoteRow.id)
    .limit(1)
)


def same(kept: str | None, sent: str | None) -> bool:
    """Whether a text is the one that was kept. One that a person was erased from cannot be compared any more,
    and is taken to be the same.
    """
    return (kept or "") == (sent or "") or ERASED.strip("'") in (kept or "")


async def check_of_order(connection: AsyncConnection, order_id: str, text: str) -> None:
    """Raise `Refused` (`key_used`) if the order was accepted with another text."""
    row = (await connection.execute(_OF_ORDER, {"order": order_id})).one_or_none()
    if row is not None and not same(row.text, text):
        raise Refused.because("key_used", order=order_id)


async def first(connection: AsyncConnection, account_id: int, about: str) -> str | None:
    """The text that was written first about this record, such as the reason of a change of a number."""
    known = {"about": about, "account": account_id}
    return (await connection.execute(_FIRST, known)).scalar_one_or_none()
