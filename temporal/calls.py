"""Calls to workflows, and their ends in this application's words: an answer, `Refused` or `Unavailable`."""

import asyncio
import uuid
from collections.abc import Awaitable
from typing import Any

from temporalio.client import (
    Client,
    WithStartWorkflowOperation,
    WorkflowHandle,
    WorkflowUpdateFailedError,
    WorkflowUpdateRPCTimeoutOrCancelledError,
)
from temporalio.common import TypedSearchAttributes, WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import ApplicationError, WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from models.errors import Refused, Unavailable
from models.identifiers import storable
from settings import Settings
from store.session import Database
from temporal.connection import NO_NAMESPACE, explained, reached
from workflows.codes.messages import NotifyOfQrCode, RequestQrCode
from workflows.failures import refusals_of
from workflows.orders.messages import PlaceOrder

LONGEST_KEY = 500
_LOOKED_FOR_SECONDS = 2.0
"""How long the database may take to answer before it is said to be unavailable."""
_FORGOTTEN_SECONDS = 0.05
"""How long to wait before a call that Temporal forgot is made again."""


class NoSuchWorkflow(Exception):
    """The workflow has ended, was terminated, or never was."""


class Calls:
    """What the desks say to Temporal. Safe for concurrent use."""

    def __init__(self, client: Client, database: Database, settings: Settings) -> None:
        self.client = client
        self._database = database
        self._settings = settings

    async def start_and_ask(  # noqa: PLR0917  as many as there are
        self,
        run: Any,
        update: Any,
        start: PlaceOrder | RequestQrCode,
        workflow_id: str,
        labels: TypedSearchAttributes,
        reuse: WorkflowIDReusePolicy = WorkflowIDReusePolicy.ALLOW_DUPLICATE_FAILED_ONLY,
    ) -> Any:
        """Start a workflow, or find it running, and have its answer to the update.

        The update gets an id of its own: a terminated workflow would else answer for itself, and stay so.
        `WorkflowAlreadyStartedError` is the caller's to explain.
        """
        operation: WithStartWorkflowOperation[Any, Any] = WithStartWorkflowOperation(
            run,
            start,
            id=workflow_id,
            task_queue=self._settings.task_queue,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            id_reuse_policy=reuse,
            static_summary=start.summary,
            static_details=start.details,
            search_attributes=labels,
        )
        started = asyncio.ensure_future(operation.workflow_handle())
        started.add_done_callback(_heard)
        try:
            return await self._answered(
                self.client.execute_update_with_start_workflow(
                    update, start_workflow_operation=operation, id=uuid.uuid4().hex
                )
            )
        except NoSuchWorkflow:  # what is missing is the namespace
            raise Unavailable("temporal", NO_NAMESPACE) from None
        except WorkflowUpdateFailedError as failed:
            raise _refused(failed) from None
        finally:
            started.cancel()

    async def start(  # noqa: PLR0917  as many as there are
        self,
        run: Any,
        start: PlaceOrder | RequestQrCode | NotifyOfQrCode,
        workflow_id: str,
        labels: TypedSearchAttributes,
        reuse: WorkflowIDReusePolicy = WorkflowIDReusePolicy.ALLOW_DUPLICATE_FAILED_ONLY,
        conflict: WorkflowIDConflictPolicy = WorkflowIDConflictPolicy.USE_EXISTING,
    ) -> bool:
        """Start a workflow once: one that runs, or has ended well, under this id is left alone, unless
        `reuse` says otherwise. With the conflict policy FAIL the answer is whether it was started.
        """
        try:
            with reached():
                await self.client.start_workflow(
                    run,
                    start,
                    id=workflow_id,
                    task_queue=self._settings.task_queue,
                    id_conflict_policy=conflict,
                    id_reuse_policy=reuse,
                    static_summary=start.summary,
                    static_details=start.details,
                    search_attributes=labels,
                )
        except WorkflowAlreadyStartedError:
            return False
        except RPCError as failure:
            raise explained(failure) from None
        return True

    async def update(self, workflow_id: str, update: Any, message: Any, call_id: str | None = None) -> Any:
        """The workflow's answer; under the same `call_id` the same answer. Raises `NoSuchWorkflow` where it
        has ended.
        """
        taken = self._until_taken(self._handle(workflow_id), update, message, call_id or uuid.uuid4().hex)
        try:
            return await self._answered(taken)
        except WorkflowUpdateFailedError as failed:
            raise _refused(failed) from None

    async def signal(self, workflow_id: str, signal: Any, *message: Any) -> None:
        """Tell the workflow. Raises `NoSuchWorkflow` where it has ended."""
        try:
            with reached():
                await self._handle(workflow_id).signal(signal, args=message)
        except RPCError as failure:
            raise _explained(failure) from None

    def _handle(self, workflow_id: str) -> WorkflowHandle[Any, Any]:
        return self.client.get_workflow_handle(workflow_id)

    async def _until_taken(
        self, handle: WorkflowHandle[Any, Any], update: Any, message: Any, call_id: str
    ) -> Any:
        """Call until it is taken. Where something else happens to a workflow while it ends, Temporal forgets
        the calls it was about to answer; a step done meanwhile finds its own result.
        """
        while True:
            try:
                return await handle.execute_update(update, message, id=call_id)
            except RPCError as failure:
                if failure.status is not RPCStatusCode.FAILED_PRECONDITION:
                    raise
            await asyncio.sleep(_FORGOTTEN_SECONDS)

    async def _answered(self, answer: Awaitable[Any]) -> Any:
        try:
            with reached():
                async with asyncio.timeout(self._settings.answer_timeout.total_seconds()):
                    return await answer
        except (TimeoutError, WorkflowUpdateRPCTimeoutOrCancelledError):
            task = asyncio.current_task()
            if task is not None and task.cancelling():
                raise asyncio.CancelledError from None
            raise await self._unavailable() from None
        except RPCError as failure:
            raise _explained(failure) from None

    async def _unavailable(self) -> Unavailable:
        """What is unavailable where no answer came in time. A worker without its database answers no call."""
        try:
            async with asyncio.timeout(_LOOKED_FOR_SECONDS):
                await self._database.revision()
        except Unavailable as unavailable:
            return Unavailable(unavailable.component, f"{unavailable} It may still be done later.")
        except TimeoutError:
            return Unavailable("database", "The database does not answer; it may still be done later.")
        return Unavailable("worker", "No worker answers; it may still be done later.")


def _heard(started: asyncio.Future[Any]) -> None:
    """Take in why a workflow could not be started: the call itself raises it, and asyncio would report it
    once more, as an exception that was never retrieved.
    """
    if not started.cancelled():
        started.exception()


def checked_key(key: str | None) -> str:
    """The caller's idempotency key, or a new one. Raises `Refused` (`key_invalid`)."""
    key = key or uuid.uuid4().hex
    if not storable(key) or len(key) > LONGEST_KEY:
        raise Refused.because("key_invalid", characters=LONGEST_KEY)
    return key


def _explained(failure: RPCError) -> Exception:
    """As `explained`, for a call of a workflow: one that is not found has ended, or never was."""
    return NoSuchWorkflow() if failure.status is RPCStatusCode.NOT_FOUND else explained(failure)


def _refused(failed: WorkflowUpdateFailedError) -> Refused:
    if isinstance(failed.cause, ApplicationError):
        return Refused(*refusals_of(failed.cause))
    return Refused.because("not_taken")
