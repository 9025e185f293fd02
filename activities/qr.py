"""The database steps of requests for QR codes and of their notifications: one transaction each."""

from temporalio import activity

from models.qr import QrWish, RequestResult, RequestState
from store import qr_notifications, qr_request_views, qr_requests
from store.session import Database
from workflows.messages import AddRound, EndRequest, RequestStep
from workflows.steps import QrSteps


class QrInventorySteps(QrSteps):
    """Moves requests along, in PostgreSQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @activity.defn
    async def open_request(self, wish: QrWish) -> RequestResult:
        """Accept the request or refuse it with every reason."""
        async with self._database.transaction() as connection:
            return await qr_requests.open_request(connection, wish)

    @activity.defn
    async def look_at_request(self, step: RequestStep) -> RequestState:
        """Where the request is now."""
        async with self._database.reading() as connection:
            return await qr_request_views.look(connection, step.request_id)

    @activity.defn
    async def add_round(self, step: AddRound) -> RequestResult:
        """Write down to whom it is sent again, and with which letter."""
        async with self._database.transaction() as connection:
            return await qr_requests.add_round(
                connection,
                step.request_id,
                step.actor,
                step.call,
                contacts=step.contacts,
                letter_id=step.letter_id,
            )

    @activity.defn
    async def withdraw_request(self, step: EndRequest) -> RequestResult:
        """Close the upload links."""
        async with self._database.transaction() as connection:
            return await qr_requests.withdraw(connection, step.request_id, step.actor)

    @activity.defn
    async def offer_notification(self, step: RequestStep) -> str | None:
        """Write down a notification to the requester, where nobody was told."""
        async with self._database.transaction() as connection:
            return await qr_notifications.offer_notification(connection, step.request_id)
