"""The steps that workflows ask for. Workflows own this contract without importing any I/O; `activities/`
implements it, and so do the fakes of tests (`workflows.step` says how).

No step is a local activity (`docs/adr/0005-patient-then-held.md` says why).
"""

from abc import abstractmethod

from workflows.codes.steps import QrMailSteps, QrSteps
from workflows.messages import HoldInput, ReleaseInput
from workflows.operations.steps import RetryHeldSteps
from workflows.orders.steps import FollowUpSteps, OrderSteps, PeopleSteps, ProviderSteps
from workflows.step import Steps, record, step


class HoldSteps(Steps):
    """What every workflow records when a step waits for a person."""

    @step(record("Record that a person is waited for"))
    @abstractmethod
    async def hold(self, hold: HoldInput) -> None:
        """The workflow is held for this step."""

    @step(record("Record that it continues"))
    @abstractmethod
    async def release(self, release: ReleaseInput) -> None:
        """The workflow is not held for this step any more."""


CONTRACTS: tuple[type[Steps], ...] = (
    OrderSteps,
    HoldSteps,
    FollowUpSteps,
    ProviderSteps,
    PeopleSteps,
    QrSteps,
    QrMailSteps,
    RetryHeldSteps,
)
"""All sets of steps: a worker implements each."""
