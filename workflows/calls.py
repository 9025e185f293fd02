"""The calls that wait for their turn: people ask at any time, and only `run` takes steps (F51).

An update adds its call and waits for the answer; `run` takes the calls one after another, so of two that
exclude each other exactly one wins, and the other's caller is told.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import Any, Generic, TypeVar

from temporalio import workflow

from models.errors import Refusal
from workflows.failures import refused
from workflows.step_runner import Condition, Step

State = TypeVar("State")
Result = TypeVar("Result")


class Call(Generic[State]):
    """One call: the step it asks for, and where its caller, if anybody, waits for the state after it."""

    def __init__(self, step: Step[Any], message: Any) -> None:
        self.step = step
        self.message = message
        self.answer: asyncio.Future[State] = asyncio.get_running_loop().create_future()

    def done(self, state: State) -> None:
        """Say where things are now."""
        self.answer.set_result(state)

    def refuse(self, *refusals: Refusal) -> None:
        """Say why not; the first reason's code is the error's type."""
        self.answer.set_exception(refused(*refusals))
        self.answer.exception()  # nobody may be waiting for it


class Calls(Generic[State]):
    """The queue of one workflow, which answers each call by `answer`. `cancels` is the step that a held
    call gives way to.
    """

    def __init__(self, answer: Callable[[Call[State]], Awaitable[None]], cancels: Step[Any]) -> None:
        self._answer = answer
        self._cancels = cancels
        self._waiting: deque[Call[State]] = deque()

    def add(self, step: Step[Any], message: Any) -> Call[State]:
        """The last in the queue."""
        call: Call[State] = Call(step, message)
        self._waiting.append(call)
        return call

    async def ask(self, step: Step[Any], message: Any) -> State:
        """Wait until this call has had its turn; raises what it was refused with."""
        return await self.add(step, message).answer

    def next(self) -> Call[State]:
        """The call whose turn it is."""
        return self._waiting.popleft()

    def postpone(self, call: Call[State]) -> None:
        """What this call asks for was overtaken before it was done: it has its turn again after what overtook
        it, and is answered by what it finds then.
        """
        self._waiting.append(call)

    def superseded(self, call: Call[State]) -> bool:
        """Whether somebody wants the whole thing to end, so that this call need not be waited for."""
        cancels = self._cancels
        return call.step is not cancels and any(waiting.step is cancels for waiting in self._waiting)

    async def answer_while(self, condition: Condition, beside: Sequence[asyncio.Task[None]] = ()) -> None:
        """Answer the waiting calls in the order they came, while the condition holds. What fails beside
        fails here, also of tasks that are added meanwhile.
        """

        def failed() -> bool:
            return any(task.done() and task.exception() is not None for task in beside)

        while True:
            await workflow.wait_condition(lambda: bool(self._waiting) or not condition() or failed())
            for task in beside:
                if task.done():
                    task.result()
            if not self._waiting or not condition():
                return
            await self._answer(self.next())


async def to_the_end(way: Coroutine[Any, Any, Result], cancelled: Callable[[], None]) -> Result:
    """Go the whole way. A cancellation that an operator requests of Temporal is a call like any other: it
    would else end the workflow and leave what it stands for open, with nobody to take it on.
    """
    going = asyncio.create_task(way)
    while not going.done():
        try:
            await asyncio.shield(going)
        except asyncio.CancelledError:
            if not going.cancelled():
                cancelled()
    return going.result()
