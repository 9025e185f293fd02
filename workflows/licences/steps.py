"""The steps that the workflows of licences ask for."""

from abc import abstractmethod

from models.licences.changes import ChangeResult, NumberChange
from workflows.licences.messages import NotifyOfChange, NotifyOwners, ReportEnded
from workflows.step import Steps, database, outside, step


class NumberSteps(Steps):
    """Each is one database transaction that changes a number."""

    @step(database("Apply the change of the number or refuse it"))
    @abstractmethod
    async def apply_change(self, change: NumberChange) -> ChangeResult:
        """Apply the change, and all that ends with it, or refuse it with every reason; one that is due later
        answers when.
        """


class NumberCallSteps(Steps):
    """What a change of a number calls outside the database."""

    @step(outside("Notify the workflows of what ended with the eSIM, or waited for it"))
    @abstractmethod
    async def report_ended(self, ended: ReportEnded) -> None:
        """Notify the workflows of the order and the request that the change has ended, and those that waited
        because of the eSIM, so that they continue with that.
        """

    @step(outside("Ask the provider to stop, suspend or resume the eSIM"))
    @abstractmethod
    async def notify_of_change(self, change: NotifyOfChange) -> None:
        """Ask the distributor's order contacts to stop, suspend or resume the eSIM, unless a later change of
        the same eSIM has superseded that.
        """


class LicenceMailSteps(Steps):
    """E-mails about licences to people."""

    @step(outside("Notify the owners of the request for licences"))
    @abstractmethod
    async def notify_owners(self, request: NotifyOwners) -> None:
        """Notify every owner of the account once, unless a purchase has answered the request."""
