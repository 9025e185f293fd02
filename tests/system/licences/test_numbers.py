"""Numbers and agents from the command line and the desks, with a worker, Temporal and a mail server."""

import asyncio

import pytest

from models.errors import Refused
from models.licences.numbers import NumberState
from models.orders.lifecycle import HoldReason, OrderStatus
from models.people.callers import Role
from starter.codes.book import CodeBook
from starter.codes.desk import QrDesk
from starter.licences.assignments import AssignDraft, ReplaceDraft
from store.operations import holds
from tests.builders import ACCOUNT, OPERATOR, as_csv, iccid
from tests.licences_world import ADAM, GINA, add_number, number_msisdn
from tests.starter.licences.files import EID, number_row
from tests.system.licences.office import FREE, HUGO, Office, codes
from tests.system.qr_scene import a_code
from tests.temporal_server import comes_true


@pytest.mark.covers("L8", "L18", "L20")
async def test_the_list_shows_the_assignment_from_the_order_to_the_esim(office: Office) -> None:
    order_id = await office.assign()
    placed = await office.number()
    assert (placed.licence_id, placed.add_on, placed.open_order) == (1, FREE[0], order_id)
    assert await codes(office.assign()) == ["number_open_order"]
    await office.scene.desk.acknowledge(OPERATOR, order_id, iccid=iccid(501))
    assert (await office.number()).temporary_id is not None
    await office.scene.desk.processed(OPERATOR, order_id)
    served = await office.number()
    assert (served.sim_state, served.temporary_id, served.open_order) == ("active", None, None)
    assert "number_has_esim" in await codes(office.assign())
    await office.assign(2)
    with pytest.raises(Refused) as none_free:
        await office.assign(3)
    assert none_free.value.refusals[0].parameters == {"add_on": FREE[1], "used": 2, "bought": 2}
    listed = await office.scene.typed("number", "list")
    for word in ("LI-1", "S-", "active", "LI-2", "Assign an eSIM"):
        assert word in listed.out, word
    shown = (await office.scene.typed("number", "show", number_msisdn(1))).out
    for word in ("Gina", "order.submitted", "order.processed", "number.added", iccid(501)):
        assert word in shown, word


@pytest.mark.covers("L21")
async def test_an_agent_who_is_also_a_user_without_the_role_cannot_assign(office: Office) -> None:
    for role in (Role.MANAGER, Role.VIEWER):
        address = f"{role}@acme.example"
        await office.scene.desks.users.create_user(OPERATOR, ACCOUNT, role, address, role=role)
        await office.agents.create_agent(OPERATOR, ACCOUNT, role, address, phone_confirmed=True)
        await office.numbers.change_user(OPERATOR, number_msisdn(3), address)
        assert await codes(office.assign(3, user=address)) == ["not_permitted"]
        caller = await office.scene.ana(address)
        assert await codes(office.numbers.delete(caller, number_msisdn(3))) == ["not_permitted"]
    assert (await office.number(3)).licence_id is None


async def test_the_same_key_is_the_same_order_also_by_add_on(office: Office) -> None:
    order_id = await office.assign(key=office.key)
    assert await office.assign(key=office.key) == order_id
    assert await codes(office.assign(2, key=office.key)) == ["key_used"]


@pytest.mark.covers("L12", "L15", "L30")
async def test_nothing_is_done_for_another_agent_than_was_shown(office: Office) -> None:
    await office.active()
    numbers, shown = office.numbers, "AG-99"
    adam = await office.scene.ana(ADAM)
    for call in (
        numbers.change_user(OPERATOR, number_msisdn(1), None, shown=shown),
        numbers.suspend(OPERATOR, number_msisdn(1), "On leave", shown=shown),
        numbers.stop_esim(OPERATOR, number_msisdn(1), "lost", shown=shown),
        numbers.delete(OPERATOR, number_msisdn(1), shown=shown),
        office.assignments.replace(adam, ReplaceDraft(number=number_msisdn(1), reason="lost", shown=shown)),
        office.assignments.replace(
            adam, ReplaceDraft(number=number_msisdn(1), reason="new_phone", shown=shown)
        ),
        office.assign(2, shown=shown),
    ):
        assert await codes(call) == ["agent_changed"]
    (row,) = await office.scene.sql("SELECT count(*) AS changes FROM number_changes")
    assert row.changes == 0
    assert (await office.number()).sim_state == "active"
    mine = f"AG-{(await office.number()).agent_id}"
    assert (await numbers.suspend(OPERATOR, number_msisdn(1), "On leave", shown=mine)).changed


