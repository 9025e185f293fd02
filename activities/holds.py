"""Records that a workflow is held at a step, or is no longer, so that lists and `doctor` show it."""

from store.operations import holds
from store.orders import follow_ups
from store.session import Database
from workflows.messages import HoldInput, ReleaseInput
from workflows.steps import HoldSteps


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
            await holds.release(
                connection,
                release.workflow_id,
                release.step,
                release.actor,
                origin_id=release.origin_id,
                given_up=release.given_up,
            )
            if release.given_up:
                await follow_ups.given_up(connection, release.workflow_id, release.step)
