"""What waits for a person: work without a workflow, work that is held, mails that nobody has got."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Sequence
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncConnection
from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.service import RPCError, RPCStatusCode

from models.not_sent import NotSentReason
from starter.checks import UNKNOWN, Check, within
from starter.temporal import reached, temporal_away
from store import figures, standing
from store.session import Database
from store.standing import WaitsToGoOut

PATIENCE = 15.0
"""Seconds: all open workflows are listed."""
LATE = timedelta(hours=1)
OVERDUE = timedelta(minutes=15)
NAMED = 10
"""So many are named; whether more than `LOOKED_AT` are without a workflow is not looked at one by one."""
LOOKED_AT = 100
_AT_ONCE = 10

_SILENT = "The database does not answer; see ESIM_DATABASE_URL."
_OURS = "ExecutionStatus = 'Running' AND WorkflowType IN ('EsimOrder', 'EsimQrRequest')"


async def workflows(client: Client, database: Database) -> list[Check]:
    """Whether all that is open has a workflow: what was terminated in Temporal stands still for ever."""

    async def ask() -> standing.OpenIds:
        async with database.reading() as connection:
            return await standing.open_ids(connection)

    kinds = (("orders", "order retry ORDER"), ("qr_requests", "qr retry REQUEST"))
    known, away = await within(ask, _SILENT)
    if known is None:
        return [Check(name, ok=False, sentence=away) for name, _ in kinds]
    silent = UNKNOWN.format("Temporal")
    gone, away = await within(lambda: _without_workflow(client, known), silent, PATIENCE)
    if gone is None:
        return [Check(name, ok=False, sentence=silent) for name, _ in kinds]
    counted = zip(kinds, (known.orders, known.requests), (gone.orders, gone.requests), strict=True)
    return [_told(name, command, len(all_open), lost) for (name, command), all_open, lost in counted]


def _told(name: str, command: str, number: int, lost: Sequence[str]) -> Check:
    what = name.replace("qr_", "QR ")
    if not lost:
        return Check(name, ok=True, sentence=f"Open {what}: {number}; each has its workflow.")
    sentence = f"Open {what} whose workflow was terminated: {_named(lost)}. Run: esim-orders {command}"
    return Check(name, ok=False, sentence=sentence)


async def _without_workflow(client: Client, known: standing.OpenIds) -> standing.OpenIds:
    if not known.orders and not known.requests:
        return known
    try:
        with reached():
            running = {row.id async for row in client.list_workflows(_OURS, page_size=1000)}
    except RPCError:
        raise temporal_away() from None
    suspects = [name for name in (*known.orders, *known.requests) if name not in running]
    lost = await _gone(client, suspects[:LOOKED_AT])  # the list lags behind
    return standing.OpenIds(
        tuple(name for name in known.orders if name in lost),
        tuple(name for name in known.requests if name in lost),
    )


async def _gone(client: Client, names: Collection[str]) -> set[str]:
    at_once = asyncio.Semaphore(_AT_ONCE)

    async def runs(name: str) -> bool:
        async with at_once:
            try:
                found = await client.get_workflow_handle(name).describe()
            except RPCError as failure:
                if failure.status is RPCStatusCode.NOT_FOUND:
                    return False
                raise temporal_away() from None
        return found.status is WorkflowExecutionStatus.RUNNING

    return {
        name
        for name, it_runs in zip(names, await asyncio.gather(*map(runs, names)), strict=True)
        if not it_runs
    }


async def held(database: Database) -> Check:
    """What waits for a person, by reason."""

    async def ask() -> figures.Figures:
        async with database.reading() as connection:
            return await figures.held(connection)

    found, away = await within(ask, _SILENT)
    if found is None:
        return Check("held", ok=False, sentence=away)
    counts: dict[str, list[str]] = {}
    for (what, reason), number in sorted(found.items()):
        if number:
            counts.setdefault(what, []).append(f"{reason} {number:.0f}")
    if not counts:
        return Check("held", ok=True, sentence="Nothing waits for a person.")
    names = {figures.ORDER: "orders", figures.REQUEST: "QR requests", figures.NOTIFICATION: "notifications"}
    all_of_them = "; ".join(f"{names[what]}: {', '.join(reasons)}" for what, reasons in counts.items())
    sentence = (
        f"Held {all_of_them}. Mend the cause (docs/operations.md), then run: "
        "esim-orders order retry --reason REASON"
    )
    return Check("held", ok=False, sentence=sentence)


async def not_sent(database: Database) -> Check:
    """Whether every e-mail and every call to a provider has gone out: red from the first failure on."""

    async def ask() -> list[WaitsToGoOut]:
        async with database.reading() as connection:
            return await standing.not_sent(connection)

    found, away = await within(ask, _SILENT)
    if found is None:
        return Check("not_sent", ok=False, sentence=away)
    if not found:
        return Check("not_sent", ok=True, sentence="Everything that was to go out has gone out.")
    reasons = Counter(waits.reason for waits in found)
    by_reason = "; ".join(
        f"{reason} {number} ({NotSentReason(reason).sentence})" for reason, number in sorted(reasons.items())
    )
    names = tuple(dict.fromkeys(waits.id for waits in found))
    sentence = (
        f"Not gone out yet since {found[0].since:%Y-%m-%d %H:%M:%S} UTC: {_named(names)}. {by_reason} "
        "What is not held is tried again by itself. Correct the cause (docs/operations.md)."
    )
    return Check("not_sent", ok=False, sentence=sentence, names=names)


async def owed(database: Database) -> Check:
    """Whether orders have done what they owe outside the database, also those that have ended."""
    return await _late(
        database,
        "owed",
        lambda connection: standing.overdue(connection, OVERDUE),
        "No order owes an e-mail or a follow-up for over 15 minutes.",
        "Orders that owe an e-mail or a follow-up for over 15 minutes: {}. "
        "Run: esim-orders order retry ORDER",
    )


async def unsent_notifications(database: Database) -> Check:
    """Whether everybody who was to be told of a code has been."""
    return await _late(
        database,
        "notifications",
        lambda connection: standing.unsent_notifications(connection, LATE),
        "No notification waits for longer than an hour.",
        "Notifications of QR codes that wait for longer than an hour: {}. Run: esim-orders qr "
        "retry NOTIFICATION, or qr revoke NOTIFICATION and qr notify",
    )


async def _late(
    database: Database,
    name: str,
    find: Callable[[AsyncConnection], Awaitable[list[str]]],
    fine: str,
    late: str,
) -> Check:
    async def ask() -> list[str]:
        async with database.reading() as connection:
            return await find(connection)

    found, away = await within(ask, _SILENT)
    if found is None:
        return Check(name, ok=False, sentence=away)
    return Check(name, ok=not found, sentence=late.format(_named(found)) if found else fine)


def _named(names: Sequence[str]) -> str:
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return ", ".join(names[:NAMED]) + more
