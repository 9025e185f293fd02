"""`esim-orders clock ...`: show and advance the clock of a sandbox that was started by `up --clock`."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from models.errors import Refused
from starter.cli.language import held as held_for
from starter.cli.operations.sandbox import DataDir, ahead, look_in
from starter.cli.output import JsonFlag, full_time, print_json, say, warn
from starter.cli.session import caller, run, settings

if TYPE_CHECKING:
    from models.people.callers import Caller
    from starter.operations.clock import Advanced, Clock, ClockDesk

app = typer.Typer(
    help="The clock of a sandbox that was started by `up --clock`: reminders, plans and links live by it.",
    no_args_is_help=True,
)

By = Annotated[str, typer.Argument(metavar="DURATION", help="ISO 8601, such as P30D or P1DT2H.")]


@app.command()
def show(data_dir: DataDir = None, json: JsonFlag = False) -> None:
    """Show the time of the sandbox's clock, and how far it is ahead."""
    look_in(data_dir)

    async def ask() -> "Clock":
        async with clock_desk() as (desk, who, mark):
            return await desk.show(who, mark)

    clock = run(ask)
    if json:
        print_json(_plain(clock))
    else:
        say(f"The clock is at {_time(clock)}.")


@app.command()
def advance(by: By, data_dir: DataDir = None, json: JsonFlag = False) -> None:
    """Advance the clock, and let everything happen that comes due meanwhile, in its sequence.

    The clock stops at each due time until all steps are done. At a step that keeps failing it stops for good,
    and says how far it came: retry the step, then advance the clock by what is left.
    """
    look_in(data_dir)
    length = _duration(by)

    async def go() -> "Advanced":
        async with clock_desk() as (desk, who, mark):
            return await desk.advance(who, mark, length, _silent if json else _progress)

    done = run(go)
    if json:
        held = [asdict(one) for one in done.held]
        print_json({**_plain(done.clock), "hops": done.hops, "held": held})
        return
    say(f"The clock is at {_time(done.clock)}.")
    for one in done.held:
        say(f"{one.id} is held meanwhile: {held_for(one.reason)}")


@asynccontextmanager
async def clock_desk() -> AsyncIterator[tuple["ClockDesk", "Caller", str | None]]:
    """Open the desk of the clock; yields it, the caller and the mark in the sandbox's folder."""
    from settings import sandbox_clock  # noqa: PLC0415
    from starter.operations.clock import ClockDesk  # noqa: PLC0415

    chosen = settings()
    async with ClockDesk.open(chosen) as desk:
        yield desk, await caller(desk.database), sandbox_clock(chosen.data_dir)


def _duration(text: str) -> timedelta:
    from pydantic import TypeAdapter, ValidationError  # noqa: PLC0415

    from starter.operations.clock import LONGEST  # noqa: PLC0415

    invalid = Refused.because("clock_duration_invalid", most=LONGEST.days)
    if text[:1].upper() != "P":
        raise invalid
    try:
        return TypeAdapter(timedelta).validate_python(text)
    except ValidationError:
        raise invalid from None


def _time(clock: "Clock") -> str:
    return f"{full_time(clock.now)}, {ahead(clock.ahead)}"


def _plain(clock: "Clock") -> dict[str, object]:
    from starter.operations.clock import iso_duration  # noqa: PLC0415

    return {"now": clock.now, "ahead": iso_duration(clock.ahead)}


def _progress(now: datetime, left: timedelta) -> None:
    if left:
        warn(f"{full_time(now)} ...")


def _silent(_: datetime, __: timedelta) -> None:
    """Say nothing: stdout and stderr are for programs."""
