"""Each failed attempt of a step that calls something outside is recorded, and nothing else is."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, get_type_hints

import pytest
from temporalio import activity
from temporalio.activity import ActivityCancellationDetails
from temporalio.testing import ActivityEnvironment
from temporalio.worker import ExecuteActivityInput

from activities.failures import FAILURES
from activities.not_sent import OUTSIDE, NotSent, sending
from models.language import Language
from models.operations.not_sent import MAIL, STEPS, NotSentReason
from sandbox.ports import free_port
from store.operations.not_sent import INTERRUPTED_AFTER, Sending
from store.session import Database
from tests.activities.test_failures import Innermost
from tests.builders import place, run, world
from wording.french import labels as french
from wording.labels import not_sent_reason, not_sent_step
from workflows.orders.messages import ProviderInput
from workflows.orders.steps import OrderSteps, ProviderSteps
from workflows.step import declared_by, policy_of
from workflows.steps import CONTRACTS

METHODS = {name: method for contract in CONTRACTS for name, method in declared_by(contract).items()}
HERE = {
    "order_id": "order-aaaaaaaaaaaaaaaa",
    "request_id": "qr-request-aaaaaaaaaaaaaaaa",
    "notification_id": "qr-notification-aaaaaaaaaaaaaaaa",
    "change_id": "number-change-aaaaaaaaaaaaaaaa",
    "notice_id": "travel-notice-aaaaaaaaaaaaaaaa",
    "mail_id": "user-mail-aaaaaaaaaaaaaaaa",
    "email": "people",
    "follow_up_id": 7,
    "round": 2,
}
OF_WORKFLOW = {"follow_up": "order_id", "send_notice": "notice_id", "send_to_user": "mail_id"}
"""Steps that are about the workflow that takes them."""
Step = Callable[[ProviderInput], Awaitable[object]]


def message_of(step: str) -> Any:
    """A message of this step, with ids that the test knows."""
    (message, *_) = (kind for name, kind in get_type_hints(METHODS[step]).items() if name != "return")
    return message.model_construct(**{name: HERE[name] for name in message.model_fields if name in HERE})


class Attempt:
    """Steps of one order, as a worker takes them."""

    def __init__(self, database: Database, order_id: str) -> None:
        self.database = database
        self.message = ProviderInput(order_id=order_id, kind="switch_to_esim")

    async def take(
        self,
        step: Step,
        *,
        number: int = 1,
        name: str = "submit_to_provider",
        cancelled: ActivityCancellationDetails | None = None,
    ) -> object:
        chain = NotSent(self.database).intercept_activity(Innermost())
        environment = ActivityEnvironment()
        environment.info = replace(
            environment.info,
            activity_type=name,
            attempt=number,
            workflow_id=self.message.order_id,
            scheduled_time=datetime.now(UTC) - timedelta(minutes=1),
        )

        @activity.defn
        async def in_worker() -> object:
            return await chain.execute_activity(ExecuteActivityInput(step, (self.message,), None, {}))

        running = asyncio.ensure_future(environment.run(in_worker))
        if cancelled:
            await asyncio.sleep(0.1)  # the step has begun: it waits for ever
            environment.cancel(cancelled)
        return await running

    async def rows(self) -> list[tuple[str, int]]:
        found = await run(self.database, "SELECT reason, attempts FROM not_sent")
        return [(row.reason, row.attempts) for row in found]


@pytest.fixture
async def attempt(database: Database) -> Attempt:
    await world(database)
    return Attempt(database, (await place(database)).order_id)


async def works(_: object) -> str:
    return "done"


async def breaks(_: object) -> None:
    raise ConnectionError


async def hangs(_: object) -> None:
    await asyncio.Event().wait()


@pytest.mark.covers("W11")
def test_all_steps_that_call_something_outside_and_no_others_are_recorded() -> None:
    assert {name for name, method in METHODS.items() if policy_of(method).outside} == OUTSIDE
    for contract in CONTRACTS:
        if contract is not OrderSteps and contract is not ProviderSteps:
            continue
        wanted = contract is ProviderSteps
        assert {name in OUTSIDE for name in declared_by(contract)} == {wanted}
    for name in OUTSIDE:
        assert policy_of(METHODS[name]).attempt <= INTERRUPTED_AFTER, name


@pytest.mark.covers("W11")
@pytest.mark.parametrize("step", sorted(OUTSIDE))
def test_each_step_names_what_it_is_about_and_has_words_in_each_language(step: str) -> None:
    what = sending(step, message_of(step), str(HERE.get(OF_WORKFLOW.get(step, ""), "none")))
    assert what.subject_id in {id_ for name, id_ in HERE.items() if name.endswith("_id")}
    assert what.step.partition(":")[0] == step
    assert what.round_number == (2 if "round" in type(message_of(step)).model_fields else None)
    english = not_sent_step(what.step, Language.EN)
    assert english == STEPS[step]
    assert not_sent_step(what.step, Language.FR) == french.STEPS[step] != english


@pytest.mark.covers("W11")
def test_each_reason_has_words_in_each_language_and_each_failure_is_a_reason() -> None:
    assert STEPS.keys() == french.STEPS.keys() == OUTSIDE
    assert {str(name) for _, name, _ in FAILURES} | {"unexpected", "interrupted"} == set(NotSentReason)
    for reason in NotSentReason:
        said = [not_sent_reason(reason, language) for language in Language]
        assert len(set(said)) == len(Language)
        assert all(re.search(r"[.]$", sentence) for sentence in said)
    assert not_sent_reason("of another version", Language.FR) == "of another version"
    assert not_sent_step("another_step:3", Language.FR) == "another_step"
    assert not_sent_step(f"{MAIL}provider_order", Language.EN) == "an e-mail"


@pytest.mark.covers("W11")
async def test_attempts_that_left_no_record_are_recorded_by_the_next_one(attempt: Attempt) -> None:
    seen: list[list[tuple[str, int]]] = []

    async def looks(_: object) -> str:
        seen.append(await attempt.rows())
        return "done"

    assert await attempt.take(looks, number=3) == "done"
    assert seen == [[("interrupted", 2)]]
    assert await attempt.rows() == []


@pytest.mark.covers("W11")
async def test_an_attempt_that_took_too_long_is_recorded_and_a_superseded_one_is_not(
    attempt: Attempt,
) -> None:
    with pytest.raises(asyncio.CancelledError):
        await attempt.take(hangs, cancelled=ActivityCancellationDetails(cancel_requested=True))
    assert await attempt.rows() == []
    with pytest.raises(asyncio.CancelledError):
        await attempt.take(hangs, cancelled=ActivityCancellationDetails(timed_out=True))
    assert await attempt.rows() == [("interrupted", 1)]


async def test_a_step_within_the_database_is_not_recorded(attempt: Attempt) -> None:
    with pytest.raises(ConnectionError):
        await attempt.take(breaks, name="acknowledge_order")
    assert await attempt.rows() == []


async def test_a_record_that_cannot_be_written_changes_nothing_for_the_step(attempt: Attempt) -> None:
    nowhere = Database(f"postgresql+asyncpg://esim@127.0.0.1:{free_port()}/x")
    unavailable = Attempt(nowhere, attempt.message.order_id)
    assert await unavailable.take(works, number=2) == "done"
    with pytest.raises(ConnectionError):
        await unavailable.take(breaks)
    await nowhere.close()


def test_what_is_sent_by_a_step_of_another_kind_is_about_its_workflow() -> None:
    assert sending("new_step", None, "order-a") == Sending("order-a", "new_step")
