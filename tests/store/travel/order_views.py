"""What orders about travel eSIMs have changed, and why one was refused."""

from typing import Any

from models.errors import Refusal
from store.session import Database
from tests.builders import run
from tests.travel_orders import accepted, asked, step


async def sims(database: Database) -> list[tuple[str, str | None]]:
    rows = await run(
        database, "SELECT state, holder FROM sims JOIN travel_stock ON sim_id = sims.id ORDER BY sims.id"
    )
    return [(row.state, row.holder) for row in rows]


async def lines(database: Database) -> list[Any]:
    return await run(database, "SELECT * FROM esim_lines ORDER BY id")


async def refusals(database: Database, what: Any) -> dict[str, dict[str, Any]]:
    answer = await accepted(database, await asked(database, what))
    assert not answer.accepted
    return {refusal.code: dict(refusal.parameters) for refusal in answer.refusals}


async def refusal(database: Database, name: str, order: str, *more: Any) -> str:
    found = (await step(database, name, order, *more)).refusal
    assert isinstance(found, Refusal)
    return found.code
