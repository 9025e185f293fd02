"""The workflow of one notification: the e-mail that says that a QR code has arrived, until it is sent."""

from datetime import datetime
from typing import Any

from pydantic import ValidationError
from temporalio import workflow
from temporalio.common import VersioningBehavior
from temporalio.exceptions import ApplicationError

from workflows.calls import run_to_the_end
from workflows.codes.messages import NotificationStatus, NotifyOfQrCode, SendNotification
from workflows.codes.steps import QrMailSteps
from workflows.details import details
from workflows.messages import OPERATOR, ReleaseInput, Retry
from workflows.search_attributes import ORDER_STATUS, label_once, notification_labels
from workflows.starts import all_answered, answer_all, read_start
from workflows.step_runner import StepRunner, Superseded
from workflows.steps import HoldSteps


@workflow.defn(name="EsimQrNotification", failure_exception_types=[ValidationError])
class EsimQrNotification:
    """One e-mail with the link that shows a QR code. Its address is in the database only."""

    @workflow.init
    def __init__(self, sent: NotifyOfQrCode | None = None, *_: Any) -> None:
        self._wrong: ApplicationError | None = None
        try:
            self._start = start = read_start(NotifyOfQrCode, sent, "notification", "notification_id")
        except ApplicationError as wrong:
            self._wrong = answer_all(EsimQrNotification, wrong)
            return
        self._status = NotificationStatus.WAITING
        self._dropped = False
        self._steps = StepRunner(start.notification_id, changed=self._show)
        self._timeline: list[tuple[datetime, str]] = []

    @workflow.run
    async def run(self, sent: NotifyOfQrCode | None = None, *_: Any) -> NotificationStatus:
        """Send the e-mail, or give it up after `given_up_after`. To cancel the workflow gives it up. The JSON
        is taken as it is sent, as for orders.
        """
        if self._wrong:
            raise await all_answered(self._wrong)
        return await run_to_the_end(self._proceed(), self._drop)

    async def _proceed(self) -> NotificationStatus:
        label_once(notification_labels(self._start))
        self._moved_to(NotificationStatus.WAITING)
        self._moved_to(await self._send())
        await workflow.wait_condition(lambda: workflow.all_handlers_finished() and self._steps.settled)
        return self._status

    async def _send(self) -> NotificationStatus:
        start = self._start
        try:
            await self._steps.execute(
                QrMailSteps.send_notification,
                SendNotification(notification_id=start.notification_id, retries=start.retries),
                superseded=lambda: self._dropped,
                hold_at_most=start.given_up_after,
            )
        except Superseded:
            if self._dropped:
                given_up = ReleaseInput(
                    workflow_id=start.notification_id,
                    step=QrMailSteps.send_notification.__name__,
                    actor=OPERATOR,
                    given_up=True,
                )
                await self._steps.execute(HoldSteps.release, given_up)
            return NotificationStatus.GIVEN_UP
        return NotificationStatus.SENT

    @workflow.signal(description="Send the e-mail that the notification is held for once more.")
    def retry(self, call: Retry | None = None, *_: Any) -> None:
        """Retry what is held, as for orders. Because of `_` Temporal hands over the JSON as it is."""
        self._steps.retry(call)

    @workflow.query(description="Whether the notification waits, is sent or is given up.")
    def state(self) -> NotificationStatus:
        """Answer with the notification's status."""
        return self._status

    def _drop(self) -> None:
        self._dropped = True

    def _moved_to(self, status: NotificationStatus) -> None:
        if status is not self._status:
            workflow.upsert_search_attributes([ORDER_STATUS.value_set(status.value)])
        self._status = status
        self._timeline.append((workflow.now(), status.label))
        self._show()

    def _show(self) -> None:
        steps = self._steps
        page = details(self._status.label, self._timeline, steps.holds, steps.going_out)
        workflow.set_current_details(page)


@workflow.defn(
    name="EsimQrNotification",
    failure_exception_types=[ValidationError],
    versioning_behavior=VersioningBehavior.PINNED,
)
class PinnedQrNotification(EsimQrNotification):
    """The same, for workers that have a version: it is short, so it stays pinned to the version that it began
    with (docs/versions.md). A class of its own, since a worker without a version must not declare a
    versioning behaviour.
    """

    @workflow.init
    def __init__(self, sent: NotifyOfQrCode | None = None, *_: Any) -> None:
        super().__init__(sent)

    @workflow.run
    async def run(self, sent: NotifyOfQrCode | None = None, *_: Any) -> NotificationStatus:
        """As above."""
        return await super().run(sent)
