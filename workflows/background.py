"""The tasks that a workflow runs in the background while it answers the calls of its queue."""

import asyncio
from collections.abc import Callable, Collection, Coroutine
from typing import Any


class BackgroundTasks:
    """Each task is started once by its name, however often it is asked for."""

    def __init__(self) -> None:
        self._tasks: dict[str, asyncio.Task[None]] = {}

    def start(self, name: str, action: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Start the action, unless a task of this name was started before."""
        if name not in self._tasks:
            self._tasks[name] = asyncio.create_task(action())

    @property
    def tasks(self) -> Collection[asyncio.Task[None]]:
        """A live view of all tasks, in the order in which they were started."""
        return self._tasks.values()

    def running(self, *, besides: str) -> bool:
        """Whether any task but this one has not ended yet."""
        return any(not task.done() for name, task in self._tasks.items() if name != besides)