@pytest.mark.covers("L12")
async def test_the_phone_is_confirmed_or_known_by_its_eid(office: Office) -> None:
    await office.agents.create_agent(OPERATOR, ACCOUNT, "Hugo", HUGO)
    await office.numbers.change_user(OPERATOR, number_msisdn(3), HUGO)
    assert await codes(office.assign(3)) == ["phone_unconfirmed"]
    with pytest.raises(Refused, match="32 digits"):
        await office.agents.edit_agent(OPERATOR, HUGO, eid=EID[:-1] + "4")
    await office.agents.edit_agent(OPERATOR, HUGO, eid=EID)
    assert await office.assign(3)
    await office.agents.edit_agent(OPERATOR, GINA, phone_confirmed=False)
    assert await codes(office.assign(1)) == ["phone_unconfirmed"]
    assert await office.assign(1, phone_confirmed=True)


@pytest.mark.covers("L5", "L6")
async def test_only_direct_french_mobile_numbers_get_a_licence(office: Office) -> None:
    database = office.scene.database
    machine = await add_number(database, msisdn="+337001234567890", agent_id=1)
    others = [
        number_row(n, msisdn=msisdn, phone_supports_esim="")
        for n, msisdn in enumerate(("+262692123456", "+33123456789"), 10)
    ]
    shared = number_row(20, line_type="shared", phone_supports_esim="")
    await office.numbers.import_numbers(OPERATOR, as_csv(*others, shared))
    for msisdn in (f"N-{machine}", *(str(row["msisdn"]) for row in others)):
        draft = {"number": msisdn, "add_on": FREE[0]}
        adam = await office.scene.ana(ADAM)
        refused = codes(office.assignments.assign(adam, AssignDraft.model_validate(draft)))
        assert await refused == ["not_french_mobile"]
    with pytest.raises(Refused, match="convert it to a direct number"):
        await office.assign(20)
    convert = ("number", "convert", number_msisdn(20), "--to", "direct")
    assert "is a direct number now." in (await office.scene.typed(*convert)).out
    again = await office.scene.typed("--language", "fr", *convert)
    assert again.out.endswith(": rien n\N{RIGHT SINGLE QUOTATION MARK}a changé.\n")
    assert await office.assign(20)
    assert await codes(office.numbers.convert(OPERATOR, number_msisdn(20), "shared")) == ["number_open_order"]


@pytest.mark.covers("L13", "L26", "L39")
async def test_a_number_is_suspended_resumed_deleted_and_recovered_by_commands(office: Office) -> None:
    await office.active()
    said = await office.scene.typed("number", "suspend", number_msisdn(1), "--reason", "Not paid.")
    assert "is suspended. The provider is asked to suspend the eSIM" in said.out
    suspended = await office.number()
    assert (suspended.state, suspended.suspended_for, suspended.sim_state) == (
        NumberState.SUSPENDED,
        "Not paid.",
        "suspended",
    )
    assert suspended.licence_id is not None
    again = await office.scene.typed("number", "suspend", number_msisdn(1), "--reason", "Not paid.")
    assert ": nothing changed." in again.out
    await office.scene.typed("number", "resume", number_msisdn(1))
    assert (await office.number()).sim_state == "active"
    asked = await office.scene.typed("number", "delete", number_msisdn(1), code=2)
    assert "terminal" in asked.err
    await office.scene.typed("number", "delete", number_msisdn(1), "--yes")
    deleted = await office.number()
    assert (deleted.state, deleted.sim_id, deleted.licence_id) == (NumberState.DELETED, None, None)
    assert deleted.recoverable_until is not None
    await office.scene.typed("number", "recover", number_msisdn(1))
    recovered = await office.number()
    assert (recovered.state, recovered.agent_id, recovered.sim_id) == (NumberState.ACTIVE, None, None)
    types = [event.type for event in recovered.events]
    assert [kind for kind in types if kind.startswith("number.")][:1] == ["number.added"]
    assert {"number.suspended", "number.resumed", "number.deleted", "number.recovered"} <= set(types)


async def test_before_an_esim_stops_a_person_is_asked(office: Office) -> None:
    await office.active()
    shell = office.scene.shell()
    words = ("number", "change-user", number_msisdn(1), "--none")
    seen = await asyncio.to_thread(lambda: shell.terminal(*words, answers=("n",), code=2))
    assert "its eSIM S-" in seen
    assert "stops at once" in seen
    assert (await office.number()).agent == "Gina"
    await asyncio.to_thread(lambda: shell.terminal(*words, answers=("y",)))
    left = await office.number()
    assert (left.agent, left.sim_id, left.licence_id) == (None, None, None)
    assert "needed" in (await office.scene.typed(*words[:3], code=2)).err


@pytest.mark.covers("L38")
async def test_a_deactivated_agent_leaves_all_numbers_and_gets_none(office: Office) -> None:
    await office.active(1)
    order_id = await office.assign(2)
    gone = await office.scene.typed("agent", "deactivate", GINA, "--yes")
    assert "(deactivated)" in gone.out
    for number in (1, 2):
        left = await office.number(number)
        assert (left.agent_id, left.sim_id, left.licence_id, left.open_order) == (None, None, None, None)
    assert (await office.scene.desk.order(OPERATOR, order_id)).status is OrderStatus.CANCELLED
    assert await codes(office.numbers.change_user(OPERATOR, number_msisdn(1), GINA)) == ["agent_deactivated"]
    again = await office.agents.deactivate_agent(OPERATOR, GINA)
    assert again.deactivated_at is not None
    await office.agents.activate_agent(OPERATOR, GINA)
    assert (await office.numbers.change_user(OPERATOR, number_msisdn(1), GINA)).changed
    assert not (await office.numbers.change_user(OPERATOR, number_msisdn(1), GINA)).changed


