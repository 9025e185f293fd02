"""`esim-orders travel connect | usage | install | reports`: what networks and phones report of eSIM lines."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from models.errors import Refused
from models.travel.reports import AT_SEA, ReportView
from starter.cli.language import outcome, reported, worded
from starter.cli.output import JsonFlag, how_many, print_json, say
from starter.cli.session import call_at
from starter.cli.travel.app import app
from starter.cli.travel.arguments import Key, Line
from starter.cli.travel.line_tables import print_reports

At = Annotated[
    str | None,
    typer.Option("--at", metavar="TIME", help="When, such as 2026-07-01T12:00:00Z; now if not given."),
]
Country = Annotated[
    str,
    typer.Option("--country", metavar="COUNTRY", help=f"Name or code; {AT_SEA} for at sea or in the air."),
]
SHOWN = 100
"""Reports that a table shows without `--limit`."""


@app.command()
def connect(line: Line, country: Country, at: At = None, key: Key = None, json: JsonFlag = False) -> None:
    """Report that the phone has connected to a network abroad: a plan for the country begins.

    The same key is the same report: it counts once.
    """
    from starter.travel.reports import ReportDesk  # noqa: PLC0415

    when = _moment(at)
    _print(call_at(ReportDesk, lambda desk, who: desk.connect(who, line, country, key, when)), json=json)


@app.command()
def usage(  # noqa: PLR0917  options of a command
    line: Line,
    country: Country,
    used: Annotated[
        int, typer.Option("--bytes", metavar="BYTES", help="Data used since the report before, in bytes.")
    ],
    at: At = None,
    key: Key = None,
    json: JsonFlag = False,
) -> None:
    """Report how much data the phone has used in a country since the report before.

    It is counted on the plan that runs there. Give --key or --at, by which a repeat is recognised: the same
    key is the same report, and without one the same time, country and volume are. It counts once.
    """
    from starter.travel.reports import ReportDesk  # noqa: PLC0415

    when = _moment(at)
    _print(call_at(ReportDesk, lambda desk, who: desk.usage(who, line, country, used, key, when)), json=json)


@app.command()
def install(line: Line, at: At = None, key: Key = None, json: JsonFlag = False) -> None:
    """Report that a phone has downloaded the eSIM of the line."""
    from starter.travel.reports import ReportDesk  # noqa: PLC0415

    when = _moment(at)
    _print(call_at(ReportDesk, lambda desk, who: desk.installed(who, line, key, when)), json=json)


@app.command()
def reports(
    line: Line,
    limit: Annotated[int | None, how_many(f"How many; {SHOWN} unless --json.")] = None,
    json: JsonFlag = False,
) -> None:
    """List what was reported of an eSIM line, the latest first, and what it led to."""
    from starter.travel.reports import ReportDesk  # noqa: PLC0415

    wanted = limit if json else limit or SHOWN
    found = call_at(ReportDesk, lambda desk, who: desk.reports(who, line, limit=wanted))
    if json:
        print_json(found)
        return
    print_reports(worded("Reports of eSIM line {line}", line=line), found)


def _moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise Refused.because("time_without_zone") from None
    if moment.tzinfo is None:
        raise Refused.because("time_without_zone")
    return moment.astimezone(UTC)


def _print(found: ReportView, *, json: bool) -> None:
    if json:
        print_json(found)
        return
    plan = f" ({found.plan})" if found.plan else ""
    say(f"EL-{found.esim_line_id}: {reported(found.report)}, {outcome(found.outcome)}{plan}")
