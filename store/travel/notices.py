"""E-mails that are due besides those of orders: each is recorded once, and is done once it is sent, given up
or not needed any more (T17, T26, T28, T35, T40).

The workflow of the eSIM line sends the notices to its subscriber, so they are something that is due of it;
the account's staff is alerted of its stock by a workflow of its own.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ScalarSelect, bindparam, delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from models.identifiers import travel_line_id, travel_notice_id
from models.travel.profiles import Notice
from store import events
from store.locks import lock_subject
from store.operations.tables import NotSentRow
from store.row import now
from store.travel import due
from store.travel.line_tables import EsimLineRow, TravelNoticeRow
from store.travel.tables import TravelProfileRow

STEP = "send_notice"
"""The step that sends one; the place of its hold on a line has the notice's id behind a colon."""

_RECORD = insert(TravelNoticeRow).on_conflict_do_nothing().returning(TravelNoticeRow.id)
_RECORD_DONE = _RECORD.values(done_at=now())
UNFINISHED_OF_STAFF = TravelNoticeRow.profile.is_not(None) & TravelNoticeRow.done_at.is_(None)
"""A notice to the staff that is still to be sent, by a workflow of its own."""
_UNFINISHED = select(TravelNoticeRow.account_id, TravelNoticeRow.notice).where(
    TravelNoticeRow.id == bindparam("of_notice"), UNFINISHED_OF_STAFF
)
_FIND = select(TravelNoticeRow.account_id, TravelNoticeRow.esim_line_id).where(
    TravelNoticeRow.id == bindparam("of_notice"), TravelNoticeRow.done_at.is_(None)
)
_DONE = (
    update(TravelNoticeRow)
    .where(TravelNoticeRow.id == bindparam("of_notice"), TravelNoticeRow.done_at.is_(None))
    .values(done_at=now())
)
_SENT = delete(NotSentRow).where(
    NotSentRow.subject_id == bindparam("work"), NotSentRow.step == bindparam("of_step")
)
_OF_LINE = (
    select(TravelNoticeRow.id)
    .where(TravelNoticeRow.esim_line_id == bindparam("line"), TravelNoticeRow.done_at.is_(None))
    .order_by(TravelNoticeRow.due_since, TravelNoticeRow.id)
)
_OF_STAFF = (
    select(TravelNoticeRow.id, TravelNoticeRow.account_id, TravelNoticeRow.notice)
    .where(
        UNFINISHED_OF_STAFF,
        TravelNoticeRow.id > bindparam("after"),
    )
    .order_by(TravelNoticeRow.id)
    .limit(bindparam("at_most"))
)


def _one(column: Any, *conditions: Any) -> ScalarSelect[Any]:
    return select(column).where(*conditions).scalar_subquery()


_PROFILE = (
    TravelProfileRow.account_id == bindparam("account"),
    TravelProfileRow.profile == bindparam("of_profile"),
)
_ABOUT = {
    Notice.STOCK_LOW: select(_one(TravelProfileRow.low_since, *_PROFILE)),
    Notice.ORDER_WAITS: select(_one(TravelProfileRow.waiting_since, *_PROFILE)),
    Notice.INSTALL_SOON: select(_one(EsimLineRow.esim_since, EsimLineRow.id == bindparam("line"))),
    Notice.NOT_INSTALLED: select(_one(EsimLineRow.esim_since, EsimLineRow.id == bindparam("line"))),
}
"""Of notices that may be due again: since when, so that the next one is another."""


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
    install_by: datetime | None = None,
    needed: bool = True,
) -> str:
    """Record once that this notice is due; its id. One that is not `needed`, as another says more at the same
    moment, is recorded as done and never sent. A later fall of a profile's stock, a later wait for it, and
    another eSIM that is not installed are notices of their own.

    Of a notice of a line: the caller has locked the line, and renews what is due of it (`store.travel.due`).
    """
    about = f"{notice} line {esim_line_id} plan {assignment_id} profile {profile}"
    if notice in _ABOUT:
        known = {"account": account_id, "of_profile": profile, "line": esim_line_id}
        since = await connection.scalar(_ABOUT[notice], known)
        about += f" since {since.isoformat() if since else None}"
    notice_id = travel_notice_id(account_id, about)
    values = {
        "id": notice_id,
        "account_id": account_id,
        "notice": notice.value,
        "esim_line_id": esim_line_id,
        "assignment_id": assignment_id,
        "profile": profile,
        "install_by": install_by,
    }
    recorded = await connection.scalar(_RECORD if needed else _RECORD_DONE, values)
    if recorded is not None and esim_line_id:
        data: dict[str, Any] = {"notice": notice.value}
        data |= {"assignment": assignment_id} if assignment_id else {}
        data |= {} if needed else {"needed": False}
        happened = ("travel_notice.recorded", data)
        await events.append(connection, account_id, (f"esim_line:{esim_line_id}",), "system", happened)
    return notice_id


async def done(connection: AsyncConnection, notice_id: str, *, dropped: bool = False) -> bool:
    """The notice was sent, was given up or is not needed any more; whether that changed anything. `dropped`:
    an operator gave up that of a line, whose hold has been released before.
    """
    found = (await connection.execute(_FIND, {"of_notice": notice_id})).one_or_none()
    if found is None:
        return False
    if found.esim_line_id is not None:
        await lock_subject(connection, found.account_id, f"esim_line:{found.esim_line_id}")
    changed = (await connection.execute(_DONE, {"of_notice": notice_id})).rowcount == 1
    work = {"work": notice_id, "of_step": STEP}
    if found.esim_line_id is not None:
        work = {"work": travel_line_id(found.esim_line_id), "of_step": f"{STEP}:{notice_id}"}
        await due.renew(connection, found.esim_line_id, news=False)
        if changed and dropped:
            about = (work["work"], f"esim_line:{found.esim_line_id}")
            happened = ("travel_line.given_up", {"step": work["of_step"]})
            await events.append(connection, found.account_id, about, "operator", happened)
    await connection.execute(_SENT, work)
    return changed


async def of_line(connection: AsyncConnection, esim_line_id: int) -> list[str]:
    """The notices of this line that are due, the oldest first."""
    return list((await connection.scalars(_OF_LINE, {"line": esim_line_id})).all())


async def of_staff(connection: AsyncConnection, after: str, at_most: int) -> list[tuple[str, Unfinished]]:
    """The alerts about stock that are due, by id."""
    rows = await connection.execute(_OF_STAFF, {"after": after, "at_most": at_most})
    return [(row.id, Unfinished(row.account_id, Notice(row.notice))) for row in rows]
