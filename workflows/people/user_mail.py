"""The workflow of one e-mail to a user: an invitation, or a link to another password (P1)."""

from typing import Any

from pydantic import ValidationError
from temporalio import workflow
from temporalio.common import VersioningBehavior
from temporalio.exceptions import ApplicationError

from models.people.user_mails import UserMailStatus
from workflows.calls import run_to_the_end
from workflows.email_workflow import EmailWorkflow
from workflows.people.messages import SendToUser, SendUserMail
from workflows.people.steps import UserMailSteps
from workflows.search_attributes import user_mail_labels
from workflows.starts import all_answered, answer_all, read_start


@workflow.defn(name="EsimUserMail", failure_exception_types=[ValidationError])
class EsimUserMail(EmailWorkflow[UserMailStatus]):
    """The e-mail to the user. The address and the token are in no message: the address is read, and the token
    made, when the e-mail is sent. The row must exist before the workflow starts.
    """

    @workflow.init
    def __init__(self, sent: SendUserMail | None = None, *_: Any) -> None:
        self._wrong: ApplicationError | None = None
        try:
            self._start = start = read_start(SendUserMail, sent, "mail", "mail_id")
        except ApplicationError as wrong:
            self._wrong = answer_all(EsimUserMail, wrong)
            return
        self._begin(start.mail_id, UserMailStatus.WAITING)

    @workflow.run
    async def run(self, sent: SendUserMail | None = None, *_: Any) -> UserMailStatus:
        """Send the e-mail, or give it up after `given_up_after`. To cancel the workflow gives it up. The
        JSON is taken as it is sent, as for orders.
        """
        if self._wrong:
            raise await all_answered(self._wrong)
        return await run_to_the_end(self._send(), self._drop)

    async def _send(self) -> UserMailStatus:
        start = self._start
        return await self._proceed(
            user_mail_labels(start),
            UserMailSteps.send_to_user,
            SendToUser(mail_id=start.mail_id, retries=start.retries),
            start.given_up_after,
            (UserMailStatus.SENT, UserMailStatus.GIVEN_UP),
        )

    @workflow.query(description="Whether the e-mail is being sent or is sent.")
    def state(self) -> UserMailStatus:
        """Answer with the status of the e-mail."""
        return self._status


@workflow.defn(
    name="EsimUserMail",
    failure_exception_types=[ValidationError],
    versioning_behavior=VersioningBehavior.PINNED,
)
class PinnedUserMail(EsimUserMail):
    """The same, for workers that have a version: it is short, so it stays pinned to the version that it began
    with (docs/versions.md), as notifications of QR codes do.
    """

    @workflow.init
    def __init__(self, sent: SendUserMail | None = None, *_: Any) -> None:
        super().__init__(sent)

    @workflow.run
    async def run(self, sent: SendUserMail | None = None, *_: Any) -> UserMailStatus:
        """As above."""
        return await super().run(sent)
