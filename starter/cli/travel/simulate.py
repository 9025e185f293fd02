"""`esim-orders travel simulate`: play a phone that installs an eSIM, travels, connects and uses data.

It reports what a network and a phone would, so it is refused on anything but a sandbox with a clock.
"""

import uuid
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from models.errors import Refused
from models.travel.volumes import parse_volume
from starter.cli.language import worded
from starter.cli.operations.clock import clock_desk
from starter.cli.output import JsonFlag, print_json
from starter.cli.session import run, settings
from starter.cli.travel.app import app
from starter.cli.travel.line_tables import print_reports

if TYPE_CHECKING:
    from models.people.callers import Caller
    from models.travel.reports import ReportView
    from starter.operations.clock import ClockDesk
    from starter.travel.reports import ReportDesk

DAY = timedelta(days=1)
MOST_DAYS = 366

Line = Annotated[str, typer.Argument(metavar="LINE", help="The eSIM line: EL-9, or the ICCID of its eSIM.")]
Country = Annotated[
    str, typer.Option("--country", help="Where the phone is: a name, an ISO code, or 901 for at sea.")
]
Days = Annotated[int, typer.Option("--days", min=1, max=MOST_DAYS, help="For how many days it travels.")]
Data = Annotated[str, typer.Option("--data", help="What it uses each day, such as 200MB/day.")]


@app.command()
def simulate(
    line: Line, country: Country, days: Days = 1, data: Data = "100MB/day", json: JsonFlag = False
) -> None:
    """Play a phone that installs the eSIM, travels to a country, connects there and uses data every day.

    Only in a sandbox with a clock: between two days the clock is advanced by a day, so that all that comes
    due meanwhile happens, too.
    """
    used = _volume(data)

    async def play() -> list["ReportView"]:
        from starter.travel.reports import ReportDesk  # noqa: PLC0415

        async with clock_desk() as (clock, who, mark), ReportDesk.open(settings()) as desk:
            time = _Time(clock, mark)
            await time.check()
            return await _travel(_Phone(desk, who, line, country), time, days, used)

    reports = run(play)
    if json:
        print_json(reports)
        return
    print_reports(worded("Reports"), reports)


class _Time:
    """The clock of the sandbox, which the simulation moves as its operator, not as the one who reports."""

    def __init__(self, clock: "ClockDesk", mark: str | None) -> None:
        from starter import callers  # noqa: PLC0415

        self._clock = clock
        self._mark = mark
        self._operator = callers.operator()

    async def check(self) -> None:
        """Raise `Refused` where there is no such clock, before anything is reported."""
        await self._clock.show(self._operator, self._mark)

    async def pass_a_day(self) -> None:
        """Advance the clock by a day."""
        await self._clock.advance(self._operator, self._mark, DAY)


class _Phone:
    """The phone with the eSIM of this line, in this country."""

    def __init__(self, desk: "ReportDesk", who: "Caller", line: str, country: str) -> None:
        self._desk = desk
        self._who = who
        self._line = line
        self._country = country
        self._journey = uuid.uuid4().hex

    async def install(self) -> "ReportView":
        """Download the eSIM."""
        return await self._desk.installed(self._who, self._line, key=f"{self._journey}-installed")

    async def connect(self, day: int) -> "ReportView":
        """Connect to a network."""
        key = f"{self._journey}-connected-{day}"
        return await self._desk.connect(self._who, self._line, self._country, key)

    async def use(self, day: int, used: int) -> "ReportView":
        """Use so many bytes."""
        key = f"{self._journey}-used-{day}"
        return await self._desk.usage(self._who, self._line, self._country, used, key)


async def _travel(phone: _Phone, time: _Time, days: int, used: int) -> list["ReportView"]:
    reports = [await phone.install()]
    for day in range(days):
        if day:
            await time.pass_a_day()
        reports.append(await phone.connect(day))
        if used:
            reports.append(await phone.use(day, used))
    return reports


def _volume(text: str) -> int:
    try:
        return parse_volume(text.strip().removesuffix("/day"))
    except ValueError:
        raise Refused.because("volume_invalid") from None
