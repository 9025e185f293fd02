"""What an order does to the inventory, at each status, as the inventory shows it."""

import pytest

from models.errors import Refusal, Refused
from models.fleet.inventory import TEMPORARY_MARK, SimKind, SimState
from models.orders.lifecycle import OrderKind, OrderStatus
from tests.builders import ACCOUNT, ANA, OPERATOR, SWAPS, iccid, line, world
from tests.system.scene import Scene, refused

ESIM = iccid(777)


@pytest.mark.covers("F12", "F13", "F14", "F15", "F16", "F17", "F45")
@pytest.mark.parametrize("employee", [True, False])
async def test_acknowledged_a_temporary_esim_stands_beside_the_sim_in_place(
    scene: Scene, employee: bool
) -> None:
    nobody = {} if employee else {"employee_name": "", "employee_email": ""}
    await world(scene.database, line(1, **nobody))
    before = (await scene.line()).sim
    assert before is not None
    order_id = await scene.placed()
    assert (await scene.line()).temporary is None

    await scene.desk.acknowledge(OPERATOR, order_id)
    shown = await scene.line()
    assert shown.sim == before, "the SIM in place stays active, on its line, with its user"
    esim = shown.temporary
    assert esim is not None
    assert (esim.kind, esim.state, esim.mark) == (SimKind.ESIM, SimState.TEMPORARY, TEMPORARY_MARK)
    assert (esim.groups, esim.iccid) == (("Lyon", "Sales"), None)
    assert esim.employee == before.employee
    assert (esim.employee is not None) is employee
    assert (await scene.desk.order(OPERATOR, order_id)).status.label == "Provider processing in progress"
    offers = await scene.desks.fleet.actions(await scene.ana(), f"S-{esim.id}")
    assert not any(offer.offered for offer in offers), "only its ICCID can be entered"

    await scene.desk.enter_iccid(OPERATOR, order_id, ESIM)
    entered = (await scene.line()).temporary
    assert entered is not None
    assert (entered.id, entered.iccid, entered.mark) == (esim.id, ESIM, TEMPORARY_MARK)


@pytest.mark.covers("F18", "F19", "F20", "F21", "F24", "F55")
@pytest.mark.parametrize("kind", SWAPS)
async def test_processed_the_esim_takes_the_line_and_the_old_sim_is_discarded(
    scene: Scene, kind: OrderKind
) -> None:
    before_kind = "physical" if kind is OrderKind.SWITCH_TO_ESIM else "esim"
    await world(scene.database, line(1, sim_type=before_kind))
    old = (await scene.line()).sim
    assert old is not None
    order_id = await scene.acknowledged(kind=kind)
    await scene.desk.processed(OPERATOR, order_id, iccid=ESIM)

    shown = await scene.line()
    assert shown.temporary is None
    assert shown.open_order is None
    assert shown.sim is not None
    assert (shown.sim.iccid, shown.sim.kind, shown.sim.state) == (ESIM, SimKind.ESIM, SimState.ACTIVE)
    assert (shown.sim.mark, shown.sim.employee, shown.sim.groups) == ("", old.employee, old.groups)
    gone = await scene.desks.fleet.sim(OPERATOR, f"S-{old.id}")
    assert (gone.state, gone.groups, gone.employee) == (SimState.DISCARDED, (), None)
    assert gone.discarded_at is not None
    assert not any(
        offer.offered for offer in await scene.desks.fleet.actions(await scene.ana(), f"S-{old.id}")
    )

    await scene.ended(order_id)
    await scene.desk.processed(OPERATOR, order_id, iccid=ESIM)
    assert await refused(scene.desk.cancel(OPERATOR, order_id)) == ["already_processed"]
    assert await scene.desks.fleet.sim(OPERATOR, f"S-{old.id}") == gone, "nobody brings it back"


@pytest.mark.covers("F22", "F23", "F44")
@pytest.mark.parametrize("acknowledged", [True, False])
async def test_cancelled_everything_is_as_it_was(scene: Scene, acknowledged: bool) -> None:
    await world(scene.database)
    before = await scene.line()
    order_id = await (scene.acknowledged() if acknowledged else scene.placed())
    if acknowledged:
        await scene.desk.enter_iccid(OPERATOR, order_id, ESIM)
    assert (await scene.line()).open_order == order_id
    assert (
        await scene.desk.cancel(OPERATOR, order_id, reason="changed my mind")
    ).status is OrderStatus.CANCELLED
    assert await scene.line() == before
    assert await scene.sql("SELECT id FROM sims WHERE iccid = :iccid", iccid=ESIM) == []
    assert (await scene.desk.order(OPERATOR, order_id)).cancel_reason == "changed my mind"
    deleted = "esim.temporary_deleted" in await scene.events(order_id)
    assert deleted is acknowledged


