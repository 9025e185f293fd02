"""An order that waits for its provider is e-mailed once more, because an administrator asked for it (P11)."""

import json
import re

import pytest

from models.orders.lifecycle import OrderStatus
from models.people.views import ContactRole
from starter.orders.order_links import OrderLinkDesk
from store.orders import mail_again
from store.orders.access import find_order
from tests.builders import ACCOUNT, OPERATOR, item, line, run, world
from tests.system.scene import Scene, refused
from tests.temporal_server import eventually

pytestmark = pytest.mark.covers("P11", "W2")
OLIVE, NORA = "orders@telvia.example", "nora@telvia.example"
MINUTES_AGO = "UPDATE mails SET updated_at = updated_at - interval '2 minutes'"


def _desk(scene: Scene) -> OrderLinkDesk:
    return OrderLinkDesk(scene.temporal.client, scene.database, scene.settings)


async def _placed(scene: Scene) -> str:
    """An order that was e-mailed two minutes ago."""
    await world(scene.database, line(1), line(2), packs=(item(),))
    order = await scene.placed(1, key="again")
    await scene.mailbox.got(OLIVE)
    await eventually(lambda: _sent(scene, order), lambda sent: sent == 1)
    await run(scene.database, MINUTES_AGO)
    return order


async def _sent(scene: Scene, order: str) -> int:
    of_order = "SELECT count(*) FROM mails WHERE order_id = :id AND state = 'sent'"
    return int((await run(scene.database, of_order, id=order))[0][0])


async def test_it_goes_to_all_who_are_order_contacts_now_once_per_key(scene: Scene) -> None:
    order = await _placed(scene)
    await scene.desks.contacts.add_contact(OPERATOR, ACCOUNT, "Telvia", "Nora", NORA, [ContactRole.ORDER])
    asked = [await _desk(scene).mail_again(OPERATOR, order, key="once") for _ in range(2)]
    assert [(one.order_id, one.replayed) for one in asked] == [(order, False), (order, True)]
    await scene.mailbox.got(OLIVE, OLIVE, NORA)
    first, *again = scene.mailbox.mails
    assert {mail.subject for mail in again} == {first.subject}
    assert len({re.findall(r"/o/[\w-]+", mail.text)[0] for mail in scene.mailbox.mails}) == 3
    assert len({mail.message_id for mail in scene.mailbox.mails}) == 3
    found = await scene.desk.order(OPERATOR, order)
    assert [event.type for event in found.events].count("order.mailed_again") == 1
    await eventually(lambda: _due(scene, order), lambda due: not due)
    await _desk(scene).mail_again(OPERATOR, order, key="once")
    assert await refused(_desk(scene).mail_again(OPERATOR, order)) == ["order_mailed_just_now"]
    assert len(scene.mailbox.mails) == 3
    other = await scene.placed(2, key="other")
    assert await refused(_desk(scene).mail_again(OPERATOR, other, key="once")) == ["key_used"]


async def test_the_command_sends_it(scene: Scene) -> None:
    order = await _placed(scene)
    said = await scene.typed("order", "mail-again", order, "--key", "typed")
    assert said.out.startswith(f"{order}: the distributor's order contacts get the e-mail again")
    await scene.mailbox.got(OLIVE, OLIVE)
    again = await scene.typed("order", "mail-again", order, "--key", "typed", "--json")
    assert json.loads(again.out) == {"order_id": order, "key": "typed", "replayed": True}
    at_once = await scene.typed("order", "mail-again", order, code=2)
    assert "less than a minute ago" in at_once.err


async def _due(scene: Scene, order: str) -> list[int]:
    async with scene.database.reading() as connection:
        return list(await mail_again.due(connection, order))


async def test_a_step_that_comes_before_the_signal_sends_it(scene: Scene) -> None:
    order = await _placed(scene)
    async with scene.database.transaction() as connection:
        found = await find_order(connection, OPERATOR.scope, order)
        await mail_again.ask(connection, found, OPERATOR.by, "unsignalled")
    assert (await scene.desk.acknowledge(OPERATOR, order)).status is OrderStatus.PROVIDER_PROCESSING
    await scene.mailbox.got(OLIVE, OLIVE)
    await eventually(lambda: _due(scene, order), lambda due: not due)


async def test_what_was_not_mailed_is_held_or_has_ended_is_not_mailed_again(scene: Scene) -> None:
    order = await _placed(scene)
    ask = _desk(scene).mail_again
    await run(scene.database, "UPDATE mails SET state = 'unsent'")
    assert await refused(ask(OPERATOR, order)) == ["order_not_mailed"]
    await run(scene.database, "UPDATE mails SET state = 'sent'")
    hold = "INSERT INTO holds (workflow_id, step, account_id, reason) VALUES (:id, 'waiting', 1, 'no_stock')"
    await run(scene.database, hold, id=order)
    assert await refused(ask(OPERATOR, order)) == ["order_is_held"]
    await run(scene.database, "DELETE FROM holds")
    await run(scene.database, "UPDATE contact_roles SET role = 'esim_qr_code'")
    assert await refused(ask(OPERATOR, order)) == ["no_order_contact"]
    await scene.desk.cancel(OPERATOR, order)
    assert await refused(ask(OPERATOR, order)) == ["order_ended"]
