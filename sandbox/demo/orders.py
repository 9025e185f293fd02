"""The demonstration's chapters about orders: switched, cancelled, replaced, refused, and a killed worker."""

import asyncio
import os
import signal

from models.errors import Refused
from models.fleet.inventory import LineView, SimKind
from models.orders.lifecycle import OrderKind, OrderStatus
from models.orders.rules import DISCARD_WARNING, Action
from sandbox.demo.scene import OPERATOR, Scene
from sandbox.stage import wait_until


async def switch(scene: Scene) -> None:
    """A line gets an eSIM in place of its physical SIM."""
    line = await scene.line(Action.SWITCH_TO_ESIM, with_employee=True)
    scene.timeline.chapter(f"Line {line.msisdn} is switched from its physical SIM to an eSIM")
    scene.timeline.says(f"Warned: {DISCARD_WARNING}")
    order = await scene.place(OrderKind.SWITCH_TO_ESIM, line)
    before = await scene.fleet.line(OPERATOR, line.msisdn)
    scene.timeline.check("No temporary eSIM before the acknowledgement", right=before.temporary is None)
    await scene.desk.acknowledge(OPERATOR, order)
    scene.timeline.says("The provider acknowledges: provider processing in progress")
    _check_temporary(scene, line, await scene.fleet.line(OPERATOR, line.msisdn))
    iccid = scene.next_iccid()
    await scene.desk.enter_iccid(OPERATOR, order, iccid)
    scene.timeline.says(f"ICCID {iccid} is entered")
    await scene.desk.processed(OPERATOR, order)
    scene.timeline.says("The provider has processed the order")
    await scene.check_swapped(order, line, iccid)


def _check_temporary(scene: Scene, before: LineView, now: LineView) -> None:
    temporary = now.temporary
    scene.timeline.check(
        "A temporary eSIM exists, marked SIM-Temp",
        right=temporary is not None and temporary.mark == "SIM-Temp" and temporary.kind is SimKind.ESIM,
    )
    scene.timeline.check(
        "in the groups of the SIM in place, with its employee",
        right=temporary is not None
        and before.sim is not None
        and (temporary.groups, temporary.employee) == (before.sim.groups, before.sim.employee),
    )
    scene.timeline.check("The SIM in place is still active", right=now.sim == before.sim)


async def cancel(scene: Scene) -> None:
    """An order is cancelled while the provider works on it, and processed by the provider all the same."""
    line = await scene.line(Action.SWITCH_TO_ESIM)
    scene.timeline.chapter(f"The order for line {line.msisdn} is cancelled while the provider works on it")
    order = await scene.place(OrderKind.SWITCH_TO_ESIM, line)
    await scene.desk.acknowledge(OPERATOR, order, iccid=scene.next_iccid())
    scene.timeline.says("Acknowledged: a temporary eSIM exists")
    await scene.desk.cancel(OPERATOR, order, reason="The employee keeps the old phone.")
    scene.timeline.says("Cancelled")
    after = await scene.fleet.line(OPERATOR, line.msisdn)
    scene.timeline.check("The temporary eSIM is deleted", right=after.temporary is None)
    scene.timeline.check("The SIM in place is as it was", right=after.sim == line.sim)
    try:
        await scene.desk.processed(OPERATOR, order, iccid=scene.next_iccid())
        refused = False
    except Refused as refusal:
        scene.timeline.says(f"A late 'processed' is refused: {refusal}")
        refused = True
    unchanged = await scene.fleet.line(OPERATOR, line.msisdn)
    scene.timeline.check("A late 'processed' changes nothing", right=refused and unchanged == after)
    events = [event.type for event in (await scene.desk.order(OPERATOR, order)).events]
    scene.timeline.check("and is kept as an incident", right="incident.processed_after_cancelled" in events)
    await scene.check_workflow(order, "cancelled")


async def replace(scene: Scene) -> None:
    """A line gets a new eSIM in place of a defective one."""
    line = await scene.line(Action.REPLACE_ESIM)
    scene.timeline.chapter(f"The defective eSIM of line {line.msisdn} is replaced")
    order = await scene.place(OrderKind.REPLACE_ESIM, line)
    await scene.desk.acknowledge(OPERATOR, order)
    iccid = scene.next_iccid()
    await scene.desk.processed(OPERATOR, order, iccid=iccid)
    scene.timeline.says(f"Acknowledged, then processed with ICCID {iccid} in one call")
    await scene.check_swapped(order, line, iccid)


async def refuse(scene: Scene) -> None:
    """A line that has an eSIM already cannot be switched to one."""
    line = await scene.line(Action.REPLACE_ESIM)
    scene.timeline.chapter(f"Switching line {line.msisdn}, which has an eSIM already, is refused")
    orders = len(await scene.desk.orders(OPERATOR, limit=1000))
    try:
        await scene.place(OrderKind.SWITCH_TO_ESIM, line)
        reasons = []
    except Refused as refusal:
        scene.timeline.says(str(refusal))
        reasons = [reason.code for reason in refusal.refusals]
    scene.timeline.check("Refused, with the reason", right=reasons == ["already_esim"])
    scene.timeline.check("Nothing changed", right=await scene.fleet.line(OPERATOR, line.msisdn) == line)
    kept = await scene.desk.orders(OPERATOR, status=OrderStatus.REFUSED, line=line.msisdn)
    scene.timeline.check(
        "The refusal is kept for people, with the same reason",
        right=[reason.code for order in kept for reason in order.refusals] == reasons,
    )
    scene.timeline.check(
        "No order came of it", right=len(await scene.desk.orders(OPERATOR, limit=1000)) == orders
    )
    await scene.check_workflow(kept[0].id, "refused")


async def kill_worker(scene: Scene) -> None:
    """The worker is killed right after it wrote a swap: another one finishes the order."""
    line = await scene.line(Action.SWITCH_TO_ESIM)
    scene.timeline.chapter("The worker is killed with SIGKILL in the middle of an order")
    order = await scene.place(OrderKind.SWITCH_TO_ESIM, line)
    await scene.desk.acknowledge(OPERATOR, order)
    iccid = scene.next_iccid()
    victim = scene.worker_pid()
    processed = asyncio.create_task(scene.desk.processed(OPERATOR, order, iccid=iccid))
    while (await scene.desk.order(OPERATOR, order)).status is not OrderStatus.PROCESSED:
        pass  # no sleep: kill it as soon as the swap is committed, before Temporal or the caller knows
    os.kill(victim, signal.SIGKILL)
    when = "after it had answered" if processed.done() else "before it could answer"
    scene.timeline.says(f"Worker {victim} killed right after it had written the swap, {when}")
    scene.timeline.says("Temporal gives it ten seconds, then asks another worker")
    await processed
    await scene.check_swapped(order, line, iccid)

    async def look() -> int | None:
        pid = scene.worker_pid()
        return None if pid == victim else pid

    successor = await wait_until(look, "another worker")
    scene.timeline.says(f"Worker {successor} took over, and the call was answered")
