"""`esim-orders licence price, charges, billing`: what licences cost an account (L34, L35, L40)."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from models.errors import Refused
from models.licences.add_ons import AddOn
from models.licences.charges_file import charges_csv
from models.licences.licence_views import BillingView, ChargesView, PriceChange, PriceView
from starter.cli.language import charge_reason, headings, money, worded
from starter.cli.output import JsonFlag, print_facts, print_json, print_table, print_text, say, warn
from starter.cli.questions import at_terminal, confirmed
from starter.cli.session import kept_open, open_desk, run_at

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


def price(  # noqa: PLR0917  options of a command
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
    yes: Annotated[bool, typer.Option("--yes", help="Set the price without asking.")] = False,
    json: JsonFlag = False,
) -> None:
    """List the prices of add-ons, or set one. A new price is from a day after today, tomorrow if none is
    named, and applies to the billing cycles that begin from then on.

    The price of a day that has come can be set again with --from as long as nothing is charged at it.
    """
    if add_on is not None and amount is not None:
        _set_price(account, add_on, amount, since, yes=yes, json=json)
        return
    listed = run_at(licence_desk, lambda desk, who: desk.prices(who, account, add_on))
    if json:
        print_json(listed)
    elif listed:
        _print_prices(listed)
    else:
        say(worded("There are no prices."))


def _set_price(
    account: str | None, add_on: str, amount: str, since: str | None, *, yes: bool, json: bool
) -> None:
    """Set a price and show those before and after; ask first, since charges at it stay as they are."""
    with kept_open(open_desk(licence_desk)) as ((desk, who), call):
        prices = call(desk.check_price(who, account, add_on, amount, since))
        if not yes:
            _ask(prices)
        day = prices.price.since.isoformat()
        made = call(desk.set_price(who, account, add_on, amount, day))
    if json:
        print_json(made)
    else:
        _print_change(prices)


def _ask(prices: PriceChange) -> None:
    """Ask whether the price is to be set. Raises `Refused` (`confirmation_needed`, `not_confirmed`)."""
    if not at_terminal():
        raise Refused.because("confirmation_needed")
    warn(
        worded(
            "A month of {add_on} costs, before: {before}; after: {after}.",
            add_on=prices.price.add_on.label,
            before=_each_day(prices.before) or worded("none"),
            after=_each_day(prices.after),
        )
    )
    warn(worded("What is charged at a price stays so, and cannot be corrected."))
    if not confirmed(worded("Set this price?")):
        raise Refused.because("not_confirmed")


def _each_day(prices: Sequence[PriceView]) -> str:
    return ", ".join(
        worded("{amount} from {day}", amount=money(one.amount, one.currency), day=one.since) for one in prices
    )


def _print_change(prices: PriceChange) -> None:
    """A row for each day from which there is, or was, a price."""
    price = prices.price
    before = {one.since: money(one.amount, one.currency) for one in prices.before}
    rows = [
        (one.since, before.get(one.since), money(one.amount, one.currency), one.applies_from)
        for one in prices.after
    ]
    title = worded("Prices of {add_on}, {account}", add_on=price.add_on.label, account=price.account)
    print_table(title, headings("from", "before", "after", "charged from"), rows)


def _print_prices(listed: Sequence[PriceView]) -> None:
    columns = headings("add-on", "from", "a month", "charged from")
    for account in dict.fromkeys(one.account for one in listed):
        rows = [
            (one.add_on.label, one.since, money(one.amount, one.currency), one.applies_from)
            for one in listed
            if one.account == account
        ]
        print_table(worded("Prices of {account}", account=account), columns, rows)


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
        columns = headings("day", "licence", "add-on", "charge", "paid until", "amount")
        title = worded("Charges of {account} in {month}", account=found.account, month=found.month)
        print_table(title, columns, rows, whole=headings("day", "licence"))
    total = money(found.total, found.currency)
    say(worded("Sum of {month}: {amount}", month=found.month, amount=total), whole=True)


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
        (worded("cycle day"), shown.cycle_day or worded("the day of the first purchase")),
        (worded("time zone"), shown.time_zone),
        (worded("currency"), shown.currency),
        (worded("fixed"), worded("yes, by the first purchase") if shown.fixed else worded("no")),
    )
    print_facts(worded("Billing of {account}", account=shown.account), facts)
