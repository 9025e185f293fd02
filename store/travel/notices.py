"""E-mails that are due besides those of orders: each is recorded once (T17, T26, T28, T35, T40)."""

import base64
import hashlib

from sqlalchemy import bindparam, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from models.travel.profiles import Notice
from store.row import now
from store.travel.line_tables import TravelNoticeRow
from store.travel.tables import TravelProfileRow

_RECORD = insert(TravelNoticeRow).on_conflict_do_nothing()
_DONE = (
    update(TravelNoticeRow)
    .where(TravelNoticeRow.id == bindparam("notice_id"), TravelNoticeRow.done_at.is_(None))
    .values(done_at=now())
)
_SINCE = select(TravelProfileRow.low_since, TravelProfileRow.waiting_since).where(
    TravelProfileRow.account_id == bindparam("account"), TravelProfileRow.profile == bindparam("of_profile")
)


async def record(
    connection: AsyncConnection,
    account_id: int,
    notice: Notice,
    *,
    esim_line_id: int | None = None,
    assignment_id: int | None = None,
    profile: int | None = None,
) -> str:
    """Record that this notice is due, unless it was before; its id. A later fall of a profile's stock, and a
    later wait for it, is a notice of its own.
    """
    about = [notice.value, str(esim_line_id), str(assignment_id), str(profile)]
    if profile is not None:
        row = (await connection.execute(_SINCE, {"account": account_id, "of_profile": profile})).one()
        since = row.low_since if notice is Notice.STOCK_LOW else row.waiting_since
        about.append(since.isoformat())
    notice_id = _id(account_id, " ".join(about))
    values = {"id": notice_id, "account_id": account_id, "notice": notice.value, "profile": profile}
    await connection.execute(
        _RECORD, {**values, "esim_line_id": esim_line_id, "assignment_id": assignment_id}
    )
    return notice_id


async def done(connection: AsyncConnection, notice_id: str) -> None:
    """The notice was sent, was given up or is not needed any more."""
    await connection.execute(_DONE, {"notice_id": notice_id})


def _id(account_id: int, about: str) -> str:
    digest = hashlib.sha256(f"{account_id}\0{about}".encode()).digest()[:10]
    return "travel-notice-" + base64.b32encode(digest).decode("ascii").lower()
