"""How long `esim-orders order retry --without-workflow` takes after Temporal's data was lost.

One order is placed and mailed to its provider, then copied in the database, for a line of its own each:
Temporal knows nothing of the copies, as after a loss. The command starts all, while the worker takes them up.
"""

import asyncio
import json
import sys
import time
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import text

from bench.fleet import USER, seed
from bench.surroundings import Surroundings, surroundings
from models.orders.lifecycle import OrderKind
from starter import callers
from starter.orders.desk import OrderDesk
from starter.orders.drafts import OrderDraft
from store.session import Database

_COPY_ID = "'order-' || translate(substr(md5(n::text), 1, 16), '0189', 'wxyz')"
_EACH = "generate_series(2, :lines) n WHERE {} = :order"
_COPY = (
    f"""INSERT INTO orders
        (id, account_id, kind, status, subject, provider_id, distributor_id, placed_by, what)
    SELECT {_COPY_ID}, account_id, kind, status, 'line:' || n, provider_id, distributor_id, placed_by,
        what || jsonb_build_object('line_id', n)
    FROM orders, {_EACH.format("id")}""",
    f"""INSERT INTO swap_orders (order_id, account_id, line_id, pack_id, sim_in_place_id)
    SELECT {_COPY_ID}, account_id, n, pack_id, n FROM swap_orders, {_EACH.format("order_id")}""",
    f"""INSERT INTO mails (id, order_id, template, recipient, message_id, state, attempts)
    SELECT replace(id, :order, {_COPY_ID}), {_COPY_ID}, template, recipient,
        replace(message_id, '@', '.' || n || '@'), state, attempts
    FROM mails, {_EACH.format("order_id")}""",
    f"""INSERT INTO events (account_id, about, type, actor, data, audience)
    SELECT account_id, ARRAY[{_COPY_ID}, 'line:' || n], type, actor, data, audience
    FROM events, {_EACH.format("about[1]")}""",
    "ANALYZE",
)


@dataclass(frozen=True)
class LostFigures:
    """One run."""

    orders: int
    seconds: float
    """Until the command has ended."""
    answered_s: float
    """Until the last order that was started answers a call."""
    wrong: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """Everything for a machine."""
        return {
            "lost_orders": self.orders,
            "lost_started_s": round(self.seconds, 1),
            "lost_started_per_s": round(self.orders / self.seconds, 1),
            "lost_answered_s": round(self.answered_s, 1),
            "faults": list(self.wrong),
        }


async def time_recovery(orders: int) -> LostFigures:
    """Start so many orders by the command, on servers of their own."""
    async with surroundings() as around:
        database = Database(around.settings.database_url, pool_size=2)
        await seed(database, orders + 1)
        patient = around.settings.model_copy(update={"answer_timeout": timedelta(minutes=30)})
        async with OrderDesk.open(patient) as desk:
            await _copies_of_one(desk, database, orders + 1)
            begun = time.monotonic()
            done = await _command(around)
            seconds = time.monotonic() - begun
            print(f"bench: {done['started']} were started in {seconds:.0f} s", file=sys.stderr, flush=True)
            last = done["each"][-1]["id"]
            await desk.acknowledge(callers.operator(), last)
            answered = time.monotonic() - begun
        again = await _command(around)
        await database.close()
    wrong = [] if done["started"] == orders else [f"{orders - done['started']} orders were not started."]
    if again["started"]:
        wrong.append(f"{again['started']} orders were started twice.")
    return LostFigures(orders, seconds, answered, tuple(wrong))


async def _copies_of_one(desk: OrderDesk, database: Database, lines: int) -> None:
    draft = OrderDraft(kind=OrderKind.SWITCH_TO_ESIM, line="L-1", discard_confirmed=True)
    placed = await desk.place(await callers.user(database, USER), draft)
    async for seen in desk.watch(callers.operator(), placed.order_id):
        if "mail.sent" in {event.type for event in seen.events}:
            break
    async with database.transaction() as connection:
        for statement in _COPY:
            values = {"order": placed.order_id, "lines": lines} if ":order" in statement else {}
            await connection.execute(text(statement), values)


async def _command(around: Surroundings) -> dict[str, Any]:
    """What the command answers, run as an operator runs it."""
    settings = around.settings
    arguments = ("order", "retry", "--without-workflow", "--yes", "--json")
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "starter.cli", "--data-dir", str(settings.data_dir), *arguments),
        stdout=asyncio.subprocess.PIPE,
    )
    said, _ = await process.communicate()
    answer: dict[str, Any] = json.loads(said)
    return answer
