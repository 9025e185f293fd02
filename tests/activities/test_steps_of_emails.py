"""A step that sends e-mails is done in the transaction that records how they ended."""

import pytest
from sqlalchemy.exc import DBAPIError

from mail.errors import MailUnavailable
from models.people.callers import By
from outbox.swaps import PEOPLE
from store.orders import follow_ups, steps
from store.session import Database
from tests.activities.scene import Post, email_steps
from tests.builders import ANA, acknowledge, iccid, place, run, world
from workflows.orders.messages import EmailInput

DUE = "SELECT target FROM follow_ups WHERE done_at IS NULL AND kind = :kind"
STATES = "SELECT DISTINCT state FROM mails"
REFUSE = """
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'refused'; END $$
"""


class Processed:
    """A processed order whose e-mails to people are due."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.post = Post(database)

    async def begin(self) -> None:
        await world(self.database)
        order = await place(self.database)
        await acknowledge(self.database, order)
        async with self.database.transaction() as connection:
            done = await steps.complete(
                connection, order.order_id, By("operator"), iccid(900), "once", emails=lambda _: [PEOPLE]
            )
        assert done.emails == (PEOPLE,)
        self.message = EmailInput(order_id=order.order_id, kind=order.what.kind, email=PEOPLE)

    async def send(self) -> None:
        await email_steps(self.database, self.post.outbox).send_email(self.message)

    async def due(self) -> list[str]:
        return [target for (target,) in await run(self.database, DUE, kind=follow_ups.EMAIL)]

    async def states(self) -> list[str]:
        return [state for (state,) in await run(self.database, STATES)]


@pytest.fixture
async def processed(database: Database) -> Processed:
    processed = Processed(database)
    await processed.begin()
    return processed


@pytest.mark.covers("W1")
async def test_it_is_due_until_every_recipient_was_sent_the_e_mail(processed: Processed) -> None:
    processed.post.mailer.fail(ANA, MailUnavailable("The mail server does not answer."))
    with pytest.raises(MailUnavailable):
        await processed.send()
    assert await processed.due() == [PEOPLE]
    await processed.send()
    assert (await processed.due(), await processed.states()) == ([], ["sent"])
    assert processed.post.mailer.to().count(ANA) == 2


@pytest.mark.covers("W1")
async def test_how_the_e_mails_ended_and_that_it_is_done_are_recorded_together(processed: Processed) -> None:
    await run(processed.database, REFUSE)
    await run(
        processed.database,
        "CREATE TRIGGER refused BEFORE UPDATE ON follow_ups FOR EACH ROW EXECUTE FUNCTION refuse()",
    )
    with pytest.raises(DBAPIError):
        await processed.send()
    assert (await processed.due(), await processed.states()) == ([PEOPLE], ["sending"])


@pytest.mark.covers("W1")
async def test_it_is_done_also_if_all_was_sent_before(processed: Processed) -> None:
    await processed.send()
    await run(processed.database, "UPDATE follow_ups SET done_at = NULL")
    sent = processed.post.mailer.to()
    await processed.send()
    assert (await processed.due(), processed.post.mailer.to()) == ([], sent)
