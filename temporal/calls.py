"""Calls to workflows: each ends with an answer, `Refused`, `NoSuchWorkflow` or `Unavailable`."""

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
from settings import Settings
from store.session import Database
from temporal.connection import NO_NAMESPACE, explained, reached
from workflows.codes.messages import NotifyOfQrCode, RequestQrCode
from workflows.failures import refusals_of
from workflows.licences.messages import ChangeNumber, RequestLicences
from workflows.operations.messages import RunJob
from workflows.orders.messages import PlaceOrder
from workflows.people.messages import SendUserMail
from workflows.travel.messages import LiveLine, SendTravelNotice

StartMessage = (
    PlaceOrder
    | RequestQrCode
    | NotifyOfQrCode
    | ChangeNumber
    | RequestLicences
    | LiveLine
    | SendTravelNotice
    | SendUserMail
    | RunJob
)
"""The inputs that workflows are started with."""
_DATABASE_CHECK_SECONDS = 2.0
"""How long the database may take to answer before it counts as unavailable."""
_UPDATE_RETRY_SECONDS = 0.05
"""How long to wait before an update that Temporal dropped is retried."""


class NoSuchWorkflow(Exception):
    """No workflow runs under this id: it has ended, was terminated, or never existed."""


class Calls:
    """Starts, updates and signals workflows, for the desks. Safe for concurrent use."""

    def __init__(self, client: Client, database: Database, settings: Settings) -> None:
        self.client = client
        self._database = database
        self._settings = settings

    async def start_and_ask(  # noqa: PLR0917  as many as there are
        self,
        run: Any,
        update: Any,
        start: StartMessage,
        workflow_id: str,
        labels: TypedSearchAttributes,
        reuse: WorkflowIDReusePolicy = WorkflowIDReusePolicy.ALLOW_DUPLICATE_FAILED_ONLY,
    ) -> Any:
        """Start a workflow, or find it running, and return its answer to the update.

        The update gets a new id: with the same id, Temporal would answer from a terminated run and start no
        new one. `WorkflowAlreadyStartedError` is left to the caller.
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
        started.add_done_callback(_retrieve_exception)
        try:
            return await self._answered(
                self.client.execute_update_with_start_workflow(
                    update, start_workflow_operation=operation, id=uuid.uuid4().hex
                )
            )
        except NoSuchWorkflow:  # for a start, NOT_FOUND means the namespace
            raise Unavailable("temporal", NO_NAMESPACE) from None
        except WorkflowUpdateFailedError as failed:
            raise _refused(failed) from None
        finally:
            started.cancel()

    async def start(  # noqa: PLR0917  as many as there are
        self,
        run: Any,
        start: StartMessage,
        workflow_id: str,
        labels: TypedSearchAttributes,
        reuse: WorkflowIDReusePolicy = WorkflowIDReusePolicy.ALLOW_DUPLICATE_FAILED_ONLY,
        conflict: WorkflowIDConflictPolicy = WorkflowIDConflictPolicy.USE_EXISTING,
    ) -> bool:
        """Start a workflow once: nothing happens where one under this id is running or has completed, unless
        `reuse` says otherwise. With the conflict policy FAIL, returns whether it was started.
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
        """Send an update and return the workflow's answer. Idempotent by `call_id`. Raises `NoSuchWorkflow`
        where the workflow has ended.
        """
        answer = self._until_accepted(self._handle(workflow_id), update, message, call_id or uuid.uuid4().hex)
        try:
            return await self._answered(answer)
        except WorkflowUpdateFailedError as failed:
            raise _refused(failed) from None

    async def signal(self, workflow_id: str, signal: Any, *message: Any) -> None:
        """Send a signal. Raises `NoSuchWorkflow` where the workflow has ended."""
        try:
            with reached():
                await self._handle(workflow_id).signal(signal, args=message)
        except RPCError as failure:
            raise _explained(failure) from None

    def _handle(self, workflow_id: str) -> WorkflowHandle[Any, Any]:
        return self.client.get_workflow_handle(workflow_id)

    async def _until_accepted(
        self, handle: WorkflowHandle[Any, Any], update: Any, message: Any, call_id: str
    ) -> Any:
        """Send the update until Temporal accepts it. Where an event arrives while a workflow closes, Temporal
        drops its pending updates with FAILED_PRECONDITION. A retry under the same id is safe: a step that was
        done meanwhile returns its recorded result.
        """
        while True:
            try:
                return await handle.execute_update(update, message, id=call_id)
            except RPCError as failure:
                if failure.status is not RPCStatusCode.FAILED_PRECONDITION:
                    raise
            await asyncio.sleep(_UPDATE_RETRY_SECONDS)

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
        """Which component is unavailable after a timeout. A worker without its database answers no call."""
        try:
            async with asyncio.timeout(_DATABASE_CHECK_SECONDS):
                await self._database.revision()
        except Unavailable as unavailable:
            return Unavailable(unavailable.component, f"{unavailable} It may still be done later.")
        except TimeoutError:
            return Unavailable("database", "The database does not answer; it may still be done later.")
        return Unavailable("worker", "No worker answers; it may still be done later.")


def _retrieve_exception(started: asyncio.Future[Any]) -> None:
    """Retrieve why a workflow could not be started: the call itself raises it, and asyncio would log it once
    more as an exception that was never retrieved.
    """
    if not started.cancelled():
        started.exception()


def _explained(failure: RPCError) -> Exception:
    """As `explained`, but NOT_FOUND means that no such workflow is running."""
    return NoSuchWorkflow() if failure.status is RPCStatusCode.NOT_FOUND else explained(failure)


def _refused(failed: WorkflowUpdateFailedError) -> Refused:
    if isinstance(failed.cause, ApplicationError):
        return Refused(*refusals_of(failed.cause))
    return Refused.because("not_taken")
