"""The append-only story of a SIM's QR code."""

from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from models.inventory import EventView
from store.events import Happening
from store.qr_tables import QrEventRow

__all__ = ["Happening", "append", "of_sim"]

_APPEND = insert(QrEventRow)
_REFERENCES = ("request_id", "notification_id", "link_id")


async def append(
    connection: AsyncConnection,
    sim_id: int,
    actor: str,
    *happenings: Happening,
    request_id: str | None = None,
    notification_id: str | None = None,
    link_id: int | None = None,
) -> None:
    """Add what happened, in this order, with who did it. Data holds ids, codes of refusals and counts."""
    about = {"request_id": request_id, "notification_id": notification_id, "link_id": link_id}
    rows = [
        {"sim_id": sim_id, "actor": actor, "type": event, "data": data, **about} for event, data in happenings
    ]
    await connection.execute(_APPEND, rows)


async def of_sim(connection: AsyncConnection, sim_id: int) -> tuple[EventView, ...]:
    """Everything that happened about the SIM's code, oldest first, with what each was about."""
    rows = await connection.execute(
        select(QrEventRow.__table__).where(QrEventRow.sim_id == sim_id).order_by(QrEventRow.id)
    )
    return tuple(EventView(at=row.at, actor=row.actor, type=row.type, data=_data(row)) for row in rows)


def _data(row: Any) -> dict[str, object]:
    named = zip(_REFERENCES, (row.request_id, row.notification_id, row.link_id), strict=True)
    return {**row.data, **{name: value for name, value in named if value is not None}}
