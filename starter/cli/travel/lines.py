"""`esim-orders travel lines | line`: eSIM lines with their plans, and what was reported of one."""

from typing import TYPE_CHECKING, Annotated

import typer

from starter.cli.language import worded
from starter.cli.output import JsonFlag, how_many, print_json, warn
from starter.cli.session import run_at
from starter.cli.travel import line_tables
from starter.cli.travel.app import app
from starter.cli.travel.arguments import Account, Line

if TYPE_CHECKING:
    from starter.travel.lines import LineBook
    from store.session import Database

SHOWN = 100
"""eSIM lines that a table shows without `--limit`."""


@app.command()
def lines(
    subscriber: Annotated[
        str | None,
        typer.Option("--subscriber", help="Only of: phone number, e-mail address, full name, or SB-4."),
    ] = None,
    account: Account = None,
    limit: Annotated[int | None, how_many(f"How many; {SHOWN} unless --json.")] = None,
    json: JsonFlag = False,
) -> None:
    """List eSIM lines with their subscribers, eSIMs and plans, the latest first."""
    shown = limit or SHOWN
    wanted = limit if json else shown + 1
    found = run_at(_book, lambda book, who: book.lines(who, account, subscriber=subscriber, limit=wanted))
    if json:
        print_json(found)
        return
    line_tables.print_lines(found[:shown])
    if len(found) > shown:
        warn(worded("There are more than {shown} eSIM lines; see --limit and --subscriber.", shown=shown))


@app.command()
def line(name: Line, json: JsonFlag = False) -> None:
    """Show an eSIM line with its plans, and what was reported of it."""
    found = run_at(_book, lambda book, who: book.line(who, name))
    if json:
        print_json(found)
    else:
        line_tables.print_line(found)


def _book(database: "Database") -> "LineBook":
    from starter.travel.lines import LineBook  # noqa: PLC0415

    return LineBook(database)
