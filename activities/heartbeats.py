"""Heartbeats of every step that runs long, so that Temporal notices a dead worker within seconds.

Without them a step whose worker was killed would be retried only after its start-to-close timeout. A step
that ends before its first heartbeat costs nothing. The answer to a heartbeat also brings the cancellation of
a superseded step.
"""

import asyncio
from datetime import timedelta
from typing import Any

from temporalio import activity
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput, Interceptor

BEATS_BEFORE_TIMEOUT = 3


class Heartbeats(Interceptor):
    """Interceptor of every activity of a worker: sends its heartbeats."""

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:  # noqa: A002
        """Put this interceptor before the activity."""
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
