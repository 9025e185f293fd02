"""The messages of the workflows of licences: inputs of their starts and steps."""

from datetime import timedelta
from typing import Annotated

from pydantic import Field, Strict

from models.licences.add_ons import AddOn
from models.licences.changes import LicenceRequestId, NumberChange
from models.markdown import inert
from models.values import Duration, Frozen, Name, RecordId, Retries


class ChangeNumber(Frozen):
    """Starts the workflow `EsimNumberChange` under the id `change.change_id`.

    `provider` and `distributor` are only shown to operators.
    """

    change: NumberChange
    provider: Name = ""
    distributor: Name = ""
    retries: Retries = 0
    """How often an operator retried before: above 0 only where the change is started again."""

    @property
    def summary(self) -> str:
        """The change in one line without personal data, such as `N-7 (Orange): change user`."""
        by = f" ({inert(self.provider)})" if self.provider else ""
        return f"N-{self.change.number_id}{by}: {self.change.change.value.replace('_', ' ')}"

    @property
    def details(self) -> str:
        """Which records the change is about, for the Web UI."""
        change = self.change
        agent = f" New agent: `AG-{change.agent_id}`." if change.agent_id else ""
        by = f" Distributor: {inert(self.distributor)}." if self.distributor else ""
        return (
            f"Number `N-{change.number_id}` of account {change.account_id}.{agent}{by} "
            f"All of it: `esim-orders number show N-{change.number_id}`"
        )


class NumberStep(Frozen):
    """Part of the input of every later step of a change: which change."""

    change_id: str


class NotifyOfChange(NumberStep):
    """Input of the step `notify_of_change`; `retries` as in `ProviderInput`."""

    retries: int = 0


class ReportEnded(NumberStep):
    """Input of the step `report_ended`: what has ended in the database, and may still have a workflow. Which
    work waited because of the eSIM, the database says.
    """

    order_id: str | None = None
    request_id: str | None = None
    """The request for the QR code of the eSIM that was stopped."""


class RequestLicences(Frozen):
    """Starts the workflow `EsimLicenceRequest` under the id `request_id`; its row must exist."""

    request_id: LicenceRequestId
    account_id: RecordId
    add_on: AddOn
    quantity: Annotated[int, Strict(), Field(ge=1, le=1_000_000)]
    given_up_after: Duration = timedelta(days=7)
    retries: Retries = 0

    @property
    def summary(self) -> str:
        """The request in one line without personal data."""
        return f"Notify the owners of a request for {self.quantity} x {self.add_on.label}"

    @property
    def details(self) -> str:
        """Which records the request is about, for the Web UI."""
        return f"Account {self.account_id}. All of it: `esim-orders licence requests`"


class NotifyOwners(Frozen):
    """Input of the step `notify_owners`; `retries` as in `ProviderInput`."""

    request_id: str
    retries: int = 0
