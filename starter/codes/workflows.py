"""Start and signal the workflows of QR codes after the database has changed.

Desks call this once they have committed: a notification to send, or a code that was imported.
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

_SIGNAL_TIMEOUT = 3.0
"""Seconds. The change is committed already, so Temporal must not delay the caller's answer for longer."""

_log = logging.getLogger(__name__)


class QrWorkflows:
    """Starts notifications, and signals requests whose code was imported. Safe for concurrent use."""

    def __init__(self, calls: Calls, database: Database, settings: Settings) -> None:
        self._calls = calls
        self._database = database
        self._settings = settings

    async def start_notification(
        self, notification: NotificationView, account_id: int, request_id: str | None
    ) -> None:
        """Send a notification that is in the database. Idempotent: it is sent once."""
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
        await self._signal(request_id, EsimQrRequest.notified)

    async def signal_imported(self, request_id: str | None) -> None:
        """Signal a request's workflow that its code was imported; else it finds that out within a day."""
        await self._signal(request_id, EsimQrRequest.look)

    async def _signal(self, request_id: str | None, signal: Any) -> None:
        if request_id is None:
            return
        try:
            async with asyncio.timeout(_SIGNAL_TIMEOUT):
                await self._calls.signal(request_id, signal)
        except NoSuchWorkflow:
            return  # the workflow has ended, so it does not need the signal
        except (Unavailable, TimeoutError):
            _log.warning("%s could not be signalled; it looks at the database by itself.", request_id)
