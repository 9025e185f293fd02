"""`esim-orders order retry` and `qr retry`: resume what is held, and print the outcome."""

import re
from typing import Annotated

import typer

from models.errors import Refused, Unavailable
from models.identifiers import (
    JOB_ID_PATTERN,
    LICENCE_REQUEST_ID_PATTERN,
    NUMBER_CHANGE_ID_PATTERN,
    TRAVEL_LINE_ID_PATTERN,
    TRAVEL_NOTICE_ID_PATTERN,
    USER_MAIL_ID_PATTERN,
)
from models.operations.retries import Outcome, Retried
from models.orders.lifecycle import HoldReason
from starter.cli.codes.arguments import parse_id
from starter.cli.operations.retry_many import retry_many, retry_named
from starter.cli.operations.start_lost import start_lost
from starter.cli.orders.list_and_show import parse_order_id
from starter.cli.output import JsonFlag, print_json, say, warn
from starter.cli.session import CHECK_FAILED, caller, run, settings

_AS_PRINTED = (
    NUMBER_CHANGE_ID_PATTERN,
    LICENCE_REQUEST_ID_PATTERN,
    TRAVEL_NOTICE_ID_PATTERN,
    TRAVEL_LINE_ID_PATTERN,
    USER_MAIL_ID_PATTERN,
    JOB_ID_PATTERN,
)
_QUERY = typer.Option("--query", metavar="Q", help="Everything held that this Temporal query selects.")
_REASON = typer.Option(
    "--reason", metavar="CODE", help="Everything held for this reason, such as mail_unavailable."
)

Ids = Annotated[
    list[str] | None,
    typer.Argument(metavar="ID", help="Id of an order (order-...), or of other work, as doctor prints it."),
]
Query = Annotated[str | None, _QUERY]
AllHeld = Annotated[bool, typer.Option("--all-held", help="Everything that is held, of any kind.")]
Reason = Annotated[str | None, _REASON]
WithoutWorkflow = Annotated[
    bool,
    typer.Option(
        "--without-workflow", help="Restart everything unfinished that has no workflow, as after a loss."
    ),
]
Yes = Annotated[bool, typer.Option("--yes", help="Retry many without asking.")]


def retry(  # noqa: PLR0917  options of a command
    ids: Ids = None,
    query: Query = None,
    all_held: AllHeld = False,
    reason: Reason = None,
    without_workflow: WithoutWorkflow = False,
    yes: Yes = False,
    json: JsonFlag = False,
) -> None:
    """Resume what is held, or restart what is open and whose workflow was terminated.

    One is watched for some seconds: exit code 1 says that it is held again. With --query, --reason or
    --all-held, all selected orders, requests for QR codes and notifications are resumed at once. With
    --without-workflow, everything that is unfinished and has no workflow is restarted, such as after
    Temporal's data was lost.
    """
    chosen = (query is not None or reason is not None, all_held, bool(ids), without_workflow)
    if chosen.count(True) != 1:
        raise Refused.because("selection_invalid")
    if without_workflow:
        return start_lost(yes=yes, json=json)
    named = [parse_work_id(text) for text in ids or ()]
    if len(named) == 1:
        _retry_one(named[0], json=json)
    elif named:
        retry_named(named, yes=yes, json=json)
    else:
        retry_many(query, reason, yes=yes, json=json)
    return None


def parse_work_id(text: str) -> str:
    """Parse the id of any work that can be held, as `doctor` prints it. Raises `Refused`."""
    wanted = text.strip().lower()
    for what in ("request", "notification"):
        if wanted.startswith(f"qr-{what}"):
            return parse_id(wanted, what)
    if any(re.fullmatch(pattern, wanted) for pattern in _AS_PRINTED):
        return wanted
    return parse_order_id(text)


def _retry_one(workflow_id: str, *, json: bool) -> None:
    from starter.operations.retry import RetryDesk  # noqa: PLC0415  no other command needs these

    async def call() -> Retried:
        async with RetryDesk.open(settings()) as retrying:
            return await retrying.one(await caller(retrying.database), workflow_id)

    done = run(call)
    if done.outcome is Outcome.NOTHING_YET:
        sentence = f"{done.id} is still held: no worker has processed the retry yet; it may do so later."
        raise Unavailable("worker", sentence)
    again = done.outcome is Outcome.HELD_AGAIN
    if json:
        held = done.reason if again else None
        facts = {"id": done.id, "kind": done.kind, "retried": True}
        print_json({**facts, "held_reason": held, "outcome": done.outcome.name.lower()})
    elif again:
        warn(f"{done.id} is held again: {HoldReason(done.reason).sentence}")
    else:
        say(f"{done.id} {done.outcome.value}.")
    if again:
        raise SystemExit(CHECK_FAILED)
