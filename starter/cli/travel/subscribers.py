"""`esim-orders travel subscriber ...` and `travel find`: subscribers, and the plans that suit a journey."""

from collections.abc import Awaitable
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from models.identifiers import reference
from models.people.callers import Caller
from models.travel.entered import data_volume
from models.travel.plan_views import PlanOffer
from models.travel.subscriber_views import (
    LineOfSubscriber,
    PlanOnLine,
    SubscriberProfile,
    SubscriberView,
)
from starter.cli.imports import DryRun, File, import_there
from starter.cli.language import plan_state
from starter.cli.output import (
    JsonFlag,
    full_time,
    how_many,
    is_wide,
    print_facts,
    print_json,
    print_table,
    say,
    warn,
)
from starter.cli.session import connected, run_at
from starter.cli.travel import plan_tables
from starter.cli.travel.app import app as travel
from starter.cli.travel.arguments import Account, OneAccount, TheSubscriber

if TYPE_CHECKING:
    from models.imports import ImportReport, Progress
    from starter.travel.subscriber_book import SubscriberBook
    from store.session import Database

app = typer.Typer(help="Subscribers: list, show with their eSIM lines, import.", no_args_is_help=True)
travel.add_typer(app, name="subscriber")
SHOWN = 100
"""Subscribers that a table shows without `--limit`."""
_MEGABYTE = 1_000_000


@app.command(name="list")
def list_subscribers(
    find: Annotated[
        str | None,
        typer.Argument(metavar="[TEXT]", help="Only with this in name, e-mail address or phone number."),
    ] = None,
    account: Account = None,
    limit: Annotated[int | None, how_many(f"How many; {SHOWN} unless --json.")] = None,
    json: JsonFlag = False,
) -> None:
    """List subscribers with their plans at home and the number of their eSIM lines."""
    shown = limit or SHOWN
    wanted = limit if json else shown + 1
    found = run_at(_book, lambda desk, who: desk.subscribers(who, account, find=find, limit=wanted))
    if json:
        print_json(found)
        return
    _print_list(found[:shown])
    if len(found) > shown:
        warn(f"There are more than {shown} subscribers; see --limit and --account.")


@app.command()
def show(subscriber: TheSubscriber, json: JsonFlag = False) -> None:
    """Show a subscriber with their eSIM lines and the plans on these."""
    found = run_at(_book, lambda desk, who: desk.subscriber(who, subscriber))
    if json:
        print_json(found)
    else:
        _print_profile(found)


@app.command(name="import")
def import_subscribers(
    file: File, account: OneAccount = None, dry_run: DryRun = False, json: JsonFlag = False
) -> None:
    """Import subscribers from a CSV file: all rows or none. Those whom it does not name stay.

    What is held for a subscriber's address continues with it, and QR codes that are not used yet go to it.

    Its columns: name, phone, plan, and if wanted email, bundles, language.
    What they hold, with an example: docs/import.md.
    """
    from starter.travel.subscribers import SubscriberDesk  # noqa: PLC0415

    async def take_over(
        desk: SubscriberDesk, who: Caller, content: bytes, progress: "Progress | None"
    ) -> "ImportReport":
        return await desk.import_subscribers(who, account, content, dry_run, progress)

    import_there(file, partial(connected, SubscriberDesk), take_over, json=json)


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


def _print_list(subscribers: list[SubscriberView]) -> None:
    if not subscribers:
        say("There are no such subscribers.")
    columns = ("id", "name", "phone", "e-mail", "plan", "bundles", "eSIM lines", "complimentary")
    for account in dict.fromkeys(one.account for one in subscribers):
        rows = [
            (
                reference("SB", one.id),
                one.name,
                one.msisdn,
                one.email,
                one.plan,
                one.bundles,
                one.lines,
                one.complimentary,
            )
            for one in subscribers
            if one.account == account
        ]
        print_table(account, columns, rows, whole=("id", "phone"))


def _print_profile(one: SubscriberProfile) -> None:
    left = one.complimentary_left
    facts = [
        ("name", one.name),
        ("account", one.account),
        ("phone", one.msisdn),
        ("e-mail", one.email),
        ("language", one.language),
        ("plan", one.plan),
        ("unlimited bundles", str(one.bundles)),
        ("complimentary eSIMs", f"{one.complimentary} given, {'any number' if left is None else left} left"),
    ]
    print_facts(reference("SB", one.id), [fact for fact in facts if fact[1]])
    if not one.esim_lines:
        say("They have no eSIM lines.")
        return
    more = ("ICCID",) if is_wide() else ()
    rows = [
        (
            reference("EL", line.id),
            line.name,
            line.profile,
            _esim(line),
            *((line.iccid,) if more else ()),
            "\n".join(map(_plan, line.plans)) or None,
        )
        for line in one.esim_lines
    ]
    print_table("eSIM lines", ("id", "name", "profile", "eSIM", *more, "plans"), rows, whole=("id", "ICCID"))


def _esim(line: LineOfSubscriber) -> str:
    parts = [line.sim_state.value if line.sim_state is not None else "none"]
    if line.complimentary:
        parts.append("complimentary")
    if line.open_order is not None:
        parts.append(line.open_order)
    return ", ".join(parts)


def _plan(plan: PlanOnLine) -> str:
    """Such as `PA-7 Euro 1: active until 2026-12-24 12:00:00 UTC, 0.2 of 1 GB`."""
    until = ""
    if plan.ends_at is not None:
        until = f" until {full_time(plan.ends_at)}"
    used = f"{data_volume(plan.used_bytes // _MEGABYTE)} of {data_volume(plan.data_bytes // _MEGABYTE)}"
    return f"{reference('PA', plan.id)} {plan.plan}: {plan_state(plan.state)}{until}, {used}"
