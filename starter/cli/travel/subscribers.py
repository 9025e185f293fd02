"""`esim-orders travel subscriber ...` and `travel find`: subscribers, and the plans that suit a journey."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from models.files.table import SentFile
from models.identifiers import reference
from models.people.callers import Caller
from models.travel.plan_views import PlanOffer
from models.travel.subscriber_views import SubscriberProfile, SubscriberView
from starter.cli.imports import DryRun, File, Mapping, SaveMap, import_there
from starter.cli.language import headings, worded
from starter.cli.output import (
    JsonFlag,
    how_many,
    is_wide,
    print_facts,
    print_json,
    print_table,
    say,
    warn,
)
from starter.cli.session import call_at, connected, run_at
from starter.cli.travel import line_tables, plan_tables
from starter.cli.travel.app import app as travel
from starter.cli.travel.arguments import Account, OneAccount, TheSubscriber

if TYPE_CHECKING:
    from models.imports import ImportReport, Progress
    from starter.travel.subscriber_book import SubscriberBook
    from starter.travel.subscribers import SubscriberDesk
    from store.session import Database

app = typer.Typer(
    help="Subscribers: list, show with their eSIM lines, add, edit, import.", no_args_is_help=True
)
travel.add_typer(app, name="subscriber")
SHOWN = 100
"""Subscribers that a table shows without `--limit`."""
PHONE = "Phone number with + and the country code. Its country is the subscriber's home."
PLAN = "Their own plan at home, such as Unlimited All."
Bundles = Annotated[
    int | None, typer.Option("--bundles", help="Unlimited bundles: each allows one complimentary eSIM.")
]


@app.command(name="list")
def list_subscribers(
    find: Annotated[
        str | None,
        typer.Argument(
            metavar="[TEXT]",
            help="The beginnings of words of the name, of the address, or the last digits of the number.",
        ),
    ] = None,
    account: Account = None,
    limit: Annotated[int | None, how_many(f"How many; {SHOWN} unless --json.")] = None,
    json: JsonFlag = False,
) -> None:
    """List subscribers with their plans at home; on a wide terminal also their bundles and eSIM lines."""
    shown = limit or SHOWN
    wanted = limit if json else shown + 1
    found = run_at(_book, lambda desk, who: desk.subscribers(who, account, find=find, limit=wanted))
    if json:
        print_json(found)
        return
    _print_list(found[:shown])
    if len(found) > shown:
        warn(worded("There are more than {shown} subscribers; see --limit and --account.", shown=shown))


@app.command()
def show(subscriber: TheSubscriber, json: JsonFlag = False) -> None:
    """Show a subscriber with their eSIM lines and the plans on these."""
    _print(run_at(_book, lambda desk, who: desk.subscriber(who, subscriber)), json=json)


@app.command()
def add(  # noqa: PLR0917  options of a command
    name: Annotated[str, typer.Argument(metavar="NAME", help="Full name of the subscriber.")],
    phone: Annotated[str, typer.Option("--phone", help=PHONE)],
    plan: Annotated[str, typer.Option("--plan", help=PLAN)],
    email: Annotated[
        str | None, typer.Option("--email", help="Address to which QR codes and notices are sent.")
    ] = None,
    bundles: Bundles = None,
    language: Annotated[
        str | None,
        typer.Option("--language", metavar="en|fr", help="Of e-mails; the account's if never set."),
    ] = None,
    account: OneAccount = None,
    json: JsonFlag = False,
) -> None:
    """Add one subscriber, by the rules of the import."""
    _call(
        lambda desk, who: desk.add_subscriber(
            who, account, name, phone, plan, email=email, bundles=bundles, language=language
        ),
        json=json,
    )


@app.command()
def edit(  # noqa: PLR0917  options of a command
    subscriber: TheSubscriber,
    name: Annotated[str | None, typer.Option("--name", help="New name.")] = None,
    phone: Annotated[str | None, typer.Option("--phone", help=PHONE)] = None,
    plan: Annotated[str | None, typer.Option("--plan", help=PLAN)] = None,
    email: Annotated[str | None, typer.Option("--email", help='New address; "" removes it.')] = None,
    bundles: Bundles = None,
    language: Annotated[
        str | None, typer.Option("--language", metavar="en|fr", help='Of e-mails; "" for the account\'s.')
    ] = None,
    json: JsonFlag = False,
) -> None:
    """Edit a subscriber, by the rules of the import. What is left out stays.

    What is held for a subscriber's address continues with it, and QR codes that are not used yet go to it.
    """
    _call(
        lambda desk, who: desk.edit_subscriber(
            who,
            subscriber,
            name=name,
            phone=phone,
            plan=plan,
            email=email,
            bundles=bundles,
            language=language,
        ),
        json=json,
    )


@app.command(name="import")
def import_subscribers(  # noqa: PLR0917  options of a command
    file: File,
    account: OneAccount = None,
    mapping: Mapping = None,
    save_map: SaveMap = False,
    dry_run: DryRun = False,
    json: JsonFlag = False,
) -> None:
    """Import subscribers from a file: all rows or none. Those whom it does not name stay.

    What is held for a subscriber's address continues with it, and QR codes that are not used yet go to it.

    Its columns: name, phone, plan, and if wanted email, bundles, language.
    What they hold, with an example: docs/import.md.
    """
    from starter.travel.subscribers import SubscriberDesk  # noqa: PLC0415

    async def take_over(
        desk: SubscriberDesk, who: Caller, content: SentFile, progress: "Progress | None"
    ) -> "ImportReport":
        return await desk.import_subscribers(who, account, content, dry_run, progress)

    import_there(file, partial(connected, SubscriberDesk), take_over, mapping, save=save_map, json=json)


@travel.command()
def find(
    countries: Annotated[
        list[str],
        typer.Option("--country", metavar="COUNTRY", help="Name in English or French, or code; repeatable."),
    ],
    subscriber: Annotated[
        str | None,
        typer.Option("--subscriber", help="Who travels: phone number, e-mail address, full name, or SB-4."),
    ] = None,
    json: JsonFlag = False,
) -> None:
    """Find the plans that cover all of these countries, cheapest first, and the eSIM that each would use."""
    from starter.travel.plans import PlanDesk  # noqa: PLC0415

    def call(desk: "PlanDesk", who: Caller) -> Awaitable[list[PlanOffer]]:
        return desk.find(who, countries, subscriber)

    found = run_at(PlanDesk, call)
    if json:
        print_json(found)
    else:
        plan_tables.print_offers(found, with_lines=subscriber is not None)


def _book(database: "Database") -> "SubscriberBook":
    from starter.travel.subscriber_book import SubscriberBook  # noqa: PLC0415

    return SubscriberBook(database)


def _call(call: Callable[["SubscriberDesk", Caller], Awaitable[SubscriberProfile]], *, json: bool) -> None:
    from starter.travel.subscribers import SubscriberDesk  # noqa: PLC0415

    _print(call_at(SubscriberDesk, call), json=json)


def _print(found: SubscriberProfile, *, json: bool) -> None:
    if json:
        print_json(found)
    else:
        _print_profile(found)


def _print_list(subscribers: list[SubscriberView]) -> None:
    if not subscribers:
        say(worded("There are no such subscribers."))
    more = headings("bundles", "eSIM lines", "complimentary") if is_wide() else ()
    columns = (*headings("id", "name", "phone", "e-mail", "plan"), *more)
    for account in dict.fromkeys(one.account for one in subscribers):
        rows = [
            (
                reference("SB", one.id),
                one.name,
                one.msisdn,
                one.email,
                one.plan,
                *((one.bundles, one.lines, one.complimentary) if more else ()),
            )
            for one in subscribers
            if one.account == account
        ]
        print_table(account, columns, rows, whole=headings("id", "phone"))


def _print_profile(one: SubscriberProfile) -> None:
    left = one.complimentary_left
    number = worded("any number") if left is None else left
    facts = [
        (worded("name"), one.name),
        (worded("account"), one.account),
        (worded("phone"), one.msisdn),
        (worded("e-mail"), one.email),
        (worded("language"), one.language),
        (worded("plan"), one.plan),
        (worded("unlimited bundles"), str(one.bundles)),
        (
            worded("complimentary eSIMs"),
            worded("{given} given, {left} left", given=one.complimentary, left=number),
        ),
    ]
    print_facts(reference("SB", one.id), [fact for fact in facts if fact[1]])
    if not one.esim_lines:
        say(worded("They have no eSIM lines."))
        return
    more = headings("ICCID") if is_wide() else ()
    columns = (*headings("id", "name", "profile", "eSIM"), *more, *headings("plans"))
    rows = [
        (
            reference("EL", line.id),
            line.name,
            line.profile,
            line_tables.esim_of(line),
            *((line.iccid,) if more else ()),
            "\n".join(map(line_tables.plan_on_line, line.plans)) or None,
        )
        for line in one.esim_lines
    ]
    print_table(worded("eSIM lines"), columns, rows, whole=headings("id", "ICCID"))
