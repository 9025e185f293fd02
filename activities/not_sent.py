"""Records every failed attempt of a step that calls a mail server, a provider or another workflow (W11).

So lists and pages show from the first failed attempt on what has not been sent, since when and why. The
record is written after the call has ended, in a transaction of its own. A first attempt that succeeds costs
nothing.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection
from temporalio import activity
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput, Interceptor

from activities.failures import failure_type
from mail.errors import MailError
from models.operations.not_sent import NotSentReason
from store.operations import not_sent
from store.operations.not_sent import Sending
from store.session import Database
from workflows.codes.messages import RemindOfCode, SendNotification, SendQrMails
from workflows.licences.messages import NotifyOwners, NumberStep
from workflows.orders.messages import EmailInput, FollowUpInput, OrderStep
from workflows.step import declared_by, policy_of
from workflows.steps import CONTRACTS
from workflows.travel.messages import SendNotice

RECORDED_WITHIN = 5.0
"""Seconds. An unavailable database must not delay the retry of the step."""

OUTSIDE = frozenset(
    name
    for contract in CONTRACTS
    for name, method in declared_by(contract).items()
    if policy_of(method).outside
)
"""The names of the steps that call something outside the database."""

_log = logging.getLogger(__name__)


def sending(step: str, message: Any, workflow_id: str) -> Sending:
    """What this step sends: which order, request or notification, and by which step."""
    match message:
        case NumberStep():
            return Sending(message.change_id, step)
        case NotifyOwners():
            return Sending(message.request_id, step)
        case SendNotification():
            return Sending(message.notification_id, step)
        case SendQrMails() | RemindOfCode():
            return Sending(message.request_id, step, message.round)
        case EmailInput():
            return Sending(message.order_id, f"{step}:{message.email}")
        case OrderStep():
            return Sending(message.order_id, step)
        case SendNotice() if message.notice_id != workflow_id:  # of an eSIM line, which sends several
            return Sending(workflow_id, f"{step}:{message.notice_id}")
        case FollowUpInput():
            return Sending(workflow_id, f"{step}:{message.follow_up_id}")
    return Sending(workflow_id, step)


class NotSent(Interceptor):
    """Interceptor of every activity of a worker: records failed attempts of the steps in `OUTSIDE`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:  # noqa: A002
        """Put this interceptor before the activity."""
        return _NotSentInbound(next, self._database)


class _NotSentInbound(ActivityInboundInterceptor):
    def __init__(self, next: ActivityInboundInterceptor, database: Database) -> None:  # noqa: A002
        super().__init__(next)
        self._database = database

    async def execute_activity(self, input: ExecuteActivityInput) -> Any:  # noqa: A002
        info = activity.info()
        if info.activity_type not in OUTSIDE:
            return await super().execute_activity(input)
        message = input.args[0] if input.args else None
        what = sending(info.activity_type, message, info.workflow_id or "")
        if info.attempt > 1:
            await self._record(partial(_interrupted, what=what, info=info))
        began = time.monotonic()
        try:
            answer = await super().execute_activity(input)
        except (Exception, asyncio.CancelledError) as failure:
            if reason := _reason(failure):
                took = timedelta(seconds=time.monotonic() - began)
                write = partial(not_sent.failed, sending=what, reason=reason, took=took, attempt=info.attempt)
                to = failure.recipients if isinstance(failure, MailError) else ()
                await self._record(partial(write, recipients=to))
            raise
        if info.attempt > 1 or getattr(message, "retries", False):
            await self._record(partial(not_sent.sent, subject_id=what.subject_id, step=what.step))
        return answer

    async def _record(self, write: Callable[[AsyncConnection], Awaitable[None]]) -> None:
        """Write the record, but never raise: a failed step is retried, and its e-mail would be sent twice."""
        try:
            async with asyncio.timeout(RECORDED_WITHIN), self._database.transaction() as connection:
                await write(connection)
        except Exception as failure:  # noqa: BLE001  the outcome of the step must not depend on its record
            _log.warning("What has not been sent could not be recorded: %s.", type(failure).__name__)


async def _interrupted(connection: AsyncConnection, what: Sending, info: activity.Info) -> None:
    began = max(datetime.now(UTC) - info.scheduled_time, timedelta())
    await not_sent.interrupted(connection, what, began=began, attempts=info.attempt - 1)


def _reason(failure: BaseException) -> NotSentReason | None:
    """Why the attempt failed; None where the workflow cancelled it, because the step is superseded."""
    if isinstance(failure, Exception):
        name = failure_type(failure)
        return NotSentReason(name) if name in set(NotSentReason) else NotSentReason.UNEXPECTED
    details = activity.cancellation_details()
    return None if details and details.cancel_requested else NotSentReason.INTERRUPTED
