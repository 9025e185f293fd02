"""A step is declared once: no implementation may differ from its declaration, and no worker may lack it."""

from abc import abstractmethod
from typing import Any

import pytest
from temporalio import activity

from settings import Settings
from tests.workflows.codes.fake_qr import FakeQr
from tests.workflows.fake_holds import FakeHolds
from tests.workflows.fake_inventory import FakeInventory
from tests.workflows.fake_outside import FakeOutside
from tests.workflows.licences.fake_licences import FakeLicences
from tests.workflows.operations.fake_jobs import FakeJobs
from tests.workflows.operations.fake_retries import FakeRetries
from tests.workflows.operations.fake_webhooks import FakeWebhooks
from tests.workflows.people.fake_user_mails import FakeUserMails
from tests.workflows.travel.fake_lines import FakeLines
from tests.workflows.travel.fake_travel import FakeTravel
from tests.workflows.troubles import Troubles
from worker import implementations
from workflows.messages import HoldInput, ReleaseInput
from workflows.orders.messages import CancelInput, FollowUpInput
from workflows.orders.steps import FollowUpSteps
from workflows.step import Steps, activities_of, database, declared_by, policy_of, step, unimplemented
from workflows.steps import CONTRACTS, HoldSteps


class Numbers(Steps):
    """A set of steps for these tests."""

    @step(database("Double"))
    @abstractmethod
    async def double(self, number: int) -> int:
        """Twice as much."""

    @step(database("Halve"))
    @abstractmethod
    async def halve(self, number: int) -> float:
        """Half as much."""


class Doubles(Numbers):
    async def double(self, number: int) -> int:
        return 2 * number

    async def halve(self, number: int) -> float:
        return number / 2


def fakes() -> tuple[Steps, ...]:
    troubles = Troubles()
    kinds = (
        FakeInventory,
        FakeHolds,
        FakeOutside,
        FakeQr,
        FakeLicences,
        FakeTravel,
        FakeLines,
        FakeRetries,
        FakeJobs,
        FakeWebhooks,
        FakeUserMails,
    )
    return tuple(kind(troubles) for kind in kinds)


def names(activities: Any) -> list[str]:
    """Under which names a worker would take them."""
    return [activity._Definition.must_from_callable(it).name or "" for it in activities]


def test_overrides_are_activities_under_the_name_of_the_step() -> None:
    assert names(activities_of(Doubles())) == ["double", "halve"]


def test_another_message_than_declared_cannot_be_taken() -> None:
    with pytest.raises(TypeError, match=r"Drifted\.follow_up differs from the step that FollowUpSteps"):

        class Drifted(FollowUpSteps):
            async def follow_up(self, due: CancelInput) -> None:  # type: ignore[override]
                """Takes what the workflow does not send."""


def test_another_answer_than_declared_cannot_be_given() -> None:
    with pytest.raises(TypeError, match=r"Drifted\.double differs from the step that Numbers declares"):

        class Drifted(Numbers):
            async def double(self, number: int) -> str:  # type: ignore[override]
                return str(number)


def test_one_more_parameter_than_declared_cannot_be_filled() -> None:
    with pytest.raises(TypeError, match=r"Drifted\.double differs"):

        class Drifted(Numbers):
            async def double(self, number: int, times: int = 2) -> int:
                return number * times


def test_an_implementation_that_inherits_from_another_is_checked_alike() -> None:
    class First(FollowUpSteps):
        async def follow_up(self, due: FollowUpInput) -> None:
            """As declared."""

    with pytest.raises(TypeError, match=r"Further\.follow_up differs"):

        class Further(First):
            async def follow_up(self, due: ReleaseInput) -> None:  # type: ignore[override]
                """Takes what the workflow does not send."""


def test_an_implementation_without_one_of_its_steps_cannot_be_made() -> None:
    class Half(HoldSteps):
        async def hold(self, hold: HoldInput) -> None:
            """As declared; `release` is missing."""

    with pytest.raises(TypeError, match="release"):
        Half()  # type: ignore[abstract]


def test_a_step_that_no_activity_takes_is_named() -> None:
    taken = activities_of(Doubles())
    assert unimplemented([Numbers], taken) == set()
    assert unimplemented([Numbers], taken[1:]) == {"double"}
    assert unimplemented([Numbers, HoldSteps], taken) == {"hold", "release"}


def test_every_declared_step_has_a_policy_and_one_name() -> None:
    declared = [(name, method) for contract in CONTRACTS for name, method in declared_by(contract).items()]
    assert len(declared) == len(dict(declared))
    assert all(policy_of(method).summary for _, method in declared)


def test_all_sets_of_steps_are_among_the_contracts() -> None:
    assert {it for it in Steps.__subclasses__() if it.__module__.startswith("workflows.")} == set(CONTRACTS)


@pytest.mark.parametrize("left_out", range(len(CONTRACTS)))
def test_the_worker_takes_every_declared_step(left_out: int) -> None:
    nothing: Any = None
    wired = implementations(nothing, nothing, nothing, Settings())
    assert unimplemented(CONTRACTS, activities_of(*wired)) == set()
    assert len(names(activities_of(*wired))) == len(set(names(activities_of(*wired))))
    fewer = [it for it in wired if not isinstance(it, CONTRACTS[left_out])]
    assert set(declared_by(CONTRACTS[left_out])) <= unimplemented(CONTRACTS, activities_of(*fewer))


def test_the_fakes_of_tests_take_them_all_too() -> None:
    assert unimplemented(CONTRACTS, activities_of(*fakes())) == set()
