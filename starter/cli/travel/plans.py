"""`esim-orders travel plans ...`: travel plans and the rates that choose their profiles."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Annotated

import typer

from models.errors import Refused
from models.files.table import SentFile
from models.people.callers import Caller
from models.travel.plan_views import PlanDetails, RatesReport
from starter.cli.imports import DryRun, File, Mapping, SaveMap, import_file
from starter.cli.output import JsonFlag, print_json, say
from starter.cli.session import run_at
from starter.cli.travel import plan_tables
from starter.cli.travel.app import app as travel
from starter.cli.travel.arguments import Account, OneAccount, ThePlan

if TYPE_CHECKING:
    from models.imports import Progress
    from starter.travel.plans import PlanDesk
    from store.session import Database

app = typer.Typer(help="Travel plans: list, import, edit, and choose their profiles.", no_args_is_help=True)
travel.add_typer(app, name="plans")

Countries = Annotated[
    list[str] | None,
    typer.Option("--country", metavar="COUNTRY", help="Name in English or French, or code; repeatable."),
]
Data = Annotated[str | None, typer.Option("--data", help="Data volume: 1 GB, 500 MB.")]
Price = Annotated[str | None, typer.Option("--price", help="Price, such as 9.90.")]
Currency = Annotated[str | None, typer.Option("--currency", metavar="USD|EUR|...", help="Of the price.")]
Months = Annotated[
    int | None, typer.Option("--shelf-life", metavar="MONTHS", help="It lapses if it is not used so long.")
]
Complimentary = Annotated[
    bool | None,
    typer.Option("--complimentary/--paid-only", help="Whether it may be given free of charge."),
]


@app.command(name="list")
def list_plans(
    account: Account = None,
    withdrawn: Annotated[
        bool | None, typer.Option("--withdrawn/--on-sale", help="Only those that are, or are not, withdrawn.")
    ] = None,
    json: JsonFlag = False,
) -> None:
    """List travel plans with their countries, price and IMSI profile."""
    found = run_at(_desk, lambda desk, who: desk.plans(who, account, withdrawn=withdrawn))
    if json:
        print_json(found)
    else:
        plan_tables.print_plans(found)


@app.command()
def show(plan: ThePlan, json: JsonFlag = False) -> None:
    """Show a plan, what it costs with each IMSI profile, and so why it has its profile."""
    _call(lambda desk, who: desk.plan(who, plan), json=json)


@app.command(name="import")
def import_plans(  # noqa: PLR0917  options of a command
    file: File,
    account: OneAccount = None,
    mapping: Mapping = None,
    save_map: SaveMap = False,
    dry_run: DryRun = False,
    json: JsonFlag = False,
) -> None:
    """Import travel plans from a file: all rows or none. Plans that it does not name stay.

    Its columns: name, countries (separated by semicolons), data, price, currency, and if wanted
    shelf_life_months, complimentary.
    What they hold, with an example: docs/import.md.
    """

    async def take_over(
        desk: "PlanDesk", who: Caller, content: SentFile, progress: "Progress | None"
    ) -> RatesReport:
        return await desk.import_plans(who, account, content, dry_run, progress)

    _print_profiles(import_file(file, _desk, take_over, mapping, save=save_map, json=json), json=json)


@app.command(name="rates")
def import_rates(  # noqa: PLR0917  options of a command
    file: File,
    account: OneAccount = None,
    mapping: Mapping = None,
    save_map: SaveMap = False,
    dry_run: DryRun = False,
    json: JsonFlag = False,
) -> None:
    """Replace all rates of an account by those of a file, and choose the profiles of its plans anew.

    Its columns: country, network, imsi (the profile), data (price of a MB), and if wanted vpmn. Others are
    not read.
    What they hold, with an example: docs/import.md.
    """

    async def take_over(
        desk: "PlanDesk", who: Caller, content: SentFile, progress: "Progress | None"
    ) -> RatesReport:
        return await desk.import_rates(who, account, content, dry_run, progress)

    _print_profiles(import_file(file, _desk, take_over, mapping, save=save_map, json=json), json=json)


@app.command()
def create(  # noqa: PLR0917  options of a command
    name: Annotated[str, typer.Argument(metavar="NAME", help="Name of the plan, such as Euro 1.")],
    countries: Annotated[
        list[str],
        typer.Option("--country", metavar="COUNTRY", help="Name in English or French, or code; repeatable."),
    ],
    data: Annotated[str, typer.Option("--data", help="Data volume: 1 GB, 500 MB.")],
    price: Annotated[str, typer.Option("--price", help="Price, such as 9.90.")],
    currency: Annotated[str, typer.Option("--currency", metavar="USD|EUR|...", help="Of the price.")],
    months: Months = None,
    complimentary: Complimentary = None,
    account: OneAccount = None,
    json: JsonFlag = False,
) -> None:
    """Create a travel plan. Its profile is the cheapest that covers all of its countries."""
    _call(
        lambda desk, who: desk.create_plan(
            who,
            account,
            name,
            countries=countries,
            data=data,
            price=price,
            currency=currency,
            shelf_life_months=months,
            complimentary=complimentary,
        ),
        json=json,
    )


@app.command()
def edit(  # noqa: PLR0917  options of a command
    plan: ThePlan,
    name: Annotated[str | None, typer.Option("--name", help="New name.")] = None,
    countries: Countries = None,
    data: Data = None,
    price: Price = None,
    currency: Currency = None,
    months: Months = None,
    complimentary: Complimentary = None,
    json: JsonFlag = False,
) -> None:
    """Edit a travel plan. What was sold of it stays as it was."""
    _call(
        lambda desk, who: desk.edit_plan(
            who,
            plan,
            name=name,
            countries=countries or None,
            data=data,
            price=price,
            currency=currency,
            shelf_life_months=months,
            complimentary=complimentary,
        ),
        json=json,
    )


@app.command()
def pin(
    plan: ThePlan,
    profile: Annotated[int | None, typer.Argument(metavar="[PROFILE]", help="Such as 2, 7 or 10.")] = None,
    none: Annotated[bool, typer.Option("--none", help="The cheapest profile again.")] = False,
    json: JsonFlag = False,
) -> None:
    """Pin a plan to an IMSI profile, whatever the rates say. eSIM lines keep theirs."""
    if none is (profile is not None):
        raise Refused.because("profile_needed")
    _call(lambda desk, who: desk.pin_plan(who, plan, profile), json=json)


@app.command()
def withdraw(
    plan: ThePlan,
    again: Annotated[bool, typer.Option("--again", help="Offer it again instead.")] = False,
    json: JsonFlag = False,
) -> None:
    """Withdraw a plan, so that it is not sold any more. What was sold of it stays."""
    _call(lambda desk, who: desk.withdraw_plan(who, plan, again=again), json=json)


def _desk(database: "Database") -> "PlanDesk":
    from starter.travel.plans import PlanDesk  # noqa: PLC0415

    return PlanDesk(database)


def _call(call: Callable[["PlanDesk", Caller], Awaitable[PlanDetails]], *, json: bool) -> None:
    found = run_at(_desk, call)
    if json:
        print_json(found)
    else:
        plan_tables.print_plan(found)


def _print_profiles(report: RatesReport, *, json: bool) -> None:
    if not json:
        for change in report.profiles:
            say(plan_tables.moved(change, dry_run=report.dry_run))
