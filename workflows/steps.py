"""The contracts of all steps. Workflows own them without importing any I/O; `activities/` implements them,
and so do the fakes of tests (`workflows.step` says how).

No step is a local activity (`docs/adr/0005-steps-are-retried-then-held.md` says why).
"""

from abc import abstractmethod

from workflows.codes.steps import QrMailSteps, QrSteps
from workflows.licences.steps import LicenceMailSteps, NumberCallSteps, NumberSteps
from workflows.messages import HoldInput, ReleaseInput
from workflows.operations.steps import JobSteps, RetryHeldSteps, WebhookSteps
from workflows.orders.steps import FollowUpSteps, OrderSteps, PeopleSteps, ProviderSteps
from workflows.people.steps import UserMailSteps
from workflows.step import Steps, record, step
from workflows.travel.steps import LineLifeSteps, SweepSteps, TravelMailSteps


class HoldSteps(Steps):
    """Record in the database that a step is held, or is no longer, so that lists and `doctor` show it."""

    @step(record("Record that the workflow is held"))
    @abstractmethod
    async def hold(self, hold: HoldInput) -> None:
        """The workflow is held for this step."""

    @step(record("Record that the hold has ended"))
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
    NumberSteps,
    NumberCallSteps,
    LicenceMailSteps,
    TravelMailSteps,
    UserMailSteps,
    LineLifeSteps,
    SweepSteps,
    RetryHeldSteps,
    JobSteps,
    WebhookSteps,
)
"""All sets of steps: a worker implements each."""
