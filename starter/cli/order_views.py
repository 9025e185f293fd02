"""What `esim-orders order ...` shows: the shop, orders, and what happened to them."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from models import identifiers
from models.errors import Refused
from models.identifiers import reference
from models.inventory import OrderView
from models.lifecycle import HoldReason, OrderStatus
from models.offers import Shop
from starter.cli.output import JsonFlag, console, print_json, print_table, warn
from starter.cli.session import inventory, order_book, run

app = typer.Typer(help="Place orders and follow them to their end.", no_args_is_help=True)

Line = Annotated[str, typer.Argument(metavar="LINE", help="Phone number (+33612345678) or id (L-42).")]
Order = Annotated[str, typer.Argument(metavar="ORDER", help="Id of the order (order-...).")]
User = Annotated[str, typer.Option("--user", help="Who orders: e-mail address or id (U-3).")]


@app.command()
def shop(line: Line, user: User, json: JsonFlag = False) -> None:
    """Show the packs that fit a line: eSIMs of its provider among the SIM Cards."""

    async def read() -> Shop:
        async with inventory() as stock:
            return await stock.shop(line, user)

    offered = run(read)
    if json:
        print_json(offered)
        return
    _print_shop(offered)


def _print_shop(offered: Shop) -> None:
    chosen = offered.chosen.id if offered.chosen else None
    rows = [
        (
            *(reference("P", pack.id), pack.name, pack.item, pack.provider, pack.distributor),
            "yes" if pack.id == chosen else "",
        )
        for pack in offered.packs
    ]
    print_table("SIM Cards", ("id", "pack", "eSIM", "provider", "distributor", "chosen"), rows)
    for refusal in offered.refusals:
        warn(refusal.sentence)


@app.command(name="list")
def list_orders(
    status: Annotated[OrderStatus | None, typer.Option(help="Only orders in this status.")] = None,
    held: Annotated[bool, typer.Option("--held", help="Only orders that wait for a person.")] = False,
    line: Annotated[str | None, typer.Option(help="Only orders of this line.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="How many, newest first.")] = 100,
    json: JsonFlag = False,
) -> None:
    """List orders, newest first."""

    async def read() -> list[OrderView]:
        async with order_book() as book:
            return await book.orders(status=status, held=held, line=line, limit=limit)

    found = run(read)
    if json:
        print_json(found)
        return
    rows = [
        (
            *(order.id, order.kind.value.split("_")[0], reference("L", order.line_id), order.provider),
            *(_status(order), _time(order.status_since)),
        )
        for order in found
    ]
    print_table("Orders", ("order", "kind", "line", "provider", "status", "since"), rows, whole=("order",))


@app.command()
def show(order: Order, json: JsonFlag = False) -> None:
    """Show an order and everything that happened to it."""

    async def read() -> OrderView:
        async with order_book() as book:
            return await book.order(parse_order_id(order))

    view = run(read)
    if json:
        print_json(view)
        return
    _print_order(view)


def _print_order(order: OrderView) -> None:
    held = HoldReason(order.held_reason).sentence if order.held_reason else None
    facts = [
        ("kind", order.kind.value),
        ("status", f"{order.status.label} since {_time(order.status_since)}"),
        ("held", f"{order.held_reason} since {_time(order.held_since)}. {held}" if held else None),
        ("line", f"{reference('L', order.line_id)} {order.msisdn}, {order.device}, slot {order.slot}"),
        ("pack", f"{order.pack} ({order.provider}, by {order.distributor})"),
        ("SIM when placed", order.iccid_in_place),
        ("eSIM", order.iccid),
        ("cancelled for", order.cancel_reason),
        *(("refused", refusal.sentence) for refusal in order.refusals),
    ]
    print_table(order.id, ("", ""), [fact for fact in facts if fact[1]])
    rows = [(_time(event.at), event.type, event.actor, _in_words(event.data)) for event in order.events]
    print_table("What happened", ("when", "what", "who", "about"), rows, whole=("when", "what"))


@app.command()
def watch(order: Order, json: JsonFlag = False) -> None:
    """Follow an order until it ends, one line for everything that happens."""

    async def follow() -> OrderView | None:
        told = 0
        view = None
        async with order_book() as book:
            async for view in book.watch(parse_order_id(order)):
                for event in view.events[told:]:
                    if not json:
                        console.print(f"{_time(event.at)}  {event.type:28} {event.actor}")
                told = len(view.events)
        return view

    view = run(follow)
    if json and view is not None:
        print_json(view)


def parse_order_id(text: str) -> str:
    """The order that is meant. Raises `Refused`."""
    try:
        return identifiers.parse_order_id(text)
    except ValueError as invalid:
        raise Refused.because("order_id_invalid", str(invalid)) from None


def _in_words(data: dict[str, object]) -> str:
    return ", ".join(
        f"{name} {', '.join(map(str, value)) if isinstance(value, list) else value}"
        for name, value in data.items()
        if value is not None
    )


def _status(order: OrderView) -> str:
    held = f" (held: {order.held_reason})" if order.held_reason else ""
    return order.status.value + held


def _time(moment: datetime | None) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S") if moment else "-"
