"""How a step is declared: once, with its policy, beside its message.

    class OrderSteps(Steps):
        @step(database("Accept the order or refuse it"))
        @abstractmethod
        async def accept_order(self, placement: Placement) -> Acceptance: ...

The declaration is the contract: workflows name it, an implementation overrides it with the same input and
result (or its class cannot be defined), and `activities_of` registers every override with a worker. So
contract, policy, message, activity and registration cannot differ.
"""

import inspect
from abc import ABC
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar, get_type_hints

from temporalio import activity
from temporalio.common import RetryPolicy

Declared = TypeVar("Declared", bound=Callable[..., Awaitable[Any]])
_POLICY = "__step_policy__"


@dataclass(frozen=True)
class StepPolicy:
    """Timeouts and retries of a step, and its summary in the Temporal Web UI."""

    summary: str
    retried_for: timedelta
    attempt: timedelta
    first_interval: timedelta = timedelta(seconds=1)
    longest_interval: timedelta = timedelta(seconds=30)
    heartbeat_timeout: timedelta = timedelta(seconds=15)
    """An attempt without a heartbeat for so long has lost its worker."""
    grace: timedelta = timedelta()
    """How long a running step may still finish once it is superseded, by a cancel say: the call that came
    first succeeds, unless its step keeps failing.
    """
    outside: bool = False
    """Whether it calls a mail server, a provider or another workflow: until it succeeds, operators read that
    it has not been sent (W11)."""

    @property
    def retry_policy(self) -> RetryPolicy:
        """The retries of the activity."""
        return RetryPolicy(initial_interval=self.first_interval, maximum_interval=self.longest_interval)


def database(summary: str) -> StepPolicy:
    """A database transaction: retried for 15 minutes, then held for `step_failed`."""
    return StepPolicy(
        summary,
        retried_for=timedelta(minutes=15),
        attempt=timedelta(seconds=20),
        grace=timedelta(seconds=5),
    )


def outside(summary: str) -> StepPolicy:
    """An e-mail or a call to a provider: retried for an hour, then held for the reason of the failure. A
    permanent failure is not retried, but held at once.
    """
    return StepPolicy(
        summary,
        retried_for=timedelta(hours=1),
        attempt=timedelta(minutes=2),
        first_interval=timedelta(seconds=5),
        longest_interval=timedelta(minutes=5),
        outside=True,
    )


def many(summary: str) -> StepPolicy:
    """An operation on many workflows, whose outcome is watched: retried for an hour, then it fails."""
    return StepPolicy(
        summary,
        retried_for=timedelta(hours=1),
        attempt=timedelta(minutes=10),
        first_interval=timedelta(seconds=2),
    )


def swept(summary: str) -> StepPolicy:
    """A part of a sweep, which the next sweep does again: retried for ten minutes, then it fails, and the
    sweep continues with the others.
    """
    return StepPolicy(
        summary,
        retried_for=timedelta(minutes=10),
        attempt=timedelta(minutes=10),
        first_interval=timedelta(seconds=2),
    )


def in_background(summary: str) -> StepPolicy:
    """A part of a job, which continues where it stopped: retried for an hour, then held for `step_failed`."""
    return StepPolicy(
        summary,
        retried_for=timedelta(hours=1),
        attempt=timedelta(minutes=10),
        grace=timedelta(seconds=5),
    )


def delivered(summary: str) -> StepPolicy:
    """Deliveries to a receiver, which continue where they stopped: retried for a quarter of an hour, then the
    workflow fails and is started anew while something is due.
    """
    return StepPolicy(summary, retried_for=timedelta(minutes=15), attempt=timedelta(minutes=10))


def record(summary: str) -> StepPolicy:
    """Records a hold. The workflow retries it without end; meanwhile the search attribute HoldReason shows
    it.
    """
    return StepPolicy(summary, retried_for=timedelta(minutes=15), attempt=timedelta(seconds=20))


def step(policy: StepPolicy) -> Callable[[Declared], Declared]:
    """Declare a method of a `Steps` class as a step with this policy."""

    def declare(method: Declared) -> Declared:
        setattr(method, _POLICY, policy)
        return activity.defn(method)

    return declare


def policy_of(declared: Callable[..., Any]) -> StepPolicy:
    """The policy of this step."""
    policy: StepPolicy = getattr(declared, _POLICY)
    return policy


def declared_by(contract: type) -> dict[str, Callable[..., Any]]:
    """The steps that a class declares or inherits, by name."""
    return {
        name: method
        for base in reversed(contract.__mro__)
        for name, method in vars(base).items()
        if hasattr(method, _POLICY)
    }


class Steps(ABC):  # noqa: B024  the sets of steps below it have abstract methods
    """A set of steps. Overrides become activities under the name of the step."""

    def __init_subclass__(cls, **options: Any) -> None:
        """Make activities of overrides. Raises `TypeError` where one has another input or result."""
        super().__init_subclass__(**options)
        for base in cls.__mro__[1:]:
            for name, declared in vars(base).items():
                override = vars(cls).get(name)
                if not hasattr(declared, _POLICY) or override is None or hasattr(override, _POLICY):
                    continue
                if _shape(override) != _shape(declared):
                    raise TypeError(
                        f"{cls.__name__}.{name} differs from the step that {base.__name__} declares."
                    )
                activity.defn(override)


def activities_of(*implementations: Steps) -> list[Callable[..., Any]]:
    """All steps of these implementations, for a worker."""
    return [getattr(steps, name) for steps in implementations for name in declared_by(type(steps))]


def unimplemented(contracts: Iterable[type], activities: Iterable[Callable[..., Any]]) -> set[str]:
    """The names of declared steps that no activity implements."""
    implemented = {method.__name__ for method in activities}
    return {name for contract in contracts for name in declared_by(contract)} - implemented


def _shape(method: Callable[..., Any]) -> tuple[Any, ...]:
    hints = get_type_hints(method)
    parameters = [name for name in inspect.signature(method).parameters if name != "self"]
    return (*(hints.get(name) for name in parameters), hints.get("return"))
