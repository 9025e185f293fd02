"""An account that buys licences, with a calendar that is turned by hand."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest

from models.errors import Refused
from models.licences.licence_views import LicenceView
from models.people.callers import Caller
from starter.licences.licences import LicenceDesk
from store.clock import set_clock
from store.session import Database
from tests.builders import ACCOUNT, OPERATOR, ana, run
from tests.licences_world import ADAM, OLGA, add_number, licences_world

SMS, DATA, PRO = "voice_sms", "voice_sms_data", "voice_sms_data_pro"
PRICES = {SMS: "8.00", DATA: "10.00", PRO: "16.00"}


@dataclass(frozen=True)
class Shop:
    """The desk, and who calls it."""

    database: Database
    licences: LicenceDesk
    olga: Caller
    """The owner."""
    adam: Caller
    """The administrator."""

    async def on(self, day: str) -> None:
        """Turn the calendar to noon (UTC) of a day, or to a moment."""
        moment = datetime.fromisoformat(day if "T" in day else f"{day}T12:00").replace(tzinfo=UTC)
        (row,) = await run(self.database, "SELECT now() AS now")
        async with self.database.transaction() as connection:
            await set_clock(connection, moment - row.now)

    async def buy(self, quantity: int = 1, add_on: str = DATA, **more: Any) -> list[str]:
        """Olga buys; the ids of the licences."""
        bought = await self.licences.buy(self.olga, ACCOUNT, add_on, quantity, **more)
        return [f"LI-{one}" for one in (*bought.again, *bought.new)]

    async def use(self, licence: str, number: int = 1) -> int:
        """A number takes the licence, as an order that is accepted does; how many rows that changed."""
        number_id = await add_number(self.database, number)
        return await take(self.database, licence, number_id)

    async def licence(self, licence: str) -> LicenceView:
        """The licence as it is listed."""
        listed = await self.licences.licences(OPERATOR, ACCOUNT)
        over = await self.licences.licences(OPERATOR, ACCOUNT, status="over")
        (found,) = [one for one in (*listed, *over) if one.reference == licence]
        return found

    async def charged(self, *months: str, licence: str | None = None) -> list[tuple[str, str]]:
        """Day and amount of each charge of these months."""
        found = []
        for month in months:
            listed = await self.licences.charges(OPERATOR, ACCOUNT, month, licence)
            found += [(str(charge.day), str(charge.amount)) for charge in listed.charges]
        return found


async def take(database: Database, licence: str, number_id: int) -> int:
    """What the order's transaction does: the licence is taken unless a number has it."""
    taken = await run(
        database,
        "UPDATE licences SET number_id = :number WHERE id = :licence AND number_id IS NULL"
        " AND usable_until IS NULL RETURNING id",
        number=number_id,
        licence=int(licence.removeprefix("LI-")),
    )
    return len(taken)


async def shop(database: Database, day: str = "2026-12-01", **billing: Any) -> Shop:
    """The account on this day, with prices and, where given, its billing."""
    await licences_world(database)
    desk = LicenceDesk(database)
    opened = Shop(
        database,
        desk,
        await ana(database, OLGA),
        await ana(database, ADAM),
    )
    await opened.on(day)
    for add_on, amount in PRICES.items():
        await desk.set_price(OPERATOR, ACCOUNT, add_on, amount)
    if billing:
        await desk.set_billing(OPERATOR, ACCOUNT, **billing)
    return opened


async def codes(call: Any) -> list[str]:
    """Why a call is refused."""
    with pytest.raises(Refused) as refused:
        await call
    return [reason.code for reason in refused.value.refusals]
