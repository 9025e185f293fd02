"""Lost and stolen phones: the eSIM stops first, whatever becomes of its replacement."""

import pytest

from models.errors import Refused
from models.licences.licence_views import LicenceStatus, LicenceView
from models.licences.numbers import Change
from models.orders.lifecycle import OrderStatus
from models.refusals.declared import filled
from starter.cli.session import HINTS
from starter.licences.assignments import ReplaceDraft
from starter.licences.changes import NumberChanges
from starter.licences.licences import LicenceDesk
from starter.orders.drafts import Placed
from store.licences.lookups import find_number
from temporal.calls import Calls
from tests.builders import OPERATOR, iccid
from tests.licences_world import ADAM, GINA, number_msisdn
from tests.system.licences.number_scene import PROVIDER
from tests.system.licences.office import Office, codes
from tests.temporal_server import eventually


async def replaced(office: Office, reason: str = "lost", **more: object) -> Placed:
    """Adam replaces the eSIM of number 1."""
    draft = ReplaceDraft.model_validate({"number": number_msisdn(1), "reason": reason} | more)
    return await office.assignments.replace(await office.scene.ana(ADAM), draft)


async def licence(office: Office, number: int = 1) -> LicenceView:
    """The account's licence with this id."""
    found = await LicenceDesk(office.scene.database).licences(OPERATOR)
    return next(one for one in found if one.id == number)


async def stop_requested(office: Office, number: int = 501) -> None:
    """The distributor is asked to stop the eSIM with this ICCID."""

    async def asked() -> bool:
        mails = [mail for mail in office.scene.mailbox.mails if mail.to == [PROVIDER]]
        return any("stop" in mail.subject.lower() and iccid(number) in mail.text for mail in mails)

    await eventually(asked, bool)


@pytest.mark.covers("L30", "L23")
async def test_a_phone_that_is_stolen_while_its_esim_is_replaced_for_a_new_phone(office: Office) -> None:
    await office.active()
    first = (await replaced(office, "new_phone")).order_id
    await office.scene.desk.acknowledge(OPERATOR, first, iccid=iccid(502))
    second = (await replaced(office, "stolen")).order_id
    assert (await office.scene.desk.order(OPERATOR, first)).status is OrderStatus.CANCELLED
    number = await office.number()
    assert (number.sim_id, number.open_order, number.licence_id) == (None, second, 1)
    await stop_requested(office)
    await office.scene.ended(first)
    await office.scene.desk.acknowledge(OPERATOR, second, iccid=iccid(503))
    await office.scene.desk.processed(OPERATOR, second)
    assert (await office.number()).iccid == iccid(503)


@pytest.mark.covers("L30")
async def test_a_repeated_call_does_not_stop_the_new_esim(office: Office) -> None:
    await office.active()
    order_id = (await replaced(office, key=office.key)).order_id
    assert (await replaced(office, key=office.key)).order_id == order_id
    assert await codes(replaced(office)) == ["number_open_order"], "nothing is left to be stopped"
    await office.scene.desk.acknowledge(OPERATOR, order_id, iccid=iccid(502))
    await office.scene.desk.processed(OPERATOR, order_id)
    assert (await replaced(office, key=office.key)).order_id == order_id
    assert (await office.number()).iccid == iccid(502)


@pytest.mark.covers("L30", "L39", "L12")
@pytest.mark.parametrize("why", ["number_suspended", "phone_unconfirmed"])
async def test_a_refused_replacement_leaves_no_stolen_esim_working(office: Office, why: str) -> None:
    await office.active()
    sim_id = (await office.number()).sim_id
    if why == "number_suspended":
        await office.numbers.suspend(OPERATOR, number_msisdn(1), "Lost at sea.")
    else:
        await office.agents.edit_agent(OPERATOR, GINA, phone_confirmed=False)
    with pytest.raises(Refused) as refused:
        await replaced(office)
    assert [reason.code for reason in refused.value.refusals] == [why, "esim_stopped", "licence_freed"]
    assert [reason.parameters for reason in refused.value.refusals[1:]] == [
        {"sim": f"S-{sim_id}"},
        {"licence": "LI-1", "number": "N-1"},
    ]
    number = await office.number()
    assert (number.sim_id, number.licence_id) == (None, None)
    freed = [event.data for event in number.events if event.type == "licence.freed"]
    assert freed == [{"licence": 1}], "the history says so"
    assert (await licence(office)).status is LicenceStatus.FREE, "it stays bought"
    await stop_requested(office)
    assert sorted(await codes(replaced(office))) == sorted(["number_without_esim", why])
    if why == "number_suspended":
        await office.numbers.resume(OPERATOR, number_msisdn(1))
    (hint,) = [filled(HINTS[each.code], each.parameters, {}) for each in refused.value.refusals[2:]]
    _, command = str(hint).rstrip(".").replace("USER", ADAM).split("esim-orders ")
    key = ("--key", f"again, {office.key}", "--yes")
    await office.scene.typed(*command.split(), "--phone-supports-esim", *key)
    order_id = (await office.number()).open_order
    assert order_id is not None
    await office.scene.desk.acknowledge(OPERATOR, order_id, iccid=iccid(502))
    await office.scene.desk.processed(OPERATOR, order_id)
    assert ((await office.number()).iccid, (await office.number()).licence_id) == (iccid(502), 1)


