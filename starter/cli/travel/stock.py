"""`esim-orders travel stock ...`: import and list eSIMs, and set thresholds."""

from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from models.errors import Refused
from models.files.table import SentFile
from models.identifiers import reference
from models.imports import ImportReport, Progress
from models.paging import counted_up
from models.people.callers import Caller
from models.travel.stock_views import MOST_FREE, StockEsim, StockProfile, StockState, stock_csv
from starter.cli.imports import DryRun, File, Mapping, SaveMap, import_there
from starter.cli.language import headings, stock_state, worded
from starter.cli.output import (
    JsonFlag,
    column_time,
    how_many,
    print_json,
    print_table,
    print_text,
    say,
    tell,
    warn,
)
from starter.cli.questions import confirmed
from starter.cli.session import call_at, connected, run_at
from starter.cli.travel.app import app as travel

if TYPE_CHECKING:
    from starter.travel.stock_book import StockBook
    from store.session import Database

app = typer.Typer(help="The stock of travel eSIMs: import, list, thresholds, discard.", no_args_is_help=True)
travel.add_typer(app, name="stock")

Account = Annotated[
    str | None, typer.Option("--account", help="Name of the account; not needed if there is only one.")
]
SHOWN = 100
"""eSIMs that a table shows without `--limit`."""


@app.command(name="import")
def import_stock(  # noqa: PLR0917  options of a command
    file: File,
    account: Account = None,
    mapping: Mapping = None,
    save_map: SaveMap = False,
    dry_run: DryRun = False,
    json: JsonFlag = False,
) -> None:
    """Import eSIMs from a file: all rows or none. Orders that wait for their profiles continue.

    Its columns: iccid, profile, activation_code, and if wanted server (where the code is a matching id),
    confirmation_code, ends_on (the last day on which it can be handed out, such as 2027-12-31), provider.
    What they hold: docs/import.md.
    """
    from starter.travel.stock import StockDesk  # noqa: PLC0415

    async def take_over(
        desk: StockDesk, who: Caller, content: SentFile, progress: Progress | None
    ) -> ImportReport:
        return await desk.import_stock(who, account, content, dry_run, progress)

    import_there(file, partial(connected, StockDesk), take_over, mapping, save=save_map, json=json)


def _book(database: "Database") -> "StockBook":
    from starter.travel.stock_book import StockBook  # noqa: PLC0415

    return StockBook(database)


@app.command(name="list")
def list_stock(  # noqa: PLR0917  options of a command
    account: Account = None,
    profile: Annotated[int | None, typer.Option("--profile", help="Only of this IMSI profile.")] = None,
    state: Annotated[
        str | None, typer.Option("--state", metavar="STATE", help=f"Only: {', '.join(StockState)}.")
    ] = None,
    limit: Annotated[int | None, how_many(f"How many; {SHOWN} unless --json or --csv.")] = None,
    csv: Annotated[bool, typer.Option("--csv", help="Print CSV instead of a table.")] = False,
    json: JsonFlag = False,
) -> None:
    """List the whole stock, and whom each eSIM is allocated to."""
    if csv and json:
        raise typer.BadParameter(worded("--csv and --json exclude each other."))
    shown = limit or SHOWN
    wanted = limit if csv or json else shown + 1
    found = run_at(
        _book, lambda book, who: book.esims(who, account, profile=profile, state=state, limit=wanted)
    )
    if csv:
        print_text(stock_csv(found))
    elif json:
        print_json(found)
    else:
        _print_esims(found[:shown])
        if len(found) > shown:
            more = worded(
                "There are more than {shown} eSIMs; see --limit, --profile and --state.", shown=shown
            )
            warn(more)


@app.command()
def threshold(
    profile: Annotated[
        int | None, typer.Argument(metavar="[PROFILE]", help="IMSI profile, such as 7.")
    ] = None,
    fewest: Annotated[
        int | None, typer.Argument(metavar="[FEWEST]", help="Alert with fewer free eSIMs; 0: never.")
    ] = None,
    account: Account = None,
    json: JsonFlag = False,
) -> None:
    """Show the profiles of the stock with their thresholds, or set the threshold of one."""
    if profile is None or fewest is None:
        found = run_at(_book, lambda book, who: book.profiles(who, account, profile=profile))
    else:
        from starter.travel.stock import StockDesk  # noqa: PLC0415

        found = [call_at(StockDesk, lambda desk, who: desk.set_threshold(who, account, profile, fewest))]
    if json:
        print_json(found if fewest is None else found[0])
    else:
        _print_profiles(found)


@app.command()
def discard(
    esim: Annotated[str, typer.Argument(metavar="ESIM", help="ICCID or id (S-12) of the eSIM.")],
    yes: Annotated[bool, typer.Option("--yes", help="Confirm without asking.")] = False,
    json: JsonFlag = False,
) -> None:
    """Discard an eSIM that lies in stock, such as one whose code was shown. It cannot be brought back."""
    from starter.travel.stock import StockDesk  # noqa: PLC0415

    if not yes:
        call_at(StockDesk, lambda desk, who: desk.check_discard(who, esim))
        question = worded("Discard the eSIM {esim} for ever?", esim=esim)
        if not confirmed(question, otherwise=worded("Nothing was discarded.")):
            raise Refused.because("not_confirmed")
    call_at(StockDesk, lambda desk, who: desk.discard(who, esim))
    tell(worded("{esim}: discarded", esim=esim), json=json, esim=esim, discarded=True)


def _print_esims(esims: list[StockEsim]) -> None:
    if not esims:
        say(worded("There are no such eSIMs."))
    columns = headings("id", "ICCID", "profile", "ends on", "state", "allocated to")
    for account in dict.fromkeys(esim.account for esim in esims):
        rows = [
            (
                reference("S", esim.sim_id),
                esim.iccid,
                esim.profile,
                esim.ends_on,
                stock_state(esim.state),
                _allocated(esim),
            )
            for esim in esims
            if esim.account == account
        ]
        title = worded("Stock of {account}", account=account)
        print_table(title, columns, rows, whole=headings("id", "ICCID"))


def _allocated(esim: StockEsim) -> str | None:
    line = None if esim.esim_line_id is None else reference("EL", esim.esim_line_id)
    subscriber = None if esim.subscriber_id is None else reference("SB", esim.subscriber_id)
    allocated = [line, subscriber] if line else [subscriber, esim.order_id]
    return ", ".join(filter(None, allocated)) or None


def _print_profiles(profiles: list[StockProfile]) -> None:
    if not profiles:
        say(worded("There is no stock."))
    columns = headings("profile", "free", "orders waiting", "threshold", "low since")
    for account in dict.fromkeys(one.account for one in profiles):
        rows = [
            (
                *(one.profile, counted_up(one.free, max(one.threshold, MOST_FREE)), one.waiting),
                *(one.threshold, one.low_since and column_time(one.low_since)),
            )
            for one in profiles
            if one.account == account
        ]
        print_table(worded("Stock of {account}", account=account), columns, rows)
