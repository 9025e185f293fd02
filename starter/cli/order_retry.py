"""`esim-orders order retry`: let a held order go on, or many, and say what became of them."""

import asyncio
from collections.abc import Sequence
from enum import Enum
from typing import Annotated

import typer
from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.service import RPCError

from models.errors import PartAway, Refused
from models.inventory import EventView, OrderView
from models.lifecycle import OPEN
from starter.cli.language import held as hold_sentence
from starter.cli.order_retry_many import retry_many
from starter.cli.order_views import Actor, parse_order_id
from starter.cli.output import JsonFlag, print_json, say, warn
from starter.cli.session import CHECK_FAILED, order_desk, run, settings
from starter.order_book import OrderBook
from starter.temporal import connect
from workflows.search_attributes import ATTENTION

WATCHED_SECONDS = 3.0
"""How long the order is watched after the retry: a mail that is refused again is so at once."""
SETTLED_SECONDS = 0.7
"""How long it is still watched once something was done that it was held for."""
LOOK_EVERY_SECONDS = 0.1
_DONE = frozenset({"mail.sent", "mail.given_up", "order.provider_processing", "order.processed"})
_FAILED = frozenset({"mail.failed", "mail.uncertain"})


class Outcome(Enum):
    """What became of a retry while the order was watched."""

    GOES_ON = "goes on"
    STARTED_AGAIN = "is started again"
    HELD_AGAIN = "is held again"
    NOTHING_YET = "nothing was done yet"


Order = Annotated[str | None, typer.Argument(metavar="ORDER", help="Id of one order (order-...).")]
Query = Annotated[
    str | None,
    typer.Option("--query", metavar="Q", help="All held that this query of Temporal selects."),
]
AllHeld = Annotated[bool, typer.Option("--all-held", help="All that are held.")]
Reason = Annotated[
    str | None, typer.Option("--reason", metavar="CODE", help="All held for this, such as mail_unavailable.")
]
Yes = Annotated[bool, typer.Option("--yes", help="Retry many without asking.")]


def retry(  # noqa: PLR0917  options of a command
    order: Order = None,
    query: Query = None,
    all_held: AllHeld = False,
    reason: Reason = None,
    actor: Actor = "operator",
    yes: Yes = False,
    json: JsonFlag = False,
) -> None:
    """Let a held order go on, or start an open order again whose workflow was terminated.

    The order is watched for some seconds: exit code 1 says that it is held again. With --query, --reason or
    --all-held, all held orders, requests for QR codes and notifications that are selected go on at once.
    """
    many = bool(query) or all_held or reason is not None
    if many is (order is not None):
        raise Refused.because("selection_invalid")
    if order is None:
        retry_many(query, reason, actor, yes=yes, json=json)
    else:
        _retry_one(order, actor, json=json)


def _retry_one(order: str, actor: str, *, json: bool) -> None:
    outcome, view = run(lambda: _retry(parse_order_id(order), actor))
    if outcome is Outcome.NOTHING_YET:
        raise PartAway("worker", f"{view.id} is still held: no worker took the retry up; it may do so later.")
    if json:
        retried = {"order_id": view.id, "status": view.status, "retried": True}
        print_json({**retried, "held_reason": view.held_reason, "outcome": outcome.name.lower()})
    elif outcome is Outcome.HELD_AGAIN:
        warn(f"{view.id} is held again: {hold_sentence(str(view.held_reason))}")
    else:
        say(f"{view.id} {outcome.value}.")
    if outcome is Outcome.HELD_AGAIN:
        raise SystemExit(CHECK_FAILED)


async def _retry(order_id: str, actor: str) -> tuple[Outcome, OrderView]:
    async with order_desk() as desk:
        before = await desk.order(order_id)
        client = await connect(settings())
        runs, held = await _workflow(client, order_id)
        if before.status in OPEN and not runs:
            await desk.retry(order_id, actor=actor)
            if before.held_reason is None:
                return Outcome.STARTED_AGAIN, await desk.order(order_id)
            return await _watched(desk, before)
        if not held and before.held_reason is None:
            raise Refused.because("not_held")
        await desk.retry(order_id, actor=actor)
        return await _watched(desk, before)


async def _workflow(client: Client, order_id: str) -> tuple[bool, bool]:
    """Whether the order's workflow runs, and whether it waits for a person; its row may say so later."""
    try:
        found = await client.get_workflow_handle(order_id).describe()
    except RPCError:  # the desk says why
        return False, False
    runs = found.status is WorkflowExecutionStatus.RUNNING
    return runs, runs and found.typed_search_attributes.get(ATTENTION) is not None


async def _watched(book: OrderBook, before: OrderView) -> tuple[Outcome, OrderView]:
    """Look at the order until it is held again or has settled."""
    loop = asyncio.get_running_loop()
    until = loop.time() + WATCHED_SECONDS
    settling = False
    while True:
        view = await book.order(before.id)
        news = view.events[len(before.events) :]
        if view.held_reason is not None and _failed_again(before, view, news):
            return Outcome.HELD_AGAIN, view
        if view.held_reason is None and view.status not in OPEN:
            return Outcome.GOES_ON, view
        if not settling and view.held_reason is None and any(event.type in _DONE for event in news):
            settling, until = True, min(until, loop.time() + SETTLED_SECONDS)
        if loop.time() >= until:
            return (Outcome.GOES_ON if view.held_reason is None else Outcome.NOTHING_YET), view
        await asyncio.sleep(LOOK_EVERY_SECONDS)


def _failed_again(before: OrderView, now: OrderView, news: Sequence[EventView]) -> bool:
    return now.held_since != before.held_since or any(event.type in _FAILED for event in news)
