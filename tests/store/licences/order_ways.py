"""What tests do with orders about a number, step by step, and what is in the database then."""

from collections.abc import Sequence
from typing import Any

from models.orders.placement import Acceptance, StepResult
from models.people.callers import By
from store.orders import steps
from store.session import Database
from tests.builders import iccid, run
from tests.licences_world import (
    accepted,
    add_licence,
    assignment,
)

PROVIDER = By("operator")
OLD, NEW = iccid(501), iccid(502)


async def sims(database: Database) -> list[tuple[str, str | None, str | None]]:
    """State, ICCID and holder of the eSIMs that orders of numbers brought, oldest first."""
    rows = await run(
        database,
        "SELECT sims.state, sims.iccid, sims.holder FROM sims JOIN licence_orders USING (order_id)"
        " ORDER BY sims.id",
    )
    return [tuple(row) for row in rows]


async def sim_states(database: Database) -> list[str]:
    return [state for state, _, _ in await sims(database)]


async def used_by(database: Database, licence_id: int) -> int | None:
    (row,) = await run(database, "SELECT number_id FROM licences WHERE id = :id", id=licence_id)
    return row.number_id  # type: ignore[no-any-return]


async def due(database: Database, order_id: str) -> list[str]:
    rows = await run(database, "SELECT kind FROM follow_ups WHERE order_id = :id ORDER BY id", id=order_id)
    return [row.kind for row in rows if row.kind not in ("send_email", "withdraw_from_provider")]


async def step(database: Database, name: str, order: Acceptance, *more: Any) -> StepResult:
    async with database.transaction() as connection:
        return await getattr(steps, name)(connection, order.order_id, PROVIDER, *more)  # type: ignore[no-any-return]


async def assigned(database: Database, number_id: int, esim: str = OLD) -> int:
    """Assign a new licence to the number, up to processed; the licence's id."""
    licence = await add_licence(database)
    order = await accepted(database, await assignment(database, number_id, licence))
    assert order.accepted, order.refusals
    await step(database, "acknowledge", order)
    assert (await step(database, "complete", order, esim, "test")).refusal is None
    return licence


def codes_of(order: Acceptance) -> Sequence[str]:
    return [refusal.code for refusal in order.refusals]
