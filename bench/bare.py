"""The bare order: the shape of `workflows.orders.order.EsimOrder` with steps that do nothing.

It makes the same calls on Temporal in the same order: an update-with-start, two updates, four steps, one more
beside them, a timer, two upserts (the last with the close), summaries and details. What an order costs beyond
it is the cost of our own code: PostgreSQL, mails, rules, messages. Its messages are plain strings, the
cheapest.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from datetime import timedelta

from temporalio import activity, workflow
from temporalio.common import RetryPolicy

from workflows.search_attributes import ORDER_STATUS

REGULAR_TIMEOUT = timedelta(minutes=2)
REMINDER_AFTER = timedelta(days=2)
RETRIES = RetryPolicy(initial_interval=timedelta(seconds=5), maximum_interval=timedelta(minutes=5))
DETAILS = "**Submitted**\n\nWaits for nothing.\n\n| when | what |\n|---|---|\n| now | Submitted |"

Step = Callable[[str], Awaitable[str]]


@activity.defn
async def accept_nothing(order_id: str) -> str:
    """Stands for accepting the order."""
    return order_id


@activity.defn
async def submit_nothing(order_id: str) -> str:
    """Stands for handing the order over."""
    return order_id


@activity.defn
async def open_nothing(order_id: str) -> str:
    """Stands for creating the temporary eSIM."""
    return order_id


@activity.defn
async def complete_nothing(order_id: str) -> str:
    """Stands for the swap."""
    return order_id


@activity.defn
async def notify_nothing(order_id: str) -> str:
    """Stands for the mails at the end."""
    return order_id


STEPS = (accept_nothing, submit_nothing, open_nothing, complete_nothing, notify_nothing)


@workflow.defn(name="BareOrder")
class BareOrder:
    """An order reduced to its calls on Temporal."""

    @workflow.init
    def __init__(self, order_id: str) -> None:
        self._order_id = order_id
        self._accepted = False
        self._handed_over = False
        self._calls: deque[asyncio.Future[str]] = deque()

    @workflow.run
    async def run(self, order_id: str) -> str:
        """Accept, submit, wait for acknowledgement and processing, notify."""
        await self._take(accept_nothing, "Accept the order or refuse it")
        self._accepted = True
        workflow.set_current_details(DETAILS)
        handed_over = asyncio.create_task(self._hand_over())
        await self._answer(open_nothing, "Acknowledged: create the temporary eSIM", "provider_processing")
        await self._answer(complete_nothing, "Processed: put the eSIM on the line", None)
        await self._take(notify_nothing, "Notify people how the order ended")
        await workflow.wait_condition(lambda: self._handed_over and workflow.all_handlers_finished())
        handed_over.cancel()
        workflow.upsert_search_attributes([ORDER_STATUS.value_set("processed")])
        return self._order_id

    @workflow.update(description="Wait until the order is accepted.")
    async def place(self) -> str:
        """The answer to the caller who placed the order."""
        await workflow.wait_condition(lambda: self._accepted)
        return self._order_id

    @workflow.update(description="The provider acknowledges the order.")
    async def acknowledge(self, iccid: str) -> str:
        """Stands for the acknowledgement."""
        return await self._ask()

    @workflow.update(description="The provider has processed the order.")
    async def processed(self, iccid: str) -> str:
        """Stands for the end."""
        return await self._ask()

    @acknowledge.validator
    def _validate_acknowledge(self, iccid: str) -> None:
        pass

    @processed.validator
    def _validate_processed(self, iccid: str) -> None:
        pass

    async def _ask(self) -> str:
        call: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._calls.append(call)
        return await call

    async def _answer(self, step: Step, summary: str, status: str | None) -> None:
        await workflow.wait_condition(lambda: bool(self._calls))
        call = self._calls.popleft()
        done = await self._take(step, summary)
        if status:
            workflow.upsert_search_attributes([ORDER_STATUS.value_set(status)])
        workflow.set_current_details(DETAILS)
        call.set_result(done)

    async def _take(self, step: Step, summary: str) -> str:
        return await workflow.execute_activity(
            step,
            self._order_id,
            start_to_close_timeout=REGULAR_TIMEOUT,
            retry_policy=RETRIES,
            summary=summary,
        )

    async def _hand_over(self) -> None:
        await workflow.execute_activity(
            submit_nothing,
            self._order_id,
            start_to_close_timeout=REGULAR_TIMEOUT,
            retry_policy=RETRIES,
            summary="Hand the order to the provider",
        )
        self._handed_over = True
        workflow.set_current_details(DETAILS)
        await workflow.sleep(REMINDER_AFTER, summary="Remind the provider if nothing happened")
