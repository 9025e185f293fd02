"""`esim-orders licence ...`: licences are bought, listed, given back, changed and requested (L2)."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from models.licences.add_ons import AddOn
from models.licences.history import AddOnChange
from models.licences.licence_views import (
    AddOnCount,
    LicenceChange,
    LicenceList,
    LicenceRequestView,
    LicenceStatus,
    LicenceView,
    PurchaseView,
)
from models.people.callers import Caller
from starter.cli.language import headings, licence_status, money, not_sent_reason, worded
from starter.cli.language import held as hold_sentence
from starter.cli.licences import charges
from starter.cli.licences.charges import Account, licence_desk
from starter.cli.operations import not_sent
from starter.cli.output import JsonFlag, column_time, key_of, print_json, print_table, say
from starter.cli.session import caller, run, run_at, settings

if TYPE_CHECKING:
    from starter.licences.licences import LicenceDesk
    from starter.licences.requests import LicenceRequestDesk

Result = TypeVar("Result")

app = typer.Typer(help="Buy, list and give back licences; see what they cost.", no_args_is_help=True)
app.command(name="price")(charges.price)
app.command(name="charges")(charges.list_charges)
app.command(name="billing")(charges.billing)

_ADD_ONS = ", ".join(AddOn)
TheAddOn = Annotated[str, typer.Argument(metavar="ADD_ON", help=f"One of: {_ADD_ONS}.")]
Quantity = Annotated[int, typer.Argument(metavar="QUANTITY", help="The number of licences.")]
Purchase = Annotated[str | None, key_of("purchase")]
GiveBack = Annotated[str | None, key_of("give-back")]
Request = Annotated[str | None, key_of("request")]


def _at_requests(call: Callable[["LicenceRequestDesk", Caller], Awaitable[Result]]) -> Result:
    """Make one call at the desk of requests, which calls Temporal."""
    from starter.licences.requests import LicenceRequestDesk  # noqa: PLC0415

    async def there() -> Result:
        async with LicenceRequestDesk.open(settings()) as desk:
            return await call(desk, await caller(desk.database))

    return run(there)


@app.command()
def buy(
    add_on: TheAddOn,
    quantity: Quantity,
    account: Account = None,
    key: Purchase = None,
    json: JsonFlag = False,
) -> None:
    """Buy licences. Those that were given back and are still usable are bought again first, at no cost until
    the next billing cycle. Without --key, a command that is repeated buys again.
    """
    bought = run_at(licence_desk, lambda desk, who: desk.buy(who, account, add_on, quantity, key=key))
    if json:
        print_json(bought)
    else:
        _print_purchase(bought)


def _print_purchase(bought: PurchaseView) -> None:
    facts = {
        "purchase": bought.reference,
        "quantity": bought.quantity,
        "add_on": bought.add_on.label,
        "amount": money(bought.amount, bought.currency),
        "licences": ", ".join(f"LI-{one}" for one in (*bought.again, *bought.new)),
    }
    if bought.again:
        sentence = worded(
            "{purchase}: {quantity} x {add_on} ({again} of them again) for {amount} until the end of the "
            "billing cycle, then monthly: {licences}.",
            again=len(bought.again),
            **facts,
        )
    else:
        sentence = worded(
            "{purchase}: {quantity} x {add_on} for {amount} until the end of the billing cycle, then "
            "monthly: {licences}.",
            **facts,
        )
    say(sentence)
    if bought.answered:
        say(worded("It answers {requests}.", requests=", ".join(bought.answered)))


@app.command(name="list")
def list_licences(
    account: Account = None,
    add_on: Annotated[
        str | None, typer.Option("--add-on", metavar="ADD_ON", help=f"Only this one: {_ADD_ONS}.")
    ] = None,
    status: Annotated[
        str | None,
        typer.Option("--status", metavar="STATUS", help=f"Only these: {', '.join(LicenceStatus)}."),
    ] = None,
    json: JsonFlag = False,
) -> None:
    """List licences and count those of each add-on. Licences that are over are listed by --status over."""

    async def read(desk: "LicenceDesk", who: Caller) -> LicenceList:
        listed = await desk.licences(who, account, add_on, status)
        return LicenceList(licences=tuple(listed), counts=tuple(await desk.counts(who, account)))

    found = run_at(licence_desk, read)
    if json:
        print_json(found)
    elif found.licences:
        _print_list(found)
    else:
        say(worded("There are no such licences.") if add_on or status else worded("There are no licences."))


def _print_list(found: LicenceList) -> None:
    for account in dict.fromkeys(licence.account for licence in found.licences):
        _print_licences(account, [one for one in found.licences if one.account == account])
        _print_counts([one for one in found.counts if one.account == account])


def _print_licences(account: str, licences: Iterable[LicenceView]) -> None:
    columns = headings("licence", "add-on", "status", "number", "from then on")
    rows = [
        (
            licence.reference,
            licence.add_on.label,
            licence_status(licence.status),
            licence.number,
            _later(licence),
        )
        for licence in licences
    ]
    whole = headings("licence", "number")
    print_table(worded("Licences of {account}", account=account), columns, rows, whole=whole)


def _later(licence: LicenceView) -> str | None:
    """What becomes of it: given back, or another add-on."""
    if licence.usable_until is not None:
        return worded("until {day}", day=licence.usable_until)
    if licence.next_add_on is not None:
        return f"{licence.next_from}: {licence.next_add_on.label}"
    return None


def _print_counts(counts: Sequence[AddOnCount]) -> None:
    columns = headings("add-on", "bought", "in use", "free", "given back")
    rows = [(one.add_on.label, one.bought, one.in_use, one.free, one.given_back) for one in counts]
    print_table(worded("Counts"), columns, rows)


@app.command(name="give-back")
def give_back(  # noqa: PLR0917  options of a command
    licence: Annotated[
        str | None, typer.Argument(metavar="LICENCE", help="Its id, such as LI-3; or use --add-on.")
    ] = None,
    add_on: Annotated[
        str | None, typer.Option("--add-on", metavar="ADD_ON", help="Free licences of it, the newest first.")
    ] = None,
    quantity: Annotated[int | None, typer.Option("--quantity", help="How many of the add-on.")] = None,
    account: Account = None,
    key: GiveBack = None,
    json: JsonFlag = False,
) -> None:
    """Give licences back: they stay usable to the end of the period that is paid, and cost nothing after
    it. One that a number uses cannot be given back. Without --key, a command with --quantity that is
    repeated gives back more.
    """
    given = run_at(
        licence_desk,
        lambda desk, who: desk.give_back(
            who, licence, account=account, add_on=add_on, quantity=quantity, key=key
        ),
    )
    if json:
        print_json(given)
    else:
        _print_licences(given[0].account, given)


@app.command()
def change(
    licence: Annotated[str, typer.Argument(metavar="LICENCE", help="Its id, such as LI-3.")],
    add_on: TheAddOn,
    json: JsonFlag = False,
) -> None:
    """Change a licence to another add-on: a dearer one at once, with a charge of the difference for the days
    left; a cheaper one from the next billing cycle on. The eSIM stays.
    """
    changed = run_at(licence_desk, lambda desk, who: desk.change(who, licence, add_on))
    if json:
        print_json(changed)
    else:
        _print_change(changed)


def _print_change(changed: LicenceChange) -> None:
    _print_licences(changed.licence.account, [changed.licence])
    if changed.change is None:
        say(worded("Nothing is changed: it is, or is to become, this add-on already."))
    else:
        facts = {"day": changed.applies_from, "amount": money(changed.amount, changed.currency)}
        sentences = {
            AddOnChange.UPGRADE: worded(
                "The upgrade applies from {day} and is charged with {amount}.", **facts
            ),
            AddOnChange.DOWNGRADE: worded(
                "The downgrade applies from {day} and is charged with {amount}.", **facts
            ),
            AddOnChange.SAME_PRICE: worded(
                "The change at the same price applies from {day} and is charged with {amount}.", **facts
            ),
        }
        say(sentences[changed.change])


@app.command()
def request(  # noqa: PLR0917  options of a command
    add_on: TheAddOn,
    quantity: Quantity,
    note: Annotated[str | None, typer.Option("--note", help="A note for the owners.")] = None,
    account: Account = None,
    key: Request = None,
    json: JsonFlag = False,
) -> None:
    """Request licences: every owner of the account is notified, and a purchase answers the request."""
    made = _at_requests(lambda desk, who: desk.request(who, account, add_on, quantity, note, key=key))
    if json:
        print_json(made)
    else:
        _print_requests([made])


@app.command()
def requests(
    account: Account = None,
    open_only: Annotated[
        bool, typer.Option("--open", help="Only those that no purchase has answered.")
    ] = False,
    held: Annotated[bool, typer.Option("--held", help="Only those that are held and wait for a person.")] = (
        False
    ),
    json: JsonFlag = False,
) -> None:
    """List requests for licences, the oldest first, with the purchase that answered each."""
    found = _at_requests(lambda desk, who: desk.requests(who, account, open_only=open_only, held=held))
    if json:
        print_json(found)
    elif found:
        _print_requests(found)
    elif held:
        say(worded("No request for licences is held."))
    else:
        say(worded("There are no such requests.") if open_only else worded("There are no requests."))


def _print_requests(found: Sequence[LicenceRequestView]) -> None:
    columns = headings("request", "requested (UTC)", "add-on", "licences", "answered by")
    for account in dict.fromkeys(one.account for one in found):
        rows = [
            (
                one.id,
                column_time(one.at),
                one.add_on.label,
                one.quantity,
                _answered_by(one),
            )
            for one in found
            if one.account == account
        ]
        title = worded("Requests for licences of {account}", account=account)
        print_table(title, columns, rows, whole=headings("request"))
    for reason in dict.fromkeys(one.held_reason for one in found if one.held_reason):
        say(f"{reason}: {hold_sentence(reason)}")
    for why in dict.fromkeys(unsent.reason for one in found for unsent in one.not_sent):
        say(f"{not_sent.label()}: {not_sent_reason(why)}")


def _answered_by(one: LicenceRequestView) -> str:
    answer = f"LP-{one.purchase_id}" if one.purchase_id else worded("open")
    held = f" ({worded('held')}: {one.held_reason})" if one.held_reason else ""
    return answer + held + not_sent.mark(one.not_sent)
