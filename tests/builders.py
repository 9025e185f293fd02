"""Small worlds for tests: a fleet, a catalogue, users and orders, made through the real entrances."""

import asyncio
import csv
import io
from collections.abc import Mapping
from itertools import count
from typing import Any

import pytest
from sqlalchemy import text

from models.errors import Refused
from models.fleet.file import COLUMNS as FLEET_COLUMNS
from models.identifiers import luhn_valid, order_id
from models.orders.kinds import KINDS, Swap
from models.orders.lifecycle import OrderKind
from models.orders.placement import Acceptance, Placement
from models.people.callers import By, Caller
from starter import callers
from starter.catalogue.desk import CatalogueDesk
from starter.codes.book import CodeBook
from starter.fleet.desk import FleetDesk
from starter.people.contacts import ContactDesk
from starter.people.profiles import ProfileDesk
from starter.people.users import UserDesk
from store.orders import acceptance, steps
from store.session import Database
from tests.databases import filled

ACCOUNT = "Acme"
ANA = "ana@acme.example"
OPERATOR = callers.operator()
"""The platform's operator, who calls where a test does not say otherwise."""
_keys = count()

Cells = Mapping[str, object]


def iccid(number: int) -> str:
    """An ICCID with a right check digit, the same for the same number."""
    body = f"893301{number:012d}"
    return next(body + digit for digit in "0123456789" if luhn_valid(body + digit))


def line(number: int = 1, **changes: object) -> dict[str, object]:
    """A row of a fleet file: line `number`, with a physical SIM in slot 1 of a phone of its own."""
    return {
        "account": ACCOUNT,
        "device": f"Phone {number}",
        "slot": 1,
        "msisdn": f"+3363998{number:04d}",
        "provider": "Orange",
        "sim_type": "physical",
        "iccid": iccid(number),
        "distributor": "Telvia",
        "employee_name": f"Employee {number}",
        "employee_email": f"employee{number}@acme.example",
        "management_groups": "Sales;Lyon",
    } | changes


def empty_slot(number: int = 1, **changes: object) -> dict[str, object]:
    """A row of a fleet file: a line without a SIM."""
    nothing = dict.fromkeys(("sim_type", "iccid", "distributor", "employee_name", "employee_email"), "")
    return line(number, **nothing | changes)


def item(pack: str = "Orange pack", **changes: object) -> dict[str, object]:
    """A row of a catalogue file: a pack with an eSIM of Orange."""
    return {
        "account": ACCOUNT,
        "pack": pack,
        "section": "SIM Cards",
        "item": "An eSIM",
        "provider": "Orange",
        "esim": "yes",
        "distributor": "Telvia",
        "order_contact_name": "Orders",
        "order_contact_email": "orders@telvia.example",
        "available": "yes",
    } | changes


