"""`esim-orders order ...`: place and cancel orders, and enter what the provider answered."""

from typing import Annotated, Any

import typer

from models.errors import Refused
from models.orders.lifecycle import OrderKind
from models.orders.placement import OrderState
from models.orders.rules import DISCARD_WARNING
from models.orders.views import OrderView
from starter.cli.language import cautioned, kind_label, order_status
from starter.cli.operations import retry
from starter.cli.orders import list_and_show
from starter.cli.orders.list_and_show import Line, Order, User, parse_order_id
from starter.cli.output import JsonFlag, key_of, print_json, say, warn
from starter.cli.questions import at_terminal, confirmed
from starter.cli.session import call_at, kept_open, order_desk, run

app = list_and_show.app
app.command(name="retry")(retry.retry)

Pack = Annotated[str | None, typer.Option("--pack", help="Name or id (P-4); not needed if only one fits.")]
Quantity = Annotated[int, typer.Option("--quantity", help="Locked at 1.")]
Key = Annotated[str | None, key_of("order")]
Yes = Annotated[
    bool, typer.Option("--yes", help="Confirm without asking that the SIM in place is discarded.")
]
Iccid = Annotated[str | None, typer.Option("--iccid", help="ICCID of the eSIM, 18 to 20 digits.")]


@app.command()
def switch(  # noqa: PLR0917  options of a command
    line: Line,
    user: User,
    pack: Pack = None,
    quantity: Quantity = 1,
    key: Key = None,
    yes: Yes = False,
    json: JsonFlag = False,
) -> None:
    """Switch a line from its physical SIM to an eSIM."""
    what = {"kind": OrderKind.SWITCH_TO_ESIM, "line": line, "pack": pack, "quantity": quantity, "key": key}
    _place(what, user, yes=yes, json=json)


@app.command()
def replace(  # noqa: PLR0917  options of a command
    line: Line,
    user: User,
    pack: Pack = None,
    quantity: Quantity = 1,
    key: Key = None,
    yes: Yes = False,
    json: JsonFlag = False,
) -> None:
    """Replace the eSIM of a line by a new one."""
    what = {"kind": OrderKind.REPLACE_ESIM, "line": line, "pack": pack, "quantity": quantity, "key": key}
    _place(what, user, yes=yes, json=json)


def _place(what: dict[str, Any], user: str, *, yes: bool, json: bool) -> None:
    from starter.orders.drafts import OrderDraft  # noqa: PLC0415

    draft = OrderDraft(**what, discard_confirmed=True)
    with kept_open(order_desk(user)) as ((desk, caller), call):
        if not yes:
            call(desk.check(caller, draft))
            warn(cautioned(DISCARD_WARNING))
            if not confirmed("Place the order?"):
                raise Refused.because("not_confirmed")
        placed = call(desk.place(caller, draft))
    if json:
        print_json(placed)
        return
    say(f"{placed.order_id}: {order_status(placed.status).lower()}")
    if what["key"] is None:
        say(f"The key of this order is {placed.key}; the same key never orders twice.")


@app.command()
def acknowledge(order: Order, iccid: Iccid = None, json: JsonFlag = False) -> None:
    """The provider has acknowledged: a temporary eSIM is created."""

    async def call() -> OrderState:
        async with order_desk() as (desk, caller):
            return await desk.acknowledge(caller, parse_order_id(order), iccid=iccid)

    print_state(run(call), json=json)


@app.command()
def iccid(
    order: Order,
    number: Annotated[str, typer.Argument(metavar="ICCID", help="18 to 20 digits.")],
    json: JsonFlag = False,
) -> None:
    """Enter or correct the ICCID of the temporary eSIM."""

    async def call() -> OrderState:
        async with order_desk() as (desk, caller):
            return await desk.enter_iccid(caller, parse_order_id(order), number)

    print_state(run(call), json=json)


@app.command()
def processed(order: Order, iccid: Iccid = None, json: JsonFlag = False) -> None:
    """The provider has processed the order: the eSIM takes the line, the SIM there is discarded for ever."""

    async def call() -> OrderState:
        async with order_desk() as (desk, caller):
            return await desk.processed(caller, parse_order_id(order), iccid=iccid)

    print_state(run(call), json=json)


@app.command()
def cancel(
    order: Order,
    reason: Annotated[
        str, typer.Option("--reason", help="Why; it is in the e-mails to people and the provider.")
    ],
    yes: Annotated[bool, typer.Option("--yes", help="Cancel without asking.")] = False,
    json: JsonFlag = False,
) -> None:
    """Cancel an order: its temporary eSIM is deleted, the SIM in place stays as it is."""
    order_id = parse_order_id(order)
    with kept_open(order_desk()) as ((desk, caller), call):
        if not yes:
            _ask_before_the_end(call(desk.order(caller, order_id)))
        cancelled = call(desk.cancel(caller, order_id, reason=reason))
    print_state(cancelled, json=json)


@app.command("mail-again")
def mail_again(
    order: Order, key: Annotated[str | None, key_of("e-mail")] = None, json: JsonFlag = False
) -> None:
    """E-mail an open order to its distributor's order contacts again, with new links."""
    from starter.orders.order_links import OrderLinkDesk  # noqa: PLC0415

    order_id = parse_order_id(order)
    mailed = call_at(OrderLinkDesk, lambda desk, who: desk.mail_again(who, order_id, key))
    if json:
        print_json(mailed)
    else:
        say(f"{mailed.order_id}: the distributor's order contacts get the e-mail again, with new links.")


def _ask_before_the_end(found: OrderView) -> None:
    """Ask at a terminal whether to cancel the order, which cannot be undone."""
    if not at_terminal():
        raise Refused.because("confirmation_needed")
    warn(f"{kind_label(found.kind)}, {found.title}: {order_status(found.status).lower()}.")
    if not confirmed("Cancel this order for good?", otherwise="Nothing was cancelled."):
        raise Refused.because("not_confirmed")


def print_state(state: OrderState, *, json: bool) -> None:
    """Print the status of an order; warnings go to stderr."""
    if json:
        print_json(state)
    else:
        with_iccid = f", ICCID {state.iccid}" if state.iccid else ""
        say(f"{state.order_id}: {order_status(state.status).lower()}{with_iccid}")
    for warning in state.warnings:
        warn(cautioned(warning))
