"""The messages of the workflows of travel eSIMs: inputs of their starts and steps."""

from datetime import timedelta

from models.travel.notices import NoticeId
from models.travel.profiles import Notice
from models.values import Duration, Frozen, RecordId, Retries


class SendTravelNotice(Frozen):
    """Starts the workflow `EsimTravelNotice` under the id `notice_id`; its row must exist."""

    notice_id: NoticeId
    account_id: RecordId
    notice: Notice
    given_up_after: Duration = timedelta(days=7)
    retries: Retries = 0

    @property
    def summary(self) -> str:
        """The notice in one line without personal data, such as `Notify the staff: stock low`."""
        return f"Notify the staff: {self.notice.value.replace('_', ' ')}"

    @property
    def details(self) -> str:
        """Which records the notice is about, for the Web UI."""
        return f"Account {self.account_id}. The stock: `esim-orders travel stock`"


class SendNotice(Frozen):
    """Input of the step `send_notice`; `retries` as in `ProviderInput`."""

    notice_id: str
    retries: int = 0
