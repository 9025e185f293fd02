"""Check what waits for a person: work without a workflow, held work, e-mails that were not sent."""

from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncConnection
from temporalio.client import Client

from models.identifiers import reference
from models.operations.not_sent import NotSentReason
from models.people.callers import AllAccounts
from starter.operations.readiness import UNKNOWN, Check, within
from starter.operations.recovery import without_workflow
from store.operations import checks, metrics
from store.operations.checks import NotSentYet
from store.operations.unfinished import Waiting, waiting
from store.session import Database
from temporal.connection import answered

WITHIN = 60.0
"""Seconds: all running workflows are listed, and those that the list lacks are described one by one."""
LATE = timedelta(hours=1)
OVERDUE = timedelta(minutes=15)
NAMED = 10
"""How many ids a sentence has; `Check.ids` has all."""
_KINDS = {
    "order": "orders",
    "qr_request": "qr_requests",
    "qr_notification": "qr_notifications",
    "number_change": "number_changes",
    "licence_request": "licence_requests",
    "travel_notice": "travel_notices",
    "user_mail": "user_mails",
    "travel_line": "travel_lines",
    "job": "jobs",
}
"""The name of the check for each kind of work that has a workflow."""
_HELD = {"qr_notification": "notifications"}
"""What a sentence calls held work, where that is not the name of its check."""

FAILING = "ExecutionStatus = 'Running' AND TemporalReportedProblems IS NOT NULL AND TaskQueue = '{queue}'"
_NO_ANSWER = "The database does not answer; see ESIM_DATABASE_URL."


async def workflows(client: Client, database: Database) -> list[Check]:
    """Whether everything unfinished has a workflow; without one it never makes progress."""

    async def ask() -> int:
        async with database.reading() as connection:
            return len(await waiting(connection, AllAccounts()))

    _, unavailable = await within(ask, _NO_ANSWER)
    if unavailable:
        return [Check(name, ok=False, sentence=unavailable) for name in _KINDS.values()]
    silent = UNKNOWN.format("Temporal")
    found, unavailable = await within(
        lambda: without_workflow(client, database, AllAccounts()), silent, WITHIN
    )
    if found is None:
        return [Check(name, ok=False, sentence=unavailable) for name in _KINDS.values()]
    return [_counted(kind, *found) for kind in _KINDS]


def _named_kind(kind: str) -> str:
    """The plural of a kind of work in a sentence, such as "QR requests"."""
    return _KINDS[kind].replace("qr_", "QR ").replace("_", " ")


def _counted(kind: str, known: Sequence[Waiting], without: Sequence[Waiting]) -> Check:
    name, what = _KINDS[kind], _named_kind(kind)
    lost = tuple(one.id for one in without if one.kind == kind)
    if not lost:
        number = sum(one.kind == kind for one in known)
        return Check(name, ok=True, sentence=f"Unfinished {what}: {number}; each has its workflow.")
    sentence = (
        f"Unfinished {what} without a workflow: {_named(lost)}. "
        "Run: esim-orders order retry --without-workflow"
    )
    return Check(name, ok=False, sentence=sentence, ids=lost)


async def failing(client: Client, queue: str) -> Check:
    """Whether the code of any running workflow fails: Temporal retries its task for ever without progress.

    Temporal reports it after five attempts, which take about a minute.
    """

    async def ask() -> list[str]:
        with answered():
            return sorted([row.id async for row in client.list_workflows(FAILING.format(queue=queue))])

    found, unavailable = await within(ask, UNKNOWN.format("Temporal"), WITHIN)
    if found is None:
        return Check("failing", ok=False, sentence=unavailable)
    if not found:
        return Check("failing", ok=True, sentence="The code of no workflow fails.")
    sentence = (
        f"Workflows that make no progress because their code fails: {_named(found)}. "
        'See "An order whose code fails" in docs/operations.md.'
    )
    return Check("failing", ok=False, sentence=sentence, ids=tuple(found))


async def held(database: Database) -> Check:
    """What is held, by reason."""

    async def ask() -> tuple[metrics.Metrics, list[int]]:
        async with database.reading() as connection:
            return await metrics.held(connection), await checks.held_numbers(connection)

    answer, unavailable = await within(ask, _NO_ANSWER)
    if answer is None:
        return Check("held", ok=False, sentence=unavailable)
    found, number_ids = answer
    counts: dict[str, list[str]] = {}
    for (what, reason), number in sorted(found.items()):
        if number:
            counts.setdefault(what, []).append(f"{reason} {number:.0f}")
    if not counts:
        return Check("held", ok=True, sentence="Nothing waits for a person.")
    named = {"number_change": f" ({_named([reference('N', number_id) for number_id in number_ids])})"}
    all_of_them = "; ".join(
        f"{_HELD.get(what, _named_kind(what))}: {', '.join(reasons)}{named.get(what, '')}"
        for what, reasons in counts.items()
    )
    sentence = (
        f"Held {all_of_them}. Fix the cause (docs/operations.md), then run: "
        "esim-orders order retry --reason REASON"
    )
    return Check("held", ok=False, sentence=sentence)


async def not_sent(database: Database) -> Check:
    """Whether every e-mail was sent and every provider called: red from the first failure on."""

    async def ask() -> list[NotSentYet]:
        async with database.reading() as connection:
            return await checks.not_sent(connection)

    found, unavailable = await within(ask, _NO_ANSWER)
    if found is None:
        return Check("not_sent", ok=False, sentence=unavailable)
    if not found:
        return Check("not_sent", ok=True, sentence="Everything that was to go out has gone out.")
    reasons = Counter(unsent.reason for unsent in found)
    by_reason = "; ".join(
        f"{reason} {number} ({NotSentReason(reason).sentence})" for reason, number in sorted(reasons.items())
    )
    ids = tuple(dict.fromkeys(unsent.id for unsent in found))
    named = _named(tuple(dict.fromkeys(map(_with_number, found))))
    sentence = (
        f"Not gone out yet since {found[0].since:%Y-%m-%d %H:%M:%S} UTC: {named}. {by_reason} "
        "What has a workflow and is not held is tried again by itself. "
        "Correct the cause (docs/operations.md)."
    )
    return Check("not_sent", ok=False, sentence=sentence, ids=ids)


async def pending(database: Database) -> Check:
    """Whether orders, ended ones too, have pending e-mails or follow-ups for too long."""
    return await _late(
        database,
        "pending",
        lambda connection: checks.overdue(connection, OVERDUE),
        "No order has had an e-mail or a follow-up pending for over 15 minutes.",
        "Orders with an e-mail or a follow-up pending for over 15 minutes: {}. "
        "Run: esim-orders order retry ORDER",
    )


async def unsent_notifications(database: Database) -> Check:
    """Whether the notifications of QR codes were sent."""
    return await _late(
        database,
        "notifications",
        lambda connection: checks.unsent_notifications(connection, LATE),
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

    found, unavailable = await within(ask, _NO_ANSWER)
    if found is None:
        return Check(name, ok=False, sentence=unavailable)
    return Check(name, ok=not found, sentence=late.format(_named(found)) if found else fine, ids=tuple(found))


def _with_number(unsent: NotSentYet) -> str:
    """The id of what is not sent; of a change with its number."""
    return unsent.id + (f" ({reference('N', unsent.number_id)})" if unsent.number_id else "")


def _named(names: Sequence[str]) -> str:
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return ", ".join(names[:NAMED]) + more
