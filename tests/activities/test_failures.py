"""What a failing step shows in Temporal: a type and a sentence, never what the step was about (W6)."""

import logging
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from sqlalchemy import text
from temporalio import activity
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput

from activities.failures import SafeFailures
from activities.orders import InventorySteps
from mail.errors import MailAmbiguous, MailInvalid, MailRefusedUs, MailRejected, MailUnavailable
from models.errors import Refused, Unavailable
from models.orders.lifecycle import HoldReason
from outbox.sender import MailUncertain
from providers.port import NoOrderContact
from store.session import Database
from tests.builders import place, run, world
from workflows.orders.messages import AcknowledgeInput

SENTINEL = "+33639980001 sentinel@private.example"


class Innermost(ActivityInboundInterceptor):
    """The end of the chain: the activity itself."""

    def __init__(self) -> None:
        pass

    async def execute_activity(self, input: ExecuteActivityInput) -> Any:  # noqa: A002  as its base names it
        return await input.fn(*input.args)


async def failure_of(step: Callable[..., Awaitable[Any]], *arguments: Any) -> ApplicationError:
    """How this step fails when a worker takes it."""
    chain = SafeFailures().intercept_activity(Innermost())

    @activity.defn
    async def in_worker() -> None:
        await chain.execute_activity(ExecuteActivityInput(step, arguments, None, {}))

    with pytest.raises(ApplicationError) as failed:
        await ActivityEnvironment().run(in_worker)
    assert failed.value.__cause__ is None
    assert failed.value.__suppress_context__, "the original is not chained to it"
    if failed.value.type != "refused":
        assert not failed.value.details
    return failed.value


@pytest.mark.covers("W6")
async def test_the_words_of_a_database_error_stay_in_the_house(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    await world(database)
    order = await place(database)
    await run(
        database,
        "CREATE FUNCTION say() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" RAISE EXCEPTION '{SENTINEL}' USING DETAIL = '{SENTINEL}', ERRCODE = 'P0001'; END $$",
    )
    await run(database, "CREATE TRIGGER say BEFORE INSERT ON sims FOR EACH ROW EXECUTE FUNCTION say()")
    step = AcknowledgeInput(order_id=order.order_id, kind="switch_to_esim", actor="operator")
    failure = await failure_of(InventorySteps(database).acknowledge_order, step)
    assert (failure.type, failure.non_retryable) == ("unexpected", False)
    assert SENTINEL not in str(failure)
    assert SENTINEL not in caplog.text
    assert "sqlstate=P0001" in caplog.text
    assert "in acknowledge_order" in caplog.text, "the frames say where"


@pytest.mark.covers("W6")
async def test_a_constraint_is_named_but_not_the_row_it_refused(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    await world(database)

    async def add_the_number_again() -> None:
        async with database.transaction() as connection:
            again = "INSERT INTO lines (account_id, device_id, slot, msisdn, provider_id)"
            await connection.execute(
                text(f"{again} SELECT account_id, device_id, 2, msisdn, provider_id FROM lines")
            )

    failure = await failure_of(add_the_number_again)
    assert failure.message == "IntegrityError; the worker's log has the details."
    assert "constraint=uq_lines_msisdn" in caplog.text
    assert "+33639980001" not in caplog.text


@pytest.mark.covers("W5", "W6")
async def test_a_database_that_is_away_is_worth_trying_again(database_url: str) -> None:
    nowhere = Database(database_url.replace("test_", "gone_"), 1)
    step = AcknowledgeInput(order_id="order-aaaaaaaaaaaaaaaa", kind="switch_to_esim", actor="operator")
    failure = await failure_of(InventorySteps(nowhere).acknowledge_order, step)
    assert not failure.non_retryable
    assert "gone_" not in str(failure)
    await nowhere.close()


@pytest.mark.covers("W5")
@pytest.mark.parametrize(
    ("raised", "kind", "again"),
    [
        (MailUnavailable("Away."), HoldReason.MAIL_UNAVAILABLE, True),
        (MailAmbiguous("Lost."), HoldReason.MAIL_UNCERTAIN, True),
        (MailUncertain("Twice."), HoldReason.MAIL_UNCERTAIN, False),
        (MailRejected("Refused."), HoldReason.MAIL_REJECTED, False),
        (MailInvalid("Malformed."), HoldReason.MAIL_NOT_COMPOSABLE, False),
        (MailRefusedUs("No login."), HoldReason.MAIL_CONFIGURATION, False),
        (NoOrderContact("Nobody."), HoldReason.NO_ORDER_CONTACT, False),
        (Unavailable("database", "Away."), "component_unavailable", True),
        (Refused.because("no_recipient_left"), "refused", False),
        (ValueError(SENTINEL), "unexpected", True),
        (KeyError(SENTINEL), "unexpected", True),
    ],
)
async def test_each_failure_says_what_the_order_is_held_for_and_whether_to_try_again(
    raised: Exception, kind: str, again: bool
) -> None:
    async def fail() -> None:
        raise raised

    failure = await failure_of(fail)
    assert failure.type == kind
    assert failure.non_retryable is not again
    assert SENTINEL not in str(failure)
