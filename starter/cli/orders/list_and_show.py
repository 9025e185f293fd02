"""`esim-orders order shop|list|show|watch`: the shop, orders and their events."""

from typing import TYPE_CHECKING, Annotated

import typer

from models import identifiers
from models.errors import Refused
from models.fleet.offers import Shop
from models.identifiers import reference
from models.orders.lifecycle import OrderStatus
from models.orders.views import OrderView
from models.paging import Page, Position
from models.people.callers import Caller
from starter.cli.language import why_not
from starter.cli.long_lists import Csv, JsonLines, LongList
from starter.cli.orders import tables
from starter.cli.output import JsonFlag, full_time, how_many, print_json, print_table, say, warn
from starter.cli.session import open_desk, run, settings

if TYPE_CHECKING:
    from store.session import Database

app = typer.Typer(help="Place orders and follow them to their end.", no_args_is_help=True)

Line = Annotated[str, typer.Argument(metavar="LINE", help="Phone number (+33612345678) or id (L-42).")]
Order = Annotated[str, typer.Argument(metavar="ORDER", help="Id of the order (order-...).")]
User = Annotated[str, typer.Option("--user", help="Who orders: e-mail address or id (U-3).")]


@app.command()
def shop(line: Line, user: User, json: JsonFlag = False) -> None:
    """Show the packs that fit a line: eSIMs of its provider among the SIM Cards."""
    from starter.catalogue.desk import CatalogueDesk  # noqa: PLC0415

    async def read() -> Shop:
        async with open_desk(CatalogueDesk, user) as (catalogue, caller):
            return await catalogue.shop(caller, line)

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
    if rows:
        columns = ("id", "pack", "eSIM", "provider", "distributor", "chosen")
        print_table("SIM Cards", columns, rows, whole=("id", "chosen"))
    else:
        say("The shop has no pack for this line.")
    for refusal in offered.refusals:
        warn(why_not(refusal))


@app.command(name="list")
def list_orders(  # noqa: PLR0917  options of a command
    status: Annotated[
        str | None,
        typer.Option(metavar="STATUS", help=f"Only orders in this status: {', '.join(OrderStatus)}."),
    ] = None,
    open_only: Annotated[bool, typer.Option("--open", help="Only orders that have not ended.")] = False,
    held: Annotated[bool, typer.Option("--held", help="Only held orders, which wait for a person.")] = False,
    incidents: Annotated[
        bool, typer.Option("--incidents", help="Only orders processed by the provider after a cancel.")
    ] = False,
    line: Annotated[str | None, typer.Option(help="Only orders of this line.")] = None,
    reference: Annotated[
        str | None, typer.Option(metavar="TEXT", help="Only orders whose purchase reference begins so.")
    ] = None,
    limit: Annotated[int, how_many("How many, newest first.")] = 100,
    json: JsonLines = False,
    csv: Csv = False,
) -> None:
    """List orders, newest first."""
    from starter.orders.book import OrderBook  # noqa: PLC0415

    wanted = parse_status(status)
    table = tables.print_held if held else tables.print_orders
    printed = LongList(table, tables.FILE_COLUMNS, tables.file_cells, json, csv)

    async def show_all() -> tuple[bool, dict[str, int]]:
        async with open_desk(OrderBook) as (book, caller):

            async def read(size: int, after: Position | None) -> Page[OrderView]:
                return await book.orders(
                    caller,
                    status=wanted,
                    open_only=open_only,
                    held=held,
                    incidents=incidents,
                    line=line,
                    purchase_reference=reference,
                    limit=size,
                    after=after,
                )

            found, _ = await printed.show(read, limit)
            return found, await _held_besides(book.database, caller) if held and printed.for_people else {}

    found, besides = run(show_all)
    if found or not printed.for_people:
        pass
    elif held and not (status or line or reference or open_only or incidents):
        say("No order is held.")
    elif status or held or line or reference or open_only or incidents:
        say("There are no such orders.")
    else:
        say("There are no orders.")
    for kind, number in besides.items():
        one, several, command = _HELD_BESIDES[kind]
        say(f"{number} {several if number > 1 else one} held, too: esim-orders {command}")


_HELD_BESIDES = {
    "qr": (
        "request or notification of a QR code is",
        "requests or notifications of QR codes are",
        "qr list --held",
    ),
    "number_change": ("change of a number is", "changes of numbers are", "number list --held"),
    "licence_request": ("request for licences is", "requests for licences are", "licence requests --held"),
}
"""What may be held besides orders, and the command that lists it."""


async def _held_besides(database: "Database", caller: Caller) -> dict[str, int]:
    """How much of each kind of work is held that is no order."""
    from starter.codes.book import CodeBook  # noqa: PLC0415
    from starter.licences.book import NumberBook  # noqa: PLC0415

    codes = await CodeBook(database).held(caller)
    numbers = NumberBook(database, settings().number_recoverable_for)
    return ({"qr": codes} if codes else {}) | await numbers.held(caller)


@app.command()
def show(order: Order, json: JsonFlag = False) -> None:
    """Show an order and everything that happened to it."""
    from starter.orders.book import OrderBook  # noqa: PLC0415

    async def read() -> tuple[OrderView, dict[str, str]]:
        async with open_desk(OrderBook) as (book, caller):
            view = await book.order(caller, parse_order_id(order))
            return view, {} if json else await book.people(caller, view)

    view, people = run(read)
    if json:
        print_json(view)
    else:
        tables.print_order(view, people)


@app.command()
def watch(order: Order, json: JsonFlag = False) -> None:
    """Follow an order until it ends, one line per event."""
    from starter.orders.book import OrderBook  # noqa: PLC0415

    async def follow() -> OrderView | None:
        printed = 0
        view = None
        async with open_desk(OrderBook) as (book, caller):
            async for view in book.watch(caller, parse_order_id(order)):
                for event in view.events[printed:]:
                    if not json:
                        say(f"{full_time(event.at)}  {event.type:28} {event.actor}")
                printed = len(view.events)
        return view

    view = run(follow)
    if json and view is not None:
        print_json(view)


def parse_order_id(text: str) -> str:
    """Parse an order id. Raises `Refused` (`order_id_invalid`)."""
    try:
        return identifiers.parse_order_id(text)
    except ValueError:
        raise Refused.because("order_id_invalid") from None


def parse_status(text: str | None) -> OrderStatus | None:
    """Parse a status. Raises `Refused` (`status_invalid`)."""
    try:
        return None if text is None else OrderStatus(text.strip().lower())
    except ValueError:
        raise Refused.because("status_invalid", statuses=", ".join(OrderStatus)) from None
