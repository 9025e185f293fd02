"""The workflow of one notification: the e-mail that says that a QR code has arrived, until it is sent."""

from typing import Any

from pydantic import ValidationError
from temporalio import workflow
from temporalio.common import VersioningBehavior
from temporalio.exceptions import ApplicationError

from workflows.calls import run_to_the_end
from workflows.codes.messages import NotificationStatus, NotifyOfQrCode, SendNotification
from workflows.codes.steps import QrMailSteps
from workflows.email_workflow import EmailWorkflow
from workflows.search_attributes import notification_labels
from workflows.starts import all_answered, answer_all, read_start


@workflow.defn(name="EsimQrNotification", failure_exception_types=[ValidationError])
class EsimQrNotification(EmailWorkflow[NotificationStatus]):
    """One e-mail with the link that shows a QR code. Its address is in the database only."""

    @workflow.init
    def __init__(self, sent: NotifyOfQrCode | None = None, *_: Any) -> None:
        self._wrong: ApplicationError | None = None
        try:
            self._start = start = read_start(NotifyOfQrCode, sent, "notification", "notification_id")
        except ApplicationError as wrong:
            self._wrong = answer_all(EsimQrNotification, wrong)
            return
        self._begin(start.notification_id, NotificationStatus.WAITING)

    @workflow.run
    async def run(self, sent: NotifyOfQrCode | None = None, *_: Any) -> NotificationStatus:
        """Send the e-mail, or give it up after `given_up_after`. To cancel the workflow gives it up. The JSON
        is taken as it is sent, as for orders.
        """
        if self._wrong:
            raise await all_answered(self._wrong)
        return await run_to_the_end(self._send(), self._drop)

    async def _send(self) -> NotificationStatus:
        start = self._start
        return await self._proceed(
            notification_labels(start),
            QrMailSteps.send_notification,
            SendNotification(notification_id=start.notification_id, retries=start.retries),
            start.given_up_after,
            (NotificationStatus.SENT, NotificationStatus.GIVEN_UP),
        )

    @workflow.query(description="Whether the notification waits, is sent or is given up.")
    def state(self) -> NotificationStatus:
        """Answer with the notification's status."""
        return self._status


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