@pytest.mark.covers("L27")
async def test_an_address_continues_the_orders_that_are_held_for_it(office: Office) -> None:
    hugo = await office.agents.create_agent(OPERATOR, ACCOUNT, "Hugo", phone_confirmed=True)
    await office.numbers.change_user(OPERATOR, number_msisdn(3), f"AG-{hugo.id}")
    order_id = await office.assign(3)
    async with office.scene.database.transaction() as connection:
        await holds.hold(connection, order_id, "request_code", HoldReason.NO_AGENT_ADDRESS)
    assert (await office.number(3)).held_reason is HoldReason.NO_AGENT_ADDRESS
    handle = office.scene.temporal.client.get_workflow_handle(order_id)

    async def retries() -> int:
        history = await handle.fetch_history()
        names = [event.workflow_execution_signaled_event_attributes.signal_name for event in history.events]
        return names.count("retry")

    await office.agents.edit_agent(OPERATOR, f"AG-{hugo.id}", name="Hugo B.")
    assert await retries() == 0
    await office.scene.typed("agent", "edit", f"AG-{hugo.id}", "--email", HUGO)
    assert await retries() == 1


@pytest.mark.covers("L30")
async def test_a_lost_phone_is_replaced_from_the_command_line(office: Office) -> None:
    await office.active()
    words = ("number", "replace", number_msisdn(1), "--reason", "lost", "--user", ADAM)
    asked = await office.scene.typed(*words, code=2, typed="n\n")
    assert "stops at once" in asked.err
    said = await office.scene.typed(*words, "--yes", "--phone-supports-esim")
    assert "order-" in said.out
    replaced = await office.number()
    assert (replaced.sim_id, replaced.order_kind) == (None, "replace_licence_esim")
    adam = await office.scene.ana(ADAM)
    wrong = ReplaceDraft(number="N-1", reason="bored")
    assert await codes(office.assignments.replace(adam, wrong)) == ["unknown_replace_reason"]


async def test_a_licence_or_an_add_on_is_named_and_exists(office: Office) -> None:
    assert await codes(office.assign(licence="LI-1")) == ["licence_not_chosen"]
    assert await codes(office.assign(add_on=None)) == ["licence_not_chosen"]
    assert await codes(office.assign(add_on="gold")) == ["unknown_add_on"]
    assert await codes(office.assign(add_on=None, licence="LI-99")) == ["unknown_licence"]
    said = await office.scene.typed(
        *("number", "assign", number_msisdn(1), "--licence", "LI-2", "--user", ADAM, "--yes")
    )
    assert "order-" in said.out
    assert (await office.number()).licence_id == 2


async def test_no_address_belongs_to_two_agents_of_an_account(office: Office) -> None:
    assert await codes(office.agents.create_agent(OPERATOR, ACCOUNT, "Other", GINA.upper())) == [
        "agent_exists"
    ]
    other = await office.agents.create_agent(OPERATOR, ACCOUNT, "Other")
    edit = office.agents.edit_agent(OPERATOR, f"AG-{other.id}", email=GINA)
    assert await codes(edit) == ["agent_exists"]
    listed = (await office.scene.typed("agent", "list")).out
    assert "Other" in listed
    assert GINA in listed


@pytest.mark.covers("L31")
async def test_the_agents_email_is_sent_again_to_the_present_address(office: Office) -> None:
    scene = office.scene
    assert await codes(office.assignments.resend(await scene.ana(ADAM), "N-1")) == ["number_without_esim"]
    await office.active()
    sim = f"S-{(await office.number()).sim_id}"
    desk = QrDesk(scene.temporal.client, scene.database, scene.settings)
    await desk.import_code(OPERATOR, sim, str(a_code()))
    first = await desk.notify(OPERATOR, sim, GINA)
    await office.agents.edit_agent(OPERATOR, GINA, email=HUGO)
    await comes_true(lambda: HUGO in scene.mailbox.recipients())
    sent = await scene.typed("number", "resend", "N-1", "--key", "once")
    assert "again" in sent.out
    await scene.typed("number", "resend", "N-1", "--key", "once")
    await comes_true(lambda: scene.mailbox.recipients().count(HUGO) > 1)
    earlier = await CodeBook(scene.database).notification(OPERATOR, first.id)
    assert earlier.state == "revoked"
    assert scene.mailbox.recipients().count(HUGO) == 2, "by the edit, and once again"
