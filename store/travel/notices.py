"""Notices of travel eSIMs: e-mails that are due besides those of orders, each recorded once."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from models.identifiers import travel_notice_id
from models.travel.profiles import Notice
from store.row import now
from store.travel.line_tables import TravelNoticeRow
from store.travel.tables import TravelProfileRow

UNFINISHED_OF_STAFF = TravelNoticeRow.profile.is_not(None) & TravelNoticeRow.done_at.is_(None)
"""A notice to the staff that is still to be sent, by a workflow of its own."""
_ADD = insert(TravelNoticeRow).on_conflict_do_nothing()
_UNFINISHED = select(TravelNoticeRow.account_id, TravelNoticeRow.notice).where(
    TravelNoticeRow.id == bindparam("of_notice"), UNFINISHED_OF_STAFF
)
_DONE = (
    update(TravelNoticeRow)
    .where(TravelNoticeRow.id == bindparam("of_notice"), TravelNoticeRow.done_at.is_(None))
    .values(done_at=now())
)


@dataclass(frozen=True)
class Unfinished:
    """A notice that is still to be sent."""

    account_id: int
    notice: Notice


async def unfinished(connection: AsyncConnection, notice_id: str) -> Unfinished | None:
    """The notice to the staff with this id; None if it is done."""
    row = (await connection.execute(_UNFINISHED, {"of_notice": notice_id})).one_or_none()
    return None if row is None else Unfinished(row.account_id, Notice(row.notice))


async def record(
    connection: AsyncConnection,
    account_id: int,
    notice: Notice,
    *,
    esim_line_id: int | None = None,
    assignment_id: int | None = None,
    profile: int | None = None,
) -> str:
    """Record that a notice is due, once for what it is about; its id. One to the staff is about the present
    fall of the stock, so a later fall is another notice.
    """
    about = [notice.value, str(esim_line_id), str(assignment_id), str(profile)]
    if profile is not None:
        since = TravelProfileRow.low_since if notice is Notice.STOCK_LOW else TravelProfileRow.waiting_since
        key: Any = (TravelProfileRow.account_id == account_id, TravelProfileRow.profile == profile)
        about.append(str(await connection.scalar(select(since).where(*key))))
    notice_id = travel_notice_id(account_id, " ".join(about))
    row = {"esim_line_id": esim_line_id, "assignment_id": assignment_id, "profile": profile}
    await connection.execute(_ADD, {"id": notice_id, "account_id": account_id, "notice": notice.value, **row})
    return notice_id


async def done(connection: AsyncConnection, notice_id: str) -> bool:
    """Record that the notice is sent, given up or not needed any more; whether that changed anything."""
    return (await connection.execute(_DONE, {"of_notice": notice_id})).rowcount == 1
