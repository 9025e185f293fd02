"""Telling the workflows about QR codes what the database knows: a notification to send, a code that came.

No caller calls this: the desks do, once they have written down what happened.
"""

import asyncio
import logging
from typing import Any

from models.codes.requests import NotificationView
from models.errors import Unavailable
from models.values import cut
from settings import Settings
from store.codes import request_views
from store.session import Database
from temporal.calls import Calls, NoSuchWorkflow
from workflows.codes.messages import NotifyOfQrCode
from workflows.codes.notification import EsimQrNotification
from workflows.codes.request import EsimQrRequest
from workflows.search_attributes import notification_labels

_LONGEST_TELLING = 3.0
"""Seconds: what is done already is not kept from the caller by a Temporal that does not answer."""

_log = logging.getLogger(__name__)


class QrWorkflows:
    """Starts notifications, and signals requests whose code came. Safe for concurrent use."""

    def __init__(self, calls: Calls, database: Database, settings: Settings) -> None:
        self._calls = calls
        self._database = database
        self._settings = settings

    async def start_notification(
        self, notification: NotificationView, account_id: int, request_id: str | None
    ) -> None:
        """Have a notification sent that is written down; once, however often it is asked for."""
        async with self._database.reading() as connection:
            _, provider, _ = await request_views.start_facts(connection, notification.sim_id)
        start = NotifyOfQrCode(
            notification_id=notification.id,
            sim_id=notification.sim_id,
            account_id=account_id,
            provider=cut(provider),
            given_up_after=self._settings.notification_given_up_after,
        )
        await self._calls.start(EsimQrNotification.run, start, notification.id, notification_labels(start))
        await self._tell(request_id, EsimQrRequest.notified)

    async def signal_imported(self, request_id: str | None) -> None:
        """Let a request's workflow see at once that its code is there; else it looks within a day."""
        await self._tell(request_id, EsimQrRequest.look)

    async def _tell(self, request_id: str | None, signal: Any) -> None:
        if request_id is None:
            return
        try:
            async with asyncio.timeout(_LONGEST_TELLING):
                await self._calls.signal(request_id, signal)
        except NoSuchWorkflow:
            return  # it has ended, and with it its need to know
        except (Unavailable, TimeoutError):
            _log.warning("%s could not be told; it looks by itself.", request_id)
