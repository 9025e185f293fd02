"""The steps that the workflows of QR codes ask for."""

from abc import abstractmethod

from models.codes.requests import QrRequest, RequestResult, RequestSeen
from models.orders.placement import Reminded
from workflows.codes.messages import (
    AddRound,
    EndRequest,
    RemindOfCode,
    RequestStep,
    SendNotification,
    SendQrMails,
)
from workflows.step import Steps, database, outside, step


class QrSteps(Steps):
    """Each is one database transaction that changes a request or notification of a QR code."""

    @step(database("Accept the request for the QR code or refuse it"))
    @abstractmethod
    async def open_request(self, asked: QrRequest) -> RequestResult:
        """Accept the request or refuse it with every reason."""

    @step(database("Read whether the code was imported"))
    @abstractmethod
    async def look_at_request(self, request: RequestStep) -> RequestSeen:
        """Read the request's state: codes are imported, and SIMs discarded, without asking the workflow."""

    @step(database("Sent again: record the recipients"))
    @abstractmethod
    async def add_round(self, again: AddRound) -> RequestResult:
        """Record a new round: the recipients and the e-mail text."""

    @step(database("Withdrawn: close the upload links"))
    @abstractmethod
    async def withdraw_request(self, request: EndRequest) -> RequestResult:
        """Withdraw the request and end its upload links."""

    @step(database("Imported: check whether a notification was sent"))
    @abstractmethod
    async def offer_notification(self, request: RequestStep) -> str | None:
        """Record a notification to the requester, unless one of the code was sent before; returns its id."""


class QrMailSteps(Steps):
    """E-mails about a QR code to contacts, requesters and managers."""

    @step(outside("Ask the distributor for the QR code"))
    @abstractmethod
    async def ask_for_code(self, request: SendQrMails) -> None:
        """Ask every recipient of this round for the code, each with an upload link."""

    @step(outside("Remind the distributor of the QR code"))
    @abstractmethod
    async def remind_of_code(self, request: RemindOfCode) -> Reminded:
        """Remind the contacts of this round, if that is due by the database's clock."""

    @step(outside("Notify the requester that no QR code came"))
    @abstractmethod
    async def report_no_code(self, request: SendQrMails) -> None:
        """Notify the requester that no code came."""

    @step(outside("Send the link that shows the QR code"))
    @abstractmethod
    async def send_notification(self, notification: SendNotification) -> None:
        """Send the link that shows the code."""
