"""`esim-orders order retry --without-workflow`: restart everything unfinished that has no workflow."""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from models.errors import Refused, Unavailable
from models.people.callers import Caller
from starter.cli.operations.retry_many import KINDS, counted
from starter.cli.output import print_json, print_table, say, warn
from starter.cli.questions import confirmed
from starter.cli.session import caller, run, settings

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Coroutine

    from starter.operations.recovery import RecoveryDesk, Restart
    from store.operations.unfinished import Waiting


def start_lost(*, yes: bool, json: bool) -> None:
    """Ask for confirmation, restart all with a progress bar, and print the number of each outcome. The
    Schedule of the sweep is made again also where no work was lost.

    It may be interrupted and repeated. Exit code 3: some could not be started.
    """

    async def find() -> "list[Waiting]":
        async with _recovery() as (recovery, who):
            return await recovery.find(who)

    found = run(find)
    if found and not yes and not confirmed(f"Start {counted(found)}?"):
        raise Refused.because("not_confirmed")

    async def call(report: "Callable[[int], None]") -> "list[Restart]":
        async with _recovery() as (recovery, who):
            return await recovery.start(who, found, report)

    done = _counted(len(found), call) if found else run(lambda: call(lambda _: None))
    if json:
        print_json(_document(done))
    elif found:
        _print(done)
    else:
        say("Everything unfinished has its workflow.")
    if any(one.outcome.name == "FAILED" for one in done):
        raise Unavailable("temporal", "Some could not be started; the same command tries them again.")


def _counted(
    count: int, call: "Callable[[Callable[[int], None]], Coroutine[Any, Any, list[Restart]]]"
) -> "list[Restart]":
    """Run the call with a progress bar; after Ctrl-C, say how many were done."""
    so_far = 0

    with _bar(count) as show:

        def report(done: int) -> None:
            nonlocal so_far
            so_far = done
            show(done)

        try:
            return run(lambda: call(report))
        except KeyboardInterrupt:
            warn(f"{so_far} of {count} are done; the same command continues with the rest.")
            raise


@asynccontextmanager
async def _recovery() -> "AsyncIterator[tuple[RecoveryDesk, Caller]]":
    from starter.operations.recovery import RecoveryDesk  # noqa: PLC0415  only where something was lost

    async with RecoveryDesk.open(settings()) as recovery:
        yield recovery, await caller(recovery.database)


@contextmanager
def _bar(count: int) -> "Iterator[Callable[[int], None]]":
    """A progress bar on stderr, if it is a terminal."""
    shown = Console(stderr=True)
    columns = (TextColumn("started"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=shown, transient=True, disable=not shown.is_terminal) as bar:
        task = bar.add_task("started", total=count)
        yield lambda done: bar.update(task, completed=done)


def _print(done: "Sequence[Restart]") -> None:
    counts = Counter((one.outcome.value, KINDS.get(one.kind, one.kind)) for one in done)
    rows = [(count, kind, outcome) for (outcome, kind), count in sorted(counts.items())]
    print_table("Without a workflow", ("number", "what", "outcome"), rows, whole=("number",))


def _document(done: "Sequence[Restart]") -> dict[str, object]:
    from starter.operations.restarts import Restarted  # noqa: PLC0415

    counts = Counter(one.outcome for one in done)
    return {
        "found": len(done),
        **{outcome.name.lower(): counts[outcome] for outcome in Restarted},
        "each": [{"id": one.id, "kind": one.kind, "outcome": one.outcome.name.lower()} for one in done],
    }
