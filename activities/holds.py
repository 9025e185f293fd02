"""Records that a workflow is held at a step, or is no longer, so that lists and `doctor` show it."""

from collections.abc import Awaitable, Callable

from sqlalchemy.ext.asyncio import AsyncConnection

from outbox.travel.orders import CODE
from store.operations import holds
from store.orders import follow_ups
from store.session import Database
from store.travel.emails import unsent_notification
from workflows.messages import HoldInput, ReleaseInput
from workflows.steps import HoldSteps

_SENDS: dict[str, Callable[[AsyncConnection, str], Awaitable[str | None]]] = {
    f"{follow_ups.EMAIL}:{CODE}": unsent_notification,
}
"""By the step of an order that sends a notification: how that is found. It is given up with the step."""


class Holds(HoldSteps):
    """Records holds in the table `holds`, by workflow and step."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def hold(self, hold: HoldInput) -> None:
        """The workflow is held for this step."""
        async with self._database.transaction() as connection:
            await holds.hold(connection, hold.workflow_id, hold.step, hold.reason, hold.refusals)

    async def release(self, release: ReleaseInput) -> None:
        """The workflow is not held for this step any more."""
        async with self._database.transaction() as connection:
            await self._release(connection, release, release.workflow_id)
            if release.given_up:
                await follow_ups.given_up(connection, release.workflow_id, release.step)
                find = _SENDS.get(release.step)
                sent = None if find is None else await find(connection, release.workflow_id)
                if sent is not None:
                    await self._release(connection, release, sent)

    @staticmethod
    async def _release(connection: AsyncConnection, release: ReleaseInput, workflow_id: str) -> None:
        await holds.release(
            connection,
            workflow_id,
            release.step,
            release.actor,
            origin_id=release.origin_id,
            given_up=release.given_up,
        )
