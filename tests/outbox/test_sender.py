"""Each mail once, whatever the mail server does: recognised when it is asked for again."""

from datetime import timedelta

import pytest

from activities.outside import PortSteps
from mail.errors import MailAmbiguous, MailRefusedUs, MailRejected, MailUnavailable
from models.orders.lifecycle import OrderStatus
from models.orders.placement import Acceptance
from models.people.callers import AllAccounts
from outbox.orders import ProviderEmail
from outbox.sender import MailUncertain
from providers.port import NoOrderContact
from providers.registry import BY_MAIL
from store import events
from store.clock import set_clock
from store.session import Database
from tests.activities.scene import ORDERS, SECOND, Post
from tests.builders import acknowledge, cancel, place, run, world
from workflows.orders.messages import RemindInput

SWITCH = "switch_to_esim"


@pytest.fixture
async def post(database: Database) -> Post:
    await world(database)
    return Post(database)


@pytest.fixture
async def order(post: Post) -> Acceptance:
    return await place(post.database)


@pytest.mark.covers("W1", "W2")
async def test_a_mail_that_went_out_is_not_sent_again(post: Post, order: Acceptance) -> None:
    for _ in range(3):
        await post.provider.submit(order.order_id, SWITCH, retries=0)
    assert post.mailer.to() == [ORDERS]
    assert await post.states() == ["sent"]
    assert await post.events(order.order_id) == ["mail.sent"]
    async with post.database.reading() as connection:
        of_line = await events.of(connection, AllAccounts(), order.what.subject or "")
    assert [event.type for event in of_line] == ["order.submitted", "mail.sent"]


@pytest.mark.covers("W1")
async def test_an_ambiguous_mail_is_sent_once_more_then_a_person_decides(
    post: Post, order: Acceptance
) -> None:
    post.mailer.fail(ORDERS, *[MailAmbiguous("The answer was lost.")] * 3)
    for _ in range(2):
        with pytest.raises(MailAmbiguous):
            await post.provider.submit(order.order_id, SWITCH, retries=0)
    for _ in range(2):
        with pytest.raises(MailUncertain):
            await post.provider.submit(order.order_id, SWITCH, retries=0)
    assert post.mailer.to() == [ORDERS, ORDERS]

    with pytest.raises(MailAmbiguous):
        await post.provider.submit(order.order_id, SWITCH, retries=1)  # a person: once more
    with pytest.raises(MailUncertain):
        await post.provider.submit(order.order_id, SWITCH, retries=1)
    await post.provider.submit(order.order_id, SWITCH, retries=2)
    assert post.mailer.to() == [ORDERS] * 4
    assert len({mail.message_id for mail in post.mailer.tried}) == 1, "one Message-ID for ever"
    assert await post.states() == ["sent"]


@pytest.mark.covers("W1")
async def test_a_worker_that_died_while_sending_leaves_a_mail_that_is_sent_once_more(
    post: Post, order: Acceptance
) -> None:
    async def die() -> None:
        raise SystemError("killed")

    for _ in range(2):
        post.mailer.before = die
        with pytest.raises(SystemError):
            await post.provider.submit(order.order_id, SWITCH, retries=0)
    post.mailer.before = None
    with pytest.raises(MailUncertain):
        await post.provider.submit(order.order_id, SWITCH, retries=0)
    assert post.mailer.to() == [ORDERS, ORDERS]


@pytest.mark.covers("W5")
async def test_a_refused_mail_is_tried_again_only_when_a_person_retries(
    post: Post, order: Acceptance
) -> None:
    post.mailer.fail(ORDERS, MailRejected("The mail server refused the recipient.", 550))
    for _ in range(3):
        with pytest.raises(MailRejected):
            await post.provider.submit(order.order_id, SWITCH, retries=0)
    assert post.mailer.to() == [ORDERS]
    assert await post.states() == ["failed"]
    await post.provider.submit(order.order_id, SWITCH, retries=1)
    assert post.mailer.to() == [ORDERS, ORDERS]
    assert await post.states() == ["sent"]
    assert await post.events(order.order_id) == ["mail.failed", "mail.sent"]


@pytest.mark.covers("W5")
@pytest.mark.parametrize("failure", [MailUnavailable("Away."), MailRefusedUs("No login.")])
async def test_a_mail_that_surely_did_not_go_out_may_be_tried_at_any_time(
    post: Post, order: Acceptance, failure: MailUnavailable | MailRefusedUs
) -> None:
    post.mailer.fail(ORDERS, *[failure] * 5)
    for _ in range(5):
        with pytest.raises(type(failure)):
            await post.provider.submit(order.order_id, SWITCH, retries=0)
    await post.provider.submit(order.order_id, SWITCH, retries=0)
    assert await post.states() == ["sent"]
    assert await post.events(order.order_id) == ["mail.sent"]


