"""`esim-orders licence price, charges, billing`: what licences cost an account (L34, L35, L40)."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from models.licences.add_ons import AddOn
from models.licences.charges_file import charges_csv
from models.licences.licence_views import BillingView, ChargesView, PriceView
from starter.cli.language import charge_reason, money
from starter.cli.output import JsonFlag, print_facts, print_json, print_table, print_text, say
from starter.cli.session import run_at

if TYPE_CHECKING:
    from starter.licences.licences import LicenceDesk
    from store.session import Database

Account = Annotated[
    str | None, typer.Option("--account", help="Name of the account; not needed if there is only one.")
]


def licence_desk(database: "Database") -> "LicenceDesk":
    """The desk of licences."""
    from starter.licences.licences import LicenceDesk  # noqa: PLC0415

    return LicenceDesk(database)


def price(
    add_on: Annotated[
        str | None, typer.Argument(metavar="ADD_ON", help=f"One of: {', '.join(AddOn)}.")
    ] = None,
    amount: Annotated[
        str | None, typer.Argument(metavar="AMOUNT", help="Price a month, such as 10.00; none: list prices.")
    ] = None,
    since: Annotated[
        str | None,
        typer.Option("--from", metavar="DAY", help="Such as 2026-12-31; the first price is from today."),
    ] = None,
    account: Account = None,
    json: JsonFlag = False,
) -> None:
    """List the prices of add-ons, or set one. A new price is from a day after today, tomorrow if none is
    named, and applies to the billing cycles that begin from then on.
    """
    if add_on is None or amount is None:
        listed = run_at(licence_desk, lambda desk, who: desk.prices(who, account, add_on))
    else:
        listed = [run_at(licence_desk, lambda desk, who: desk.set_price(who, account, add_on, amount, since))]
    if json:
        print_json(listed if amount is None else listed[0])
    elif listed:
        _print_prices(listed)
    else:
        say("There are no prices.")


def _print_prices(listed: Sequence[PriceView]) -> None:
    columns = ("add-on", "from", "a month", "charged from")
    for account in dict.fromkeys(one.account for one in listed):
        rows = [
            (one.add_on.label, one.since, money(one.amount, one.currency), one.applies_from)
            for one in listed
            if one.account == account
        ]
        print_table(f"Prices of {account}", columns, rows)


def list_charges(
    month: Annotated[
        str | None,
        typer.Option("--month", metavar="MONTH", help="Such as 2026-12; else the present one."),
    ] = None,
    licence: Annotated[
        str | None, typer.Option("--licence", metavar="LICENCE", help="Only of this one, such as LI-3.")
    ] = None,
    account: Account = None,
    csv: Annotated[bool, typer.Option("--csv", help="Print CSV instead of a table.")] = False,
    json: JsonFlag = False,
) -> None:
    """List the charges whose day lies in a month, up to today, and their sum."""
    if csv and json:
        raise typer.BadParameter("--csv and --json exclude each other.")
    found = run_at(licence_desk, lambda desk, who: desk.charges(who, account, month, licence))
    if csv:
        print_text(charges_csv(found))
    elif json:
        print_json(found)
    else:
        _print_charges(found)


def _print_charges(found: ChargesView) -> None:
    rows: list[tuple[object, ...]] = [
        (
            charge.day,
            f"LI-{charge.licence_id}",
            charge.add_on.label,
            charge_reason(charge.reason),
            charge.period_end,
            money(charge.amount, charge.currency),
        )
        for charge in found.charges
    ]
    if rows:
        columns = ("day", "licence", "add-on", "charge", "paid until", "amount")
        print_table(f"Charges of {found.account} in {found.month}", columns, rows, whole=("day", "licence"))
    say(f"Sum of {found.month}: {money(found.total, found.currency)}", whole=True)


def billing(
    cycle_day: Annotated[
        int | None, typer.Option("--cycle-day", help="1 to 31: the day on which billing cycles begin.")
    ] = None,
    time_zone: Annotated[
        str | None, typer.Option("--time-zone", help="Whose days are counted, such as Europe/Paris.")
    ] = None,
    currency: Annotated[
        str | None, typer.Option("--currency", help="Of all prices and charges, such as EUR.")
    ] = None,
    account: Account = None,
    json: JsonFlag = False,
) -> None:
    """Show how an account is charged, or set it before its first purchase."""
    if cycle_day is None and time_zone is None and currency is None:
        shown = run_at(licence_desk, lambda desk, who: desk.billing(who, account))
    else:
        shown = run_at(
            licence_desk,
            lambda desk, who: desk.set_billing(
                who, account, cycle_day=cycle_day, time_zone=time_zone, currency=currency
            ),
        )
    if json:
        print_json(shown)
    else:
        _print_billing(shown)


def _print_billing(shown: BillingView) -> None:
    facts = (
        ("cycle day", shown.cycle_day or "the day of the first purchase"),
        ("time zone", shown.time_zone),
        ("currency", shown.currency),
        ("fixed", "yes, by the first purchase" if shown.fixed else "no"),
    )
    print_facts(f"Billing of {shown.account}", facts)
