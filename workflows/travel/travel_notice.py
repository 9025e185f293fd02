"""The workflow of one notice to an account's staff: stock is low, or an order waits for it (T17, T26)."""

from typing import Any

from pydantic import ValidationError
from temporalio import workflow
from temporalio.common import VersioningBehavior
from temporalio.exceptions import ApplicationError

from models.travel.notices import NoticeStatus
from workflows.calls import run_to_the_end
from workflows.email_workflow import EmailWorkflow
from workflows.search_attributes import travel_notice_labels
from workflows.starts import all_answered, answer_all, read_start
from workflows.travel.messages import SendNotice, SendTravelNotice
from workflows.travel.steps import TravelMailSteps


@workflow.defn(name="EsimTravelNotice", failure_exception_types=[ValidationError])
class EsimTravelNotice(EmailWorkflow[NoticeStatus]):
    """The e-mails to the staff. What they say is read when they are sent; the row must exist before the
    workflow starts. Notices to subscribers are sent by the workflow of their eSIM line.
    """

    @workflow.init
    def __init__(self, sent: SendTravelNotice | None = None, *_: Any) -> None:
        self._wrong: ApplicationError | None = None
        try:
            self._start = start = read_start(SendTravelNotice, sent, "notice", "notice_id")
        except ApplicationError as wrong:
            self._wrong = answer_all(EsimTravelNotice, wrong)
            return
        self._begin(start.notice_id, NoticeStatus.WAITING)

    @workflow.run
    async def run(self, sent: SendTravelNotice | None = None, *_: Any) -> NoticeStatus:
        """Send the e-mails, or give them up after `given_up_after`. To cancel the workflow gives them up. The
        JSON is taken as it is sent, as for orders.
        """
        if self._wrong:
            raise await all_answered(self._wrong)
        return await run_to_the_end(self._notify(), self._drop)

    async def _notify(self) -> NoticeStatus:
        start = self._start
        return await self._proceed(
            travel_notice_labels(start),
            TravelMailSteps.send_notice,
            SendNotice(notice_id=start.notice_id, retries=start.retries),
            start.given_up_after,
            (NoticeStatus.SENT, NoticeStatus.GIVEN_UP),
        )

    @workflow.query(description="Whether the staff are being notified or are notified.")
    def state(self) -> NoticeStatus:
        """Answer with the status of the notice's e-mails."""
        return self._status


@workflow.defn(
    name="EsimTravelNotice",
    failure_exception_types=[ValidationError],
    versioning_behavior=VersioningBehavior.PINNED,
)
class PinnedTravelNotice(EsimTravelNotice):
    """The same, for workers that have a version: it is short, so it stays pinned to the version that it began
    with (docs/versions.md), as notifications of QR codes do.
    """

    @workflow.init
    def __init__(self, sent: SendTravelNotice | None = None, *_: Any) -> None:
        super().__init__(sent)

    @workflow.run
    async def run(self, sent: SendTravelNotice | None = None, *_: Any) -> NoticeStatus:
        """As above."""
        return await super().run(sent)
