"""The database steps of requests for QR codes and of their notifications: one transaction each."""

from models.codes.requests import QrRequest, RequestResult, RequestSeen
from models.people.callers import By
from store.codes import offers, request_steps, request_views
from store.session import Database
from workflows.codes.messages import AddRound, EndRequest, RequestStep
from workflows.codes.steps import QrSteps


class QrInventorySteps(QrSteps):
    """Changes requests and notifications in PostgreSQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def open_request(self, asked: QrRequest) -> RequestResult:
        """Accept the request or refuse it with every reason."""
        async with self._database.transaction() as connection:
            return await request_steps.open_request(connection, asked)

    async def look_at_request(self, request: RequestStep) -> RequestSeen:
        """Read the request's state."""
        async with self._database.reading() as connection:
            return await request_views.look(connection, request.request_id)

    async def add_round(self, again: AddRound) -> RequestResult:
        """Record a new round: its recipients and e-mail text."""
        async with self._database.transaction() as connection:
            return await request_steps.add_round(
                connection,
                again.request_id,
                By(again.actor, again.origin_id),
                again.call,
                contacts=again.contacts,
                email_text_id=again.email_text_id,
            )

    async def withdraw_request(self, request: EndRequest) -> RequestResult:
        """Withdraw the request and end its upload links."""
        async with self._database.transaction() as connection:
            by = By(request.actor, request.origin_id)
            return await request_steps.withdraw(connection, request.request_id, by)

    async def offer_notification(self, request: RequestStep) -> str | None:
        """Record a notification to the requester, unless one of the code was sent before."""
        async with self._database.transaction() as connection:
            return await offers.offer_notification(connection, request.request_id)
