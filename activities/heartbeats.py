"""A sign of life from every step that takes long, so that a dead worker is noticed in seconds.

Without one, a step whose worker was killed would only be tried again once its longest allowed attempt is
over. A step that is done before the first beat costs nothing. The beat also carries the order's word back
that the step has been overtaken, which cancels it.
"""

import asyncio
from datetime import timedelta
from typing import Any

from temporalio import activity
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput, Interceptor

BEATS_BEFORE_TIMEOUT = 3


class Heartbeats(Interceptor):
    """Wraps every activity of a worker."""

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:  # noqa: A002
        """Put ourselves before the activity."""
        return _HeartbeatsInbound(next)


class _HeartbeatsInbound(ActivityInboundInterceptor):
    async def execute_activity(self, input: ExecuteActivityInput) -> Any:  # noqa: A002
        info = activity.info()
        if not info.heartbeat_timeout:
            return await super().execute_activity(input)
        beating = asyncio.create_task(_beat(info.heartbeat_timeout / BEATS_BEFORE_TIMEOUT))
        try:
            return await super().execute_activity(input)
        finally:
            beating.cancel()


async def _beat(every: timedelta) -> None:
    while True:
        await asyncio.sleep(every.total_seconds())
        activity.heartbeat()
