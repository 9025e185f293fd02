"""`esim-orders order retry` for many: by ids, by a query, by a reason, or everything that is held."""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import Progress as Bar

from models.errors import Refused, Unavailable
from models.people.callers import Caller
from starter.cli.output import print_json, print_table, say, warn
from starter.cli.questions import confirmed
from starter.cli.session import CHECK_FAILED, UNAVAILABLE, caller, run, settings
from wording.counts import HELD, listed

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from models.operations.retries import Held, Retried
    from starter.operations.retry import Progress, RetryDesk
    from store.operations.unfinished import Waiting

_NAMED = 10
KINDS = {
    "order": "order",
    "qr_request": "QR request",
    "qr_notification": "notification",
    "number_change": "change of a number",
    "licence_request": "request for licences",
    "travel_notice": "notice to the staff",
    "user_mail": "e-mail to a user",
    "travel_line": "eSIM line",
    "job": "job",
}
"""The name of each kind of work."""


def retry_many(query: str | None, reason: str | None, *, yes: bool, json: bool) -> None:
    """Ask for confirmation, resume all that are selected, watch them, and print the number of each outcome.

    Exit code 1: some are held again; 3: none is, but some retries were not processed yet.
    """

    async def select() -> "list[Held]":
        async with _retry() as (retrying, who):
            return await retrying.select(who, query, reason)

    _retry_chosen(run(select), yes=yes, json=json)


def retry_named(ids: Sequence[str], *, yes: bool, json: bool) -> None:
    """Resume those of these ids that are held, as `retry_many`."""

    async def select() -> "list[Held]":
        async with _retry() as (retrying, who):
            return await retrying.select(who, ids=ids)

    _retry_chosen(run(select), yes=yes, json=json)


def _retry_chosen(chosen: "Sequence[Held]", *, yes: bool, json: bool) -> None:
    if not chosen:
        if json:
            print_json(_document([]))
        else:
            say("Nothing of that is held.")
        return
    if not yes and not confirmed(f"Retry {counted(chosen)}?"):
        raise Refused.because("not_confirmed")

    async def call(report: "Progress") -> "list[Retried]":
        async with _retry() as (retrying, who):
            return await retrying.many(who, chosen, report)

    with _bar(len(chosen)) as report:
        done = run(lambda: call(report))
    if json:
        print_json(_document(done))
    else:
        _print(done)
    _end(done)


@asynccontextmanager
async def _retry() -> "AsyncIterator[tuple[RetryDesk, Caller]]":
    from starter.operations.retry import RetryDesk  # noqa: PLC0415  only where something is retried

    async with RetryDesk.open(settings()) as retrying:
        yield retrying, await caller(retrying.database)


@contextmanager
def _bar(count: int) -> "Iterator[Progress]":
    """Progress bars on stderr, if it is a terminal."""
    shown = Console(stderr=True)
    with Bar(console=shown, transient=True, disable=not shown.is_terminal) as bar:
        resumed_bar = bar.add_task("resumed", total=count)
        settled_bar = bar.add_task("settled", total=count)

        def report(resumed: int, settled: int) -> None:
            bar.update(resumed_bar, completed=resumed)
            bar.update(settled_bar, completed=settled)

        yield report


def counted(chosen: "Sequence[Held | Waiting]") -> str:
    """The number of each kind, such as "3 orders, 1 QR request"."""
    return listed(Counter(held.kind for held in chosen), HELD)


def _print(done: "Sequence[Retried]") -> None:
    counts = Counter((one.outcome.value, one.reason, KINDS.get(one.kind, one.kind)) for one in done)
    rows = [(count, kind, outcome, reason) for (outcome, reason, kind), count in sorted(counts.items())]
    print_table("Retried", ("number", "what", "outcome", "held for"), rows, whole=("number",))
    again = [one.id for one in done if one.outcome.name == "HELD_AGAIN"]
    if again:
        more = f" and {len(again) - _NAMED} more" if len(again) > _NAMED else ""
        say(f"Held again: {', '.join(again[:_NAMED])}{more}.")


def _document(done: "Sequence[Retried]") -> dict[str, object]:
    counts = Counter((one.outcome.name.lower(), one.reason) for one in done)
    return {
        "retried": len(done),
        "outcomes": [
            {"outcome": outcome, "reason": reason, "count": count}
            for (outcome, reason), count in sorted(counts.items())
        ],
        "each": [
            {"id": one.id, "kind": one.kind, "outcome": one.outcome.name.lower(), "reason": one.reason}
            for one in done
        ],
    }


def _end(done: "Sequence[Retried]") -> None:
    outcomes = Counter(one.outcome.name for one in done)
    if outcomes["NOTHING_YET"]:
        warn("No worker has processed some of the retries yet; it may do so later.")
    if outcomes["HELD_AGAIN"]:
        raise SystemExit(CHECK_FAILED)
    if outcomes["NOT_REACHED"]:
        raise Unavailable(
            "temporal", "Temporal did not take some of them; the same command tries them again."
        )
    if outcomes["NOTHING_YET"]:
        raise SystemExit(UNAVAILABLE)
