"""What is due by date, found in batches: plans that lapse, stock that has ended (T28, T36).

Each function is a transaction: it locks what it changes in the one lock sequence, then looks again. So sweeps
may run at the same time as everything else, and as each other.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, exists, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from models.fleet.inventory import SimState
from models.orders.lifecycle import OPEN
from models.travel.profiles import Notice
from models.travel.reports import LAPSES_SOON
from store import events
from store.codes import discard as codes
from store.fleet.tables import SimRow
from store.locks import lock_subjects
from store.orders.tables import OrderRow
from store.row import now
from store.travel import due, notices, stock
from store.travel.line_tables import PlanAssignmentRow, TravelNoticeRow
from store.travel.settling import ENDED, NOTHING, Settled
from store.travel.tables import TravelStockRow

BATCH = 100

_QUEUED = (PlanAssignmentRow.started_at.is_(None), PlanAssignmentRow.closed_at.is_(None))
_LAPSED = (*_QUEUED, PlanAssignmentRow.lapses_at <= now())
_LAPSES_SOON = (
    *_QUEUED,
    PlanAssignmentRow.lapses_at > now(),
    PlanAssignmentRow.lapses_at <= now() + LAPSES_SOON,
    ~exists().where(
        TravelNoticeRow.assignment_id == PlanAssignmentRow.id,
        TravelNoticeRow.notice == Notice.LAPSES_SOON,
    ),
)
_PLAN = (PlanAssignmentRow.id, PlanAssignmentRow.account_id, PlanAssignmentRow.esim_line_id)
_CHOSEN = PlanAssignmentRow.id.in_(bindparam("plans", expanding=True))
_LAPSE = (
    update(PlanAssignmentRow)
    .where(_CHOSEN, *_LAPSED)
    .values(closed_at=now())
    .returning(*_PLAN, PlanAssignmentRow.lapses_at)
)
_OVER = (
    select(TravelStockRow.sim_id, TravelStockRow.account_id, TravelStockRow.profile)
    .join(SimRow, SimRow.id == TravelStockRow.sim_id)
    .where(SimRow.state == SimState.IN_STOCK, ENDED)
)
_UNRESERVED = TravelStockRow.order_id.is_(None)
_WITH_OPEN_ORDER = exists().where(OrderRow.id == TravelStockRow.order_id, OrderRow.status.in_(sorted(OPEN)))
_PROFILE = (
    _OVER.where(or_(_UNRESERVED, _WITH_OPEN_ORDER))
    .order_by(TravelStockRow.account_id, TravelStockRow.profile)
    .limit(1)
)
_DISCARDED = (
    _OVER.where(
        TravelStockRow.account_id == bindparam("account"),
        TravelStockRow.profile == bindparam("of_profile"),
        _UNRESERVED,
    )
    .order_by(SimRow.id)
    .limit(BATCH)
    .with_for_update(of=SimRow, key_share=True)
)


@dataclass(frozen=True)
class Discarded:
    """How many eSIMs were discarded at once, and what that leads to."""

    esims: int = 0
    settled: Settled = NOTHING
    requests: tuple[str, ...] = ()
    """The requests for QR codes that ended with them: their workflows are to be signalled."""


async def lapse(connection: AsyncConnection) -> int:
    """Record a batch of plans that were not used within their shelf life: they have lapsed (T28)."""
    found = await _chosen(connection, _LAPSED)
    if not found:
        return 0
    lapsed = (await connection.execute(_LAPSE, {"plans": [row.id for row in found]})).all()
    for account_id, rows in _by_account(lapsed):
        happenings = [
            (
                (f"esim_line:{row.esim_line_id}",),
                ("plan.lapsed", {"assignment": row.id, "at": row.lapses_at.isoformat()}),
            )
            for row in rows
        ]
        await events.append_each(connection, account_id, "system", happenings)
    return len(found)


async def lapse_soon(connection: AsyncConnection) -> int:
    """Record the notices of a batch of plans that lapse in a few days (T28)."""
    found = await _chosen(connection, _LAPSES_SOON)
    still = select(*_PLAN).where(_CHOSEN, *_LAPSES_SOON).order_by(PlanAssignmentRow.id)
    for row in await connection.execute(still, {"plans": [one.id for one in found]}) if found else ():
        await notices.record(
            connection,
            row.account_id,
            Notice.LAPSES_SOON,
            esim_line_id=row.esim_line_id,
            assignment_id=row.id,
        )
        await due.renew(connection, row.esim_line_id, news=True)
    return len(found)


async def discard_ended(connection: AsyncConnection) -> Discarded:
    """Discard a batch of eSIMs of one profile whose last day is over (T36). Orders that have not taken theirs
    by then wait again, in their places; the staff is alerted where the profile has too few then.
    """
    profile = (await connection.execute(_PROFILE)).one_or_none()
    if profile is None:
        return Discarded()
    settled = await stock.changed(connection, profile.account_id, profile.profile)
    which = {"account": profile.account_id, "of_profile": profile.profile}
    ended = (await connection.scalars(_DISCARDED, which)).all()
    requests = [request for sim_id in ended if (request := (await codes.discard(connection, sim_id))[1])]
    if ended:
        happenings = [((f"sim:{sim_id}",), ("stock.ended", {"sim": sim_id})) for sim_id in ended]
        await events.append_each(connection, profile.account_id, "system", happenings)
    return Discarded(len(ended), settled, tuple(requests))


async def _chosen(connection: AsyncConnection, conditions: Sequence[Any]) -> Sequence[Any]:
    """A batch of plans, the first to lapse first, whose lines are locked now."""
    query = (
        select(*_PLAN)
        .where(*conditions)
        .order_by(PlanAssignmentRow.lapses_at, PlanAssignmentRow.id)
        .limit(BATCH)
    )
    found = (await connection.execute(query)).all()
    for account_id, rows in _by_account(found):
        lines = sorted({f"esim_line:{row.esim_line_id}" for row in rows})
        await lock_subjects(connection, account_id, lines)
    return found


def _by_account(rows: Iterable[Any]) -> list[tuple[int, list[Any]]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.account_id].append(row)
    return sorted(found.items())
