"""Nothing secret or personal is in any history, list or log of Temporal: ids only (W6)."""

import asyncio
import logging

import pytest

from tests.builders import ANA, OPERATOR, iccid, item, line, world
from tests.system.scene import Scene, msisdn, refused
from tests.temporal_server import eventually, readable

ODILE = "odile@telvia.example"
EMPLOYEE = "Sentinella Privata"
SECRETS = {
    "phone number": msisdn(1)[1:],
    "employee": EMPLOYEE,
    "employee's address": "sentinella@private.example",
    "user's address": ANA,
    "contact's name": "Odile Sentinel",
    "contact's address": ODILE,
    "device": "Sentinel phone of the boss",
    "group": "Secret group",
    "reason": "because the boss has lost it in Monaco",
    "key": "cart-of-sentinel-4711",
}


@pytest.mark.covers("W6")
async def test_no_history_list_or_log_holds_anything_personal(
    scene: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    await world(scene.database, *private_lines(), packs=(private_pack(),))
    processed = await scene.placed(1, key=SECRETS["key"])
    await scene.desk.acknowledge(OPERATOR, processed)
    await scene.desk.processed(OPERATOR, processed, iccid=iccid(701))
    cancelled = await scene.acknowledged(2)
    await scene.desk.cancel(OPERATOR, cancelled, reason=SECRETS["reason"])
    assert await refused(scene.desk.processed(OPERATOR, cancelled)) == ["already_cancelled"]
    assert await refused(scene.placed(1)) == ["already_esim"]
    for order_id in (processed, cancelled):
        await scene.ended(order_id)
    held = await held_for_every_failure_of_mails(scene)
    await broken_database(scene)

    workflows = [it async for it in scene.temporal.client.list_workflows(await ours(scene))]
    assert {processed, cancelled, held} <= {it.id for it in workflows}
    for workflow in workflows:
        handle = scene.temporal.client.get_workflow_handle(workflow.id)
        described = await handle.describe()
        details = await handle.query("__temporal_workflow_metadata")
        history = readable((await handle.fetch_history()).to_json())
        assert workflow.id in history
        leaks(history)
        leaks(f"{described.raw_description} {await described.static_summary()} {details}")
    mail_server = ("mail.log", "mail.debug")  # it runs in this process, too
    logged = "\n".join(
        logging.Formatter().format(record) for record in caplog.records if record.name not in mail_server
    )
    leaks(logged)
    assert "failed, attempt" in logged


def private_lines() -> list[dict[str, object]]:
    return [
        line(
            number,
            device=f"{SECRETS['device']} {number}",
            employee_name=EMPLOYEE,
            employee_email=SECRETS["employee's address"],
            management_groups=SECRETS["group"],
        )
        for number in (1, 2, 3)
    ]


def private_pack() -> dict[str, object]:
    name, address = SECRETS["contact's name"], SECRETS["contact's address"]
    return item(order_contact_name=name, order_contact_email=address)


async def held_for_every_failure_of_mails(scene: Scene) -> str:
    """An order whose mails fail with answers that repeat the address, as mail servers love to."""
    scene.mailbox.answer = f"550 5.1.1 <{ODILE}>: no such user"
    order_id = await scene.placed(3)
    await eventually(lambda: scene.desk.order(OPERATOR, order_id), lambda order: order.held_reason)
    scene.mailbox.answer = "250 2.0.0 taken"
    await scene.desk.retry(OPERATOR, order_id)
    await eventually(lambda: scene.desk.order(OPERATOR, order_id), lambda order: order.held_reason is None)
    return order_id


async def broken_database(scene: Scene) -> None:
    """A step that fails with a text of the database which repeats a row."""
    order_id = next(order.id for order in await scene.desk.orders(OPERATOR) if order.status == "submitted")
    await scene.sql(
        "CREATE FUNCTION say_it() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" RAISE EXCEPTION 'row of {EMPLOYEE}, {ODILE}'; END $$"
    )
    await scene.sql("CREATE TRIGGER say_it BEFORE INSERT ON sims FOR EACH ROW EXECUTE FUNCTION say_it()")
    call = asyncio.create_task(scene.desk.acknowledge(OPERATOR, order_id))
    handle = scene.temporal.client.get_workflow_handle(order_id)

    async def pending() -> int:
        return len((await handle.describe()).raw_description.pending_activities)

    await eventually(pending, bool)
    await scene.sql("DROP TRIGGER say_it ON sims")
    await call


async def ours(scene: Scene) -> str:
    query = f"TaskQueue = '{scene.settings.task_queue}'"

    async def count() -> int:
        return (await scene.temporal.client.count_workflows(query)).count

    await eventually(count, lambda seen: seen >= 4)
    return query


def leaks(text: str) -> None:
    found = [what for what, secret in SECRETS.items() if secret.lower() in text.lower()]
    assert found == []
