"""Follow-ups: what a step of an order leaves to be done outside the database, one action for each kind."""

from collections.abc import Awaitable, Callable, Mapping

from temporalio.client import Client

from activities.licences.follow_ups import continue_waiting, start_number_change
from activities.travel.follow_ups import stock_arrived
from store.licences.stops import START_NUMBER_CHANGE
from store.licences.waiting import CONTINUE_WAITING
from store.orders import follow_ups
from store.orders.follow_ups import Due
from store.orders.swaps import LOOK_AT_REQUEST
from store.session import Database
from store.travel.stock import STOCK_ARRIVED
from temporal.looks import look
from workflows.orders.messages import FollowUpInput
from workflows.orders.steps import FollowUpSteps

Action = Callable[[Client, Due, Database], Awaitable[None]]
"""What a kind of follow-up does; it must be idempotent."""


async def look_at_request(client: Client, due: Due, _: Database) -> None:
    """Have the request for a discarded SIM's QR code read its row."""
    await look(client, due.target)


FOLLOW_UPS: dict[str, Action] = {
    LOOK_AT_REQUEST: look_at_request,
    START_NUMBER_CHANGE: start_number_change,
    CONTINUE_WAITING: continue_waiting,
    STOCK_ARRIVED: stock_arrived,
}


class FollowUps(FollowUpSteps):
    """Executes pending follow-ups, and records that they are done. `made`: the actions that a worker makes
    from its settings, by their kind; the others are `FOLLOW_UPS`.
    """

    def __init__(self, database: Database, client: Client, made: Mapping[str, Action]) -> None:
        self._database = database
        self._client = client
        self._made = made

    async def follow_up(self, due: FollowUpInput) -> None:
        """Execute the follow-up, unless it was done before."""
        async with self._database.reading() as connection:
            found = await follow_ups.find(connection, due.follow_up_id)
        if found is None or found.done:
            return
        action = self._made.get(found.kind) or FOLLOW_UPS[found.kind]
        await action(self._client, found, self._database)
        async with self._database.transaction() as connection:
            await follow_ups.done(connection, due.follow_up_id)