def as_csv(*rows: Cells, delimiter: str = ",", columns: tuple[str, ...] | None = None) -> bytes:
    """The rows as a file."""
    written = io.StringIO()
    names = columns or tuple(rows[0] if rows else FLEET_COLUMNS)
    writer = csv.DictWriter(written, names, delimiter=delimiter, extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    return written.getvalue().encode()


async def ana(database: Database, who: str = ANA) -> Caller:
    """Ana, or another user, as she calls now."""
    return await callers.user(database, who)


class DataDesks:
    """Every desk that needs the database alone."""

    def __init__(self, database: Database) -> None:
        self.fleet = FleetDesk(database)
        self.catalogue = CatalogueDesk(database)
        self.users = UserDesk(database)
        self.profiles = ProfileDesk(database)
        self.contacts = ContactDesk(database)
        self.code_book = CodeBook(database)


async def world(database: Database, *lines: Cells, packs: tuple[Cells, ...] = (item(),)) -> DataDesks:
    """Fill a database with these lines and packs, and the user Ana of the account Acme; its desks."""
    desks = DataDesks(database)
    fleet, catalogue = as_csv(*(lines or (line(),))), as_csv(*packs) if packs else b""

    async def fill() -> None:
        await desks.fleet.import_fleet(OPERATOR, fleet)
        if catalogue:
            await desks.catalogue.import_catalogue(OPERATOR, catalogue)
        await desks.users.create_user(OPERATOR, ACCOUNT, "Ana", ANA)

    await filled(database, fleet + catalogue, fill)
    return desks


async def refused_fleet(fleet: FleetDesk, content: bytes) -> list[str]:
    """The sentences of a refused import, and proof that it changed nothing."""
    before = await fleet.lines(OPERATOR)
    with pytest.raises(Refused) as refused:
        await fleet.import_fleet(OPERATOR, content)
    assert await fleet.lines(OPERATOR) == before
    return [refusal.sentence for refusal in refused.value.refusals]


async def place(
    database: Database, number: int = 1, kind: OrderKind = OrderKind.SWITCH_TO_ESIM, **changes: Any
) -> Acceptance:
    """An order by Ana on the line of this number, for the first pack that fits or any."""
    asked = await placement(database, number, kind, **changes)
    async with database.transaction() as connection:
        return await acceptance.accept(connection, asked)


async def placement(
    database: Database, number: int = 1, kind: OrderKind = OrderKind.SWITCH_TO_ESIM, **changes: Any
) -> Placement:
    """What Ana asks for, before it is accepted."""
    desks = DataDesks(database)
    found = await desks.fleet.line(OPERATOR, f"+3363998{number:04d}")
    packs = (
        await desks.catalogue.shop(await ana(database), f"L-{found.id}")
    ).packs or await desks.catalogue.catalogue(OPERATOR, ACCOUNT)
    (user,) = [user for user in await desks.users.users(OPERATOR) if user.email == ANA]
    order: dict[str, Any] = {
        "order_id": order_id(user.account_id, f"test {next(_keys)}"),
        "account_id": user.account_id,
        "user_id": user.id,
        "note_id": None,
    }
    asked: dict[str, Any] = {
        "kind": kind.value,
        "line_id": found.id,
        "pack_id": packs[0].id if packs else 10**6,
        "discard_confirmed": True,
    }
    order |= {name: value for name, value in changes.items() if name in order}
    asked |= {name: value for name, value in changes.items() if name not in order}
    return Placement(**order, what=asked)


async def acknowledge(database: Database, order: Acceptance, esim: str | None = None) -> None:
    """The provider acknowledges: the temporary eSIM is there."""
    async with database.transaction() as connection:
        done = await steps.acknowledge(connection, order.order_id, By("operator"), esim)
    assert done.refusal is None


async def process(database: Database, order: Acceptance, esim: str) -> None:
    """The provider has processed the order: the SIM that was in place is discarded."""
    async with database.transaction() as connection:
        done = await steps.complete(connection, order.order_id, By("operator"), esim, "test")
    assert done.refusal is None


async def cancel(database: Database, order: Acceptance) -> None:
    """The order is cancelled."""
    async with database.transaction() as connection:
        done = await steps.cancel(connection, order.order_id, By("operator"))
    assert done.refusal is None


async def run(database: Database, statement: str, **values: object) -> list[Any]:
    """Run SQL; its rows, if it has any."""
    async with database.transaction() as connection:
        result = await connection.execute(text(statement), values)
        assert result.returns_rows or not statement.lstrip().startswith("SELECT"), "it selects no column"
        return list(result.all()) if result.returns_rows else []


SWAPS = [OrderKind(kind) for kind, of in KINDS.items() if of.what is Swap]
"""The kinds of order that swap the SIM of a line."""
_BLOCKED = """
SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'
"""


async def until_blocked(database: Database, call: asyncio.Task[Any], waiting: int = 1) -> None:
    """Wait until a transaction of the call waits for a lock; fails if the call ends before. `waiting`: how
    many transactions wait then.
    """
    async with asyncio.timeout(10):
        while (await run(database, _BLOCKED))[0][0] < waiting:
            assert not call.done(), "it did not wait"
