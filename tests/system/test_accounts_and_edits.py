"""Edits of the inventory, and the closing of an account, while an order is open."""

import pytest

from models.orders.lifecycle import OrderStatus
from models.people.callers import Role
from starter import callers
from starter.fleet.edits import FleetEditDesk
from starter.people.accounts import AccountDesk
from tests.builders import ACCOUNT, ANA, OPERATOR, iccid, line, world
from tests.starter.shell import Said
from tests.system.scene import Scene, refused

ESIM = iccid(777)


@pytest.mark.covers("F54", "F63", "F20")
async def test_an_edit_while_the_order_is_open_is_what_the_esim_has_afterwards(scene: Scene) -> None:
    await world(scene.database, line(1), line(2, management_groups="Paris"))
    edits, ana = FleetEditDesk(scene.database), await scene.ana()
    order_id = await scene.acknowledged()
    await edits.set_employee(ana, ["L-1"], "lea@acme.example", name="Lea")
    await edits.set_groups(ana, ["+33639980001"], ["Paris"])
    during = await scene.line()
    assert during.sim is not None
    assert during.temporary is not None
    assert (during.sim.employee, during.sim.groups) == ("Lea", ("Paris",))
    assert (during.temporary.employee, during.temporary.groups) == ("Employee 1", ("Lyon", "Sales"))
    await scene.desk.processed(OPERATOR, order_id, iccid=ESIM)
    after = (await scene.line()).sim
    assert after is not None
    assert (after.iccid, after.employee, after.groups) == (ESIM, "Lea", ("Paris",))
    gone = await scene.desks.fleet.sim(OPERATOR, f"S-{during.sim.id}")
    assert (gone.employee, gone.groups) == (None, ())
    await scene.ended(order_id)
    assert "lea@acme.example" in scene.mailbox.recipients()


@pytest.mark.covers("F64", "F15", "F49")
async def test_the_iccid_is_entered_by_line_by_the_manager_and_by_the_provider_desk(scene: Scene) -> None:
    await world(scene.database, line(1), line(2))
    create = scene.desks.users.create_user
    await create(OPERATOR, ACCOUNT, "Dora", "dora@telvia.example", role="provider_desk", distributor="Telvia")
    await create(OPERATOR, ACCOUNT, "Ben", "ben@acme.example", role=Role.VIEWER)
    dora = await callers.user(scene.database, "dora@telvia.example")
    enter = scene.desk.enter_iccid_of_line
    assert await refused(enter(dora, "L-1", ESIM)) == ["unknown_line"]
    assert await refused(enter(await scene.ana(), "L-1", ESIM)) == ["no_open_order"]
    order_id = await scene.placed()
    assert await refused(enter(await scene.ana(), "L-1", ESIM)) == ["not_acknowledged"]
    await scene.desk.acknowledge(OPERATOR, order_id)
    assert (await enter(await scene.ana(), "+33639980001", ESIM)).iccid == ESIM
    wrong_digit = ESIM[:-1] + str((int(ESIM[-1]) + 1) % 10)
    state = await enter(dora, "L-1", wrong_digit)
    assert (state.order_id, state.iccid) == (order_id, wrong_digit)
    assert "check digit" in state.warnings[0]
    assert await refused(enter(await scene.ana(), "L-1", iccid(2))) == ["iccid_in_use"]
    assert await refused(enter(await scene.ana("ben@acme.example"), "L-1", ESIM)) == ["not_permitted"]
    timeline = (await scene.desk.order(OPERATOR, order_id)).events
    entered = [event.actor for event in timeline if event.type == "esim.iccid_entered"]
    assert entered == ["user:1", dora.actor]


@pytest.mark.covers("F64", "F49")
async def test_the_iccid_is_entered_by_line_from_a_shell(scene: Scene) -> None:
    await world(scene.database, line(1), line(2))

    async def typed(*arguments: str, code: int = 0) -> Said:
        return await scene.typed("--user", ANA, "fleet", "set-iccid", *arguments, code=code)

    order_id = await scene.acknowledged()
    assert (await typed("L-1", ESIM)).out == f"{order_id}: provider processing in progress, ICCID {ESIM}\n"
    assert "The line has no open order" in (await typed("L-2", ESIM, code=2)).err
    assert "no such line" in (await typed("L-9", ESIM, code=2)).err
    assert "18 to 20 digits" in (await typed("L-1", "12", code=2)).err


@pytest.mark.covers("F67")
async def test_of_a_closed_account_the_open_order_finishes_and_a_new_one_is_refused(scene: Scene) -> None:
    await world(scene.database, line(1), line(2))
    accounts, ana = AccountDesk(scene.database), await scene.ana()
    order_id = await scene.acknowledged()
    await accounts.close(OPERATOR, ACCOUNT)
    assert await refused(scene.ana()) == ["account_closed"]
    draft = scene.draft(2, key="after")
    assert await refused(scene.desk.place(ana, draft)) == ["account_closed"]
    assert await refused(scene.desk.cancel(ana, order_id)) == ["not_permitted"]
    state = await scene.desk.processed(OPERATOR, order_id, iccid=ESIM)
    assert state.status is OrderStatus.PROCESSED
    await scene.ended(order_id)
    shown = await scene.line()
    assert shown.sim is not None
    assert (shown.sim.iccid, shown.open_order) == (ESIM, None)
    assert (await scene.line(2)).open_order is None
    await accounts.reopen(OPERATOR, ACCOUNT)
    assert (await scene.desk.place(await scene.ana(), draft)).status is OrderStatus.SUBMITTED