@pytest.mark.covers("L30", "L20")
async def test_the_licence_of_another_open_order_is_not_freed(office: Office) -> None:
    await office.active()
    order_id = (await replaced(office)).order_id
    assert await codes(replaced(office)) == ["number_open_order"]
    number = await office.number()
    assert (number.open_order, number.licence_id) == (order_id, 1)


async def interrupted(office: Office) -> None:
    """Adam's call for a replacement ends after the lost eSIM was stopped, before anything is ordered."""
    adam = await office.scene.ana(ADAM)
    async with office.scene.database.reading() as connection:
        found = await find_number(connection, adam.scope, number_msisdn(1))
    scene = office.scene
    calls = Calls(scene.temporal.client, scene.database, scene.settings)
    changes = NumberChanges(calls, scene.database)
    await changes.make(adam, found, Change.STOP_ESIM, office.key, keeps_licence=True, reason="lost")


@pytest.mark.covers("L30", "L24")
@pytest.mark.parametrize("way", ["stop-esim", "replace", "refused"])
async def test_a_licence_that_was_kept_by_an_interrupted_call_is_shown_and_freed_or_used(
    office: Office, way: str
) -> None:
    await office.active()
    await interrupted(office)
    assert (await office.number()).licence_id == 1
    shown = await office.scene.typed("number", "show", "N-1")
    assert "in use without an eSIM" in shown.out
    if way == "replace":
        await replaced(office)
        assert ((await office.number()).licence_id, (await office.number()).sim_id) == (1, None)
        assert "in use without" not in (await office.scene.typed("number", "show", "N-1")).out
        return
    if way == "stop-esim":
        await office.scene.typed("number", "stop-esim", "N-1", "--reason", "lost", "--yes")
    else:
        await office.agents.edit_agent(OPERATOR, GINA, phone_confirmed=False)
        assert await codes(replaced(office)) == ["phone_unconfirmed", "licence_freed"]
    assert (await office.number()).licence_id is None


@pytest.mark.covers("L30")
async def test_a_call_that_orders_nothing_stops_nothing(office: Office) -> None:
    await office.active()
    draft = ReplaceDraft(number=number_msisdn(1), reason="lost")
    assert await codes(office.assignments.replace(OPERATOR, draft)) == ["user_needed"]
    assert (await office.number()).sim_id is not None


@pytest.mark.covers("L30", "L24")
async def test_the_esim_of_a_lost_phone_is_stopped_by_a_command_of_its_own(office: Office) -> None:
    await office.active()
    words = ("number", "stop-esim", number_msisdn(1), "--reason")
    wrong = await office.scene.typed(*words, "bored", "--yes", code=2)
    assert "lost, stolen" in wrong.err
    assert "terminal" in (await office.scene.typed(*words, "lost", code=2)).err
    said = await office.scene.typed(*words, "lost", "--yes")
    assert "has no eSIM any more. The provider is asked to stop the eSIM" in said.out
    await stop_requested(office)
    number = await office.number()
    assert (number.sim_id, number.licence_id) == (None, None)
    assert "nothing changed" in (await office.scene.typed(*words, "lost", "--yes")).out
    assert await office.assign(), "the next eSIM is assigned as the first was"


@pytest.mark.covers("L30", "L18")
async def test_the_licence_that_a_number_has_kept_is_assigned_to_it_again_by_its_add_on(
    office: Office,
) -> None:
    await office.active()
    await office.assign(2)
    await interrupted(office)
    await office.assign(1)
    assert (await office.number()).licence_id == 1, "no other licence is free"
