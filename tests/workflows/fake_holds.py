"""What is held, in memory: what the workflows of orders, requests and notifications have recorded."""

from collections import defaultdict

from models.orders.lifecycle import HoldReason
from tests.workflows.troubles import Troubles
from workflows.messages import HoldInput, ReleaseInput
from workflows.steps import HoldSteps


class FakeHolds(HoldSteps):
    def __init__(self, troubles: Troubles) -> None:
        self.troubles = troubles
        self.steps: dict[str, dict[str, HoldReason]] = {}
        """What each held workflow is held for, by step, oldest first."""
        self.records: defaultdict[str, list[str]] = defaultdict(list)
        """Each hold and release as it reached the database."""
        self.given_up: set[str] = set()

    async def hold(self, step: HoldInput) -> None:
        async with self.troubles.around("hold"):
            self.steps.setdefault(step.workflow_id, {})[step.step] = step.reason
            self.records[step.workflow_id].append(f"held:{step.reason}")

    async def release(self, step: ReleaseInput) -> None:
        async with self.troubles.around("release"):
            held = self.steps.get(step.workflow_id, {})
            held.pop(step.step, None)
            if not held:
                self.steps.pop(step.workflow_id, None)
            how = "given up" if step.given_up else "released"
            self.records[step.workflow_id].append(f"{how}:{step.actor}")
            if step.given_up:
                self.given_up.add(step.workflow_id)

    def reason(self, workflow_id: str) -> HoldReason | None:
        """Of the oldest hold."""
        return next(iter(self.steps.get(workflow_id, {}).values()), None)

    @property
    def reasons(self) -> dict[str, HoldReason]:
        """Of each workflow that is held, the oldest hold's."""
        return {name: next(iter(steps.values())) for name, steps in self.steps.items()}

    @property
    def timeline(self) -> list[str]:
        """All that was recorded, workflow by workflow."""
        return [record for records in self.records.values() for record in records]
