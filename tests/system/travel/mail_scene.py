"""A subscriber's eSIM line with its code, and the order that has just put it there: its e-mails are due."""

import json
from dataclasses import dataclass

from models.codes.activation import parse_activation_code
from models.identifiers import order_id
from models.orders.lifecycle import OrderStatus
from models.people.callers import By
from models.travel.kinds import AddLine, AddPlan
from models.travel.stock_file import parse_stock
from outbox.orders import EMAILS
from starter.operations.recovery import RecoveryDesk
from store.codes import imports
from store.key_ring import KeyRing
from store.travel.stock_import import import_stock
from tests.builders import OPERATOR
from tests.starter.travel.files import esim, stock_file
from tests.system.scene import Scene
from tests.travel_world import (
    SUE,
    add_esim_line,
    add_subscriber,
    add_travel_plan,
    assign_plan,
    travel_world,
)

ROSA = "rosa@home.example"
PIN = "4711-0815"


@dataclass
class Given:
    """What the order gave."""

    subscriber: int
    line: int
    sim: int
    plan: int
    order: str


async def a_line(scene: Scene) -> Given:
    """A world with Rosa's eSIM line."""
    await travel_world(scene.database)
    return await add_line(scene)


async def add_line(scene: Scene, secret_keys: str | None = None) -> Given:
    """Rosa's eSIM line with its code, which has a confirmation code, and a plan, by a processed order."""
    subscriber = await add_subscriber(scene.database)
    plan = await add_travel_plan(scene.database)
    line = await add_esim_line(scene.database, subscriber)
    order = await processed(scene, AddLine(subscriber_id=subscriber, plan_id=plan))
    await assign_plan(scene.database, line, plan, order=order)
    ((sim,),) = await scene.sql("SELECT id FROM sims WHERE holder = :holder", holder=f"esim_line:{line}")
    await scene.sql("UPDATE sims SET order_id = :order WHERE id = :sim", order=order, sim=sim)
    keys = KeyRing(secret_keys or scene.settings.secret_keys)
    await scene.sql("UPDATE travel_stock SET order_id = :order WHERE sim_id = :sim", order=order, sim=sim)
    await scene.sql("UPDATE esim_lines SET order_id = :order WHERE id = :line", order=order, line=line)
    await import_code(scene, sim, keys)
    return Given(subscriber, line, sim, plan, order)


async def in_stock(scene: Scene, number: int) -> int:
    """An eSIM that was just imported into the stock; no order is woken that it is reserved for. The id of its
    SIM.
    """
    rows = parse_stock(stock_file(esim(number)))
    async with scene.database.transaction() as connection:
        await import_stock(connection, KeyRing(scene.settings.secret_keys), 1, rows, By("operator"))
    ((sim,),) = await scene.sql("SELECT id FROM sims WHERE iccid = :iccid", iccid=rows[0].iccid)
    return int(sim)


async def import_code(scene: Scene, sim: int, keys: KeyRing) -> None:
    async with scene.database.transaction() as connection:
        await imports.take(
            connection,
            keys,
            sim_id=sim,
            code=parse_activation_code("LPA:1$smdp.example$SECRET-1$$1"),
            file_type="typed",
            original=None,
            by=By("operator"),
            request_id=None,
            confirmation_code=PIN,
        )


async def a_further_plan(scene: Scene, given: Given) -> str:
    """Another plan for the line, by a processed order; its id."""
    order = await processed(scene, AddPlan(esim_line_id=given.line, plan_id=given.plan), "further")
    await assign_plan(scene.database, given.line, given.plan, order=order)
    return order


async def processed(scene: Scene, what: AddLine | AddPlan, key: str = "given") -> str:
    """An order that is processed, with the follow-ups that are due then."""
    order = order_id(1, f"{key} of {scene.settings.task_queue}")
    await scene.sql(
        "INSERT INTO orders (id, account_id, kind, status, placed_by, what, subject)"
        " SELECT :order, account_id, :kind, 'processed', id, CAST(:what AS jsonb), :subject FROM users"
        " WHERE email = :sue",
        order=order,
        kind=what.kind,
        what=json.dumps(what.model_dump(mode="json")),
        subject=what.subject,
        sue=SUE,
    )
    for step in EMAILS[what.kind].to_people(OrderStatus.PROCESSED):
        await scene.sql(
            "INSERT INTO follow_ups (order_id, kind, target) VALUES (:order, 'send_email', :step)",
            order=order,
            step=step,
        )
    return order


async def recovered(scene: Scene) -> list[str]:
    """Start the workflows of everything unfinished that has none; their ids."""
    async with RecoveryDesk.open(scene.settings) as recovery:
        lost = await recovery.find(OPERATOR)
        await recovery.start(OPERATOR, lost)
    return [one.id for one in lost]


async def holds(scene: Scene) -> list[tuple[str, str]]:
    """Which steps are held, and why."""
    return [(row.step, row.reason) for row in await scene.sql("SELECT step, reason FROM holds ORDER BY step")]


async def due(scene: Scene) -> list[str]:
    """The e-mails of orders that are still to be sent."""
    rows = await scene.sql("SELECT target FROM follow_ups WHERE done_at IS NULL ORDER BY target")
    return [row.target for row in rows]


async def discard(scene: Scene, sim: int) -> None:
    """Discard the eSIM, which leaves its line."""
    await scene.sql(
        "UPDATE sims SET state = 'discarded', holder = NULL, discarded_at = now() WHERE id = :sim", sim=sim
    )
