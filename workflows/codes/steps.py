"""The steps that the workflows of QR codes ask for."""

from abc import abstractmethod

from models.codes.requests import QrRequest, RequestResult, RequestState
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
    """What happens to requests and notifications of QR codes, each one database transaction."""

    @step(database("Accept the request for the QR code or refuse it"))
    @abstractmethod
    async def open_request(self, asked: QrRequest) -> RequestResult:
        """Accept the request or refuse it with every reason."""

    @step(database("See whether the code was imported"))
    @abstractmethod
    async def look_at_request(self, request: RequestStep) -> RequestState:
        """Where the request is now: codes are imported, and SIMs discarded, without asking the workflow."""

    @step(database("Sent again: write down to whom"))
    @abstractmethod
    async def add_round(self, again: AddRound) -> RequestResult:
        """Sent again: write down to whom and with which letter."""

    @step(database("Withdrawn: close the upload links"))
    @abstractmethod
    async def withdraw_request(self, request: EndRequest) -> RequestResult:
        """Withdrawn: the upload links are dead."""

    @step(database("Imported: see whether anyone was notified"))
    @abstractmethod
    async def offer_notification(self, request: RequestStep) -> str | None:
        """Where nobody was notified of the imported code, a notification to the requester; its id."""


class QrMailSteps(Steps):
    """What contacts, requesters and managers are told about a QR code."""

    @step(outside("Ask the distributor for the QR code"))
    @abstractmethod
    async def ask_for_code(self, request: SendQrMails) -> None:
        """Ask every recipient of this round for the code, each with an upload link."""

    @step(outside("Remind the distributor of the QR code"))
    @abstractmethod
    async def remind_of_code(self, request: RemindOfCode) -> Reminded:
        """Remind the contacts of this round, if it is time by the database."""

    @step(outside("Tell the requester that no QR code came"))
    @abstractmethod
    async def report_no_code(self, request: SendQrMails) -> None:
        """Tell who asked for it that no code came."""

    @step(outside("Send the link that shows the QR code"))
    @abstractmethod
    async def send_notification(self, notification: SendNotification) -> None:
        """Send the link that shows the code."""