@pytest.mark.covers("F54", "F20", "F14")
async def test_the_esim_takes_what_the_sim_in_place_has_when_the_order_is_processed(scene: Scene) -> None:
    await world(scene.database, line(1), line(2, management_groups="Paris"))
    order_id = await scene.acknowledged()
    old = (await scene.line()).sim
    other = (await scene.line(2)).sim
    assert old is not None
    assert other is not None
    await scene.sql(
        "UPDATE sims SET employee_id = (SELECT employee_id FROM sims WHERE id = :other) WHERE id = :old",
        old=old.id,
        other=other.id,
    )
    await scene.sql("DELETE FROM sim_groups WHERE sim_id = :old", old=old.id)
    await scene.sql(
        "INSERT INTO sim_groups SELECT :old, group_id, account_id FROM sim_groups WHERE sim_id = :other",
        old=old.id,
        other=other.id,
    )
    await scene.desk.processed(OPERATOR, order_id, iccid=ESIM)
    sim = (await scene.line()).sim
    assert sim is not None
    assert (sim.employee, sim.groups) == (other.employee, ("Paris",))


@pytest.mark.covers("F54", "F14")
async def test_an_employee_who_left_meanwhile_is_not_given_the_esim(scene: Scene) -> None:
    await world(scene.database)
    order_id = await scene.acknowledged()
    await scene.sql("UPDATE sims SET employee_id = NULL WHERE state = 'active'")
    await scene.desk.processed(OPERATOR, order_id, iccid=ESIM)
    sim = (await scene.line()).sim
    assert sim is not None
    assert sim.employee is None
    await scene.ended(order_id)
    assert scene.mailbox.recipients() == ["orders@telvia.example", ANA]


@pytest.mark.covers("F49", "F48")
async def test_iccids_that_are_wrong_taken_or_missing(scene: Scene) -> None:
    await world(scene.database, line(1), line(2))
    order_id = await scene.acknowledged()
    assert await refused(scene.desk.processed(OPERATOR, order_id)) == ["iccid_unknown"]
    assert await refused(scene.desk.enter_iccid(OPERATOR, order_id, "12345")) == ["iccid_invalid"]
    with pytest.raises(Refused) as taken:
        await scene.desk.enter_iccid(OPERATOR, order_id, iccid(2))
    assert taken.value.refusals == (Refusal.of("iccid_in_use", iccid=iccid(2)),)
    wrong_digit = ESIM[:-1] + str((int(ESIM[-1]) + 1) % 10)
    state = await scene.desk.enter_iccid(OPERATOR, order_id, f"{wrong_digit[:10]} {wrong_digit[10:]}")
    assert state.iccid == wrong_digit
    assert "check digit" in state.warnings[0]
    assert (await scene.desk.processed(OPERATOR, order_id, iccid=ESIM)).iccid == ESIM


@pytest.mark.covers("W1", "F12")
async def test_the_story_of_an_order_names_who_did_what(scene: Scene) -> None:
    await world(scene.database)
    order_id = await scene.placed()
    await scene.mailbox.got("orders@telvia.example")
    await scene.desk.acknowledge(OPERATOR, order_id, iccid=ESIM)
    dora = await scene.desks.users.create_user(
        OPERATOR, ACCOUNT, "Dora", "dora@telvia.example", role="provider_desk", distributor="Telvia"
    )
    await scene.desk.processed(await scene.ana(dora.email), order_id)
    await scene.ended(order_id)
    timeline = [(event.type, event.actor) for event in (await scene.desk.order(OPERATOR, order_id)).events]
    assert timeline == [
        ("order.submitted", "user:1"),
        ("mail.sent", "system"),
        ("order.provider_processing", "operator"),
        ("esim.temporary_created", "operator"),
        ("esim.iccid_entered", "operator"),
        ("order.processed", dora.actor),
        ("sim.discarded", dora.actor),
        ("esim.activated", dora.actor),
        ("mail.sent", "system"),
        ("mail.sent", "system"),
    ]