@pytest.mark.covers("W1")
async def test_one_recipients_failure_touches_no_other(post: Post, order: Acceptance) -> None:
    await post.add_second_contact()
    post.mailer.fail(ORDERS, MailRejected("Refused.", 550))
    post.mailer.fail(SECOND, MailUnavailable("Away."))
    with pytest.raises(MailUnavailable):  # worth trying again, so it is told first
        await post.provider.submit(order.order_id, SWITCH, retries=0)
    assert await post.states() == ["failed", "unsent"]
    with pytest.raises(MailRejected):
        await post.provider.submit(order.order_id, SWITCH, retries=0)
    assert await post.states() == ["failed", "sent"]
    await post.provider.submit(order.order_id, SWITCH, retries=1)
    assert sorted(post.mailer.to()) == [ORDERS, ORDERS, SECOND, SECOND]
    assert len({mail.message_id for mail in post.mailer.tried}) == 2


@pytest.mark.covers("W5")
async def test_a_distributor_without_a_contact_for_orders(post: Post, order: Acceptance) -> None:
    await run(post.database, "DELETE FROM contact_roles")
    with pytest.raises(NoOrderContact):
        await post.provider.submit(order.order_id, SWITCH, retries=0)
    await run(post.database, "INSERT INTO contact_roles SELECT id, 'order' FROM contacts")
    await post.provider.submit(order.order_id, SWITCH, retries=1)
    assert post.mailer.to() == [ORDERS]


@pytest.mark.covers("F22", "F44")
async def test_an_order_that_was_never_handed_over_is_not_withdrawn(post: Post, order: Acceptance) -> None:
    await cancel(post.database, order)
    await post.provider.withdraw(order.order_id, SWITCH, retries=0)
    assert post.mailer.tried == []


@pytest.mark.covers("F22")
@pytest.mark.parametrize("sent", [True, False])
async def test_an_order_that_was_or_may_have_been_handed_over_is_withdrawn(
    post: Post, order: Acceptance, sent: bool
) -> None:
    if not sent:
        post.mailer.fail(ORDERS, MailAmbiguous("The answer was lost."))
        with pytest.raises(MailAmbiguous):
            await post.provider.submit(order.order_id, SWITCH, retries=0)
    else:
        await post.provider.submit(order.order_id, SWITCH, retries=0)
    await cancel(post.database, order)
    await post.provider.withdraw(order.order_id, SWITCH, retries=0)
    assert await post.states(ProviderEmail.CANCELLED) == ["sent"]


@pytest.mark.covers("W2")
async def test_whoever_has_the_order_is_told_of_its_withdrawal(post: Post, order: Acceptance) -> None:
    await post.provider.submit(order.order_id, SWITCH, retries=0)
    await run(post.database, "DELETE FROM contact_roles")
    await post.add_second_contact()
    await cancel(post.database, order)
    for _ in range(2):
        await post.provider.withdraw(order.order_id, SWITCH, retries=0)
    assert sorted(post.mailer.to()[1:]) == [ORDERS, SECOND]
    assert await post.states(ProviderEmail.CANCELLED) == ["sent", "sent"]


@pytest.mark.covers("F22", "F44")
async def test_an_order_cancelled_meanwhile_is_not_handed_over_any_more(
    post: Post, order: Acceptance
) -> None:
    """A submission that was on its way to the mail server when the cancel overtook it."""
    await cancel(post.database, order)
    await post.provider.withdraw(order.order_id, SWITCH, retries=0)
    await post.provider.submit(order.order_id, SWITCH, retries=0)
    assert post.mailer.tried == [], "the provider would deliver an order that nobody wants"


async def test_a_reminder_asks_only_as_long_as_it_is_true(post: Post, order: Acceptance) -> None:
    await post.provider.remind(order.order_id, SWITCH, OrderStatus.SUBMITTED, 1, retries=0)
    await acknowledge(post.database, order)
    await post.provider.remind(order.order_id, SWITCH, OrderStatus.SUBMITTED, 2, retries=0)
    await post.provider.remind(order.order_id, SWITCH, OrderStatus.PROVIDER_PROCESSING, 1, retries=0)
    assert len({mail.message_id for mail in post.mailer.tried}) == len(post.mailer.tried) == 2
    assert await post.states(ProviderEmail.REMINDER_ACKNOWLEDGE) == ["sent"]
    assert await post.states(ProviderEmail.REMINDER_PROCESS) == ["sent"]


async def test_a_reminder_of_an_order_waits_for_the_clock_of_the_database(database: Database) -> None:
    await world(database)
    order = await place(database)
    post = Post(database)
    port = PortSteps(database, {BY_MAIL: post.provider})
    reminder = RemindInput(
        order_id=order.order_id,
        kind=SWITCH,
        waiting_in=OrderStatus.SUBMITTED,
        number=1,
        silent_for=timedelta(days=2),
    )
    left = (await port.remind_provider(reminder)).due_in
    assert left is not None
    assert timedelta(days=1, hours=23) < left <= timedelta(days=2)
    assert post.mailer.tried == []
    async with database.transaction() as connection:
        await set_clock(connection, timedelta(days=3))
    assert (await port.remind_provider(reminder)).due_in is None
    assert post.mailer.to() == [ORDERS]
    assert (await port.remind_provider(reminder)).due_in is not None, "just reminded"
    assert post.mailer.to() == [ORDERS]
