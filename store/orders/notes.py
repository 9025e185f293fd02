"""The texts about orders and changes: written, compared, found by their beginning.

The text that came with a record under its idempotency key is compared: a repeat with another text is another
call.
"""

import re
from typing import Any

from sqlalchemy import ColumnElement, String, bindparam, func, insert, literal_column, select
from sqlalchemy.ext.asyncio import AsyncConnection

from models.errors import NotFound, Refusal, Refused
from models.identifiers import storable
from models.orders.notes import beginning_of
from store.orders.tables import LONGEST_BEGINNING, OrderNoteRow, OrderRow
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
_NOTE = select(OrderNoteRow.id).where(
    OrderNoteRow.id == bindparam("note"),
    OrderNoteRow.order_id == bindparam("order"),
    OrderNoteRow.account_id == bindparam("account"),
)
_WRITE_NOTE = insert(OrderNoteRow).returning(OrderNoteRow.id)
_LONGEST_NOTE = 2000


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


async def add_note(
    connection: AsyncConnection, order_id: str, text: str, written_by: str | None = None
) -> int:
    """Keep free text about an accepted order; its id. Raises `NotFound`, `Refused` (`note_invalid`)."""
    account_id = await connection.scalar(select(OrderRow.account_id).where(OrderRow.id == order_id))
    if account_id is None:
        raise NotFound.because("unknown_order", order=order_id)
    return await write_note(connection, account_id, order_id, text, written_by)


async def write_note(
    connection: AsyncConnection, account_id: int, order_id: str, text: str, written_by: str | None = None
) -> int:
    """Keep free text about an order, which need not be placed yet: `Placement.note_id` names the note.

    The id may travel where the text may not (W6). With the person `written_by`, such as `user:3`, the text is
    erased, also if no order comes of it. Raises `Refused` (`note_invalid`).
    """
    if len(text) > _LONGEST_NOTE or not storable(text):
        raise Refused.because("note_invalid", characters=_LONGEST_NOTE)
    values = {"account_id": account_id, "order_id": order_id, "text": text, "written_by": written_by}
    return int((await connection.execute(_WRITE_NOTE, values)).scalar_one())


async def note_refusal(
    connection: AsyncConnection, account_id: int, order_id: str, note_id: int | None
) -> Refusal | None:
    """Why this note cannot be one of the order: it is about another order, which other people read."""
    if note_id is None:
        return None
    ids = {"note": note_id, "order": order_id, "account": account_id}
    known = (await connection.execute(_NOTE, ids)).one_or_none()
    return None if known else Refusal.of("unknown_note")


def begins_as(note: Any) -> ColumnElement[bool]:
    """Whether a note begins as the parameter `begins` says: by the index of beginnings (`NOTE_BEGINS`)."""
    beginning = func.lower(func.left(note.text, literal_column(str(LONGEST_BEGINNING))))
    return beginning.like(bindparam("begins", type_=String))


def beginning_as_pattern(purchase_reference: str) -> str:
    """The parameter `begins` for the notes whose purchase reference begins so."""
    begins = beginning_of(purchase_reference)[:LONGEST_BEGINNING]
    return re.sub(r"([\\\\%_])", r"\\\1", begins) + "%"
