"""The steps that record what waits for a person: one transaction each, for every workflow."""

from temporalio import activity

from store import holds
from store.session import Database
from workflows.messages import HoldInput, ReleaseInput
from workflows.steps import HoldSteps


class RecordedHolds(HoldSteps):
    """Holds in PostgreSQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @activity.defn
    async def hold(self, step: HoldInput) -> None:
        """Record that a step waits for a person."""
        async with self._database.transaction() as connection:
            await holds.hold(connection, step.workflow_id, step.step, step.reason)

    @activity.defn
    async def release(self, step: ReleaseInput) -> None:
        """Record that the step goes on."""
        async with self._database.transaction() as connection:
            await holds.release(connection, step.workflow_id, step.step, step.actor, given_up=step.given_up)
