"""The queue of calls of one workflow: callers call at any time, and only `run` executes steps (F51).

An update adds its call to the queue and waits for the answer. `run` answers the calls one after another, so
of two that exclude each other exactly one succeeds, and the other one's caller gets a refusal.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Collection, Coroutine
from typing import Any, Generic, TypeVar

from temporalio import workflow

from models.errors import Refusal
from workflows.failures import refused
from workflows.step_runner import Condition, Step

State = TypeVar("State")
Result = TypeVar("Result")


class Call(Generic[State]):
    """One call: the step that it asks for, and the future by which its caller gets the state after it."""

    def __init__(self, step: Step[Any], message: Any) -> None:
        self.step = step
        self.message = message
        self.answer: asyncio.Future[State] = asyncio.get_running_loop().create_future()

    def done(self, state: State) -> None:
        """Answer with the state after the step."""
        self.answer.set_result(state)

    def refuse(self, *refusals: Refusal) -> None:
        """Answer with the reasons why not; the first reason's code is the error's type."""
        self.answer.set_exception(refused(*refusals))
        self.answer.exception()  # else asyncio reports it as never retrieved, where no caller waits for it


class Calls(Generic[State]):
    """The queue of one workflow: `answer` executes and answers one call. `cancels` is the step that ends the
    order or request; a call whose step is held is superseded by it.
    """

    def __init__(self, answer: Callable[[Call[State]], Awaitable[None]], cancels: Step[Any]) -> None:
        self._answer = answer
        self._cancels = cancels
        self._waiting: deque[Call[State]] = deque()

    def add(self, step: Step[Any], message: Any) -> Call[State]:
        """Add a call at the end of the queue."""
        call: Call[State] = Call(step, message)
        self._waiting.append(call)
        return call

    async def ask(self, step: Step[Any], message: Any) -> State:
        """Add a call and wait for its answer. Raises `ApplicationError` with the reasons of a refusal."""
        return await self.add(step, message).answer

    def next(self) -> Call[State]:
        """Remove the first call from the queue."""
        return self._waiting.popleft()

    def postpone(self, call: Call[State]) -> None:
        """Put a superseded call back at the end of the queue: it is answered after the call that superseded
        it, by the state that it then finds.
        """
        self._waiting.append(call)

    def superseded(self, call: Call[State]) -> bool:
        """Whether a call that cancels the order or request waits, so that this one need not be finished."""
        cancels = self._cancels
        return call.step is not cancels and any(waiting.step is cancels for waiting in self._waiting)

    async def answer_while(
        self, condition: Condition, background: Collection[asyncio.Task[None]] = ()
    ) -> None:
        """Answer the waiting calls in the order in which they came, while the condition holds. Raises what a
        background task raises, also one that is added meanwhile.
        """

        def failed() -> bool:
            return any(task.done() and task.exception() is not None for task in background)

        while True:
            await workflow.wait_condition(lambda: bool(self._waiting) or not condition() or failed())
            for task in background:
                if task.done():
                    task.result()
            if not self._waiting or not condition():
                return
            await self._answer(self.next())


async def run_to_the_end(work: Coroutine[Any, Any, Result], cancelled: Callable[[], None]) -> Result:
    """Run the workflow's work to its end, also where an operator cancels the workflow in Temporal:
    `cancelled` is called instead and adds a call to the queue. To end the workflow at once would leave its
    order or request open in the database, with no workflow.
    """
    running = asyncio.create_task(work)
    while not running.done():
        try:
            await asyncio.shield(running)
        except asyncio.CancelledError:
            if not running.cancelled():
                cancelled()
    return running.result()
