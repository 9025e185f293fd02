"""Notifications of QR codes: `client.qr_notifications`."""

# Written by `make client` from docs/openapi.json; changes here are lost.

from collections.abc import Iterator

from esim_orders_client._sync.connection import Connection
from esim_orders_client.calls import Call, path_of
from esim_orders_client.model import Page
from esim_orders_client.models import QrNotification


class QrNotificationsApi:
    """Notifications of QR codes."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def list(
        self,
        *,
        open: bool | None = None,
        held: bool | None = None,
        sim: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Page[QrNotification]:
        """List notifications of QR codes.

        The notifications of the account, newest first.

        Needs the permission `view_inventory`.

        open: Those that are held, or could not be sent yet.
        held: Those that wait for a person.
        sim: `S-12`, an ICCID or a phone number.
        """
        return self._connection.ask(
            Page[QrNotification],
            Call(
                "GET",
                path_of("qr-notifications"),
                query={"open": open, "held": held, "sim": sim, "limit": limit, "cursor": cursor},
            ),
        )

    def iterate(
        self, *, open: bool | None = None, held: bool | None = None, sim: str | None = None, limit: int = 100
    ) -> Iterator[QrNotification]:
        """List notifications of QR codes: the records of all pages, one after another."""
        return self._connection.iterate(
            lambda cursor: self.list(open=open, held=held, sim=sim, limit=limit, cursor=cursor)
        )

    def get(self, notification: str) -> QrNotification:
        """Show a notification.

        One notification as it is now.

        Needs the permission `view_inventory`.
        """
        return self._connection.ask(
            QrNotification,
            Call("GET", path_of("qr-notifications", "{notification}", notification=notification)),
        )

    def revoke(self, notification: str) -> QrNotification:
        """Revoke a notification.

        Its links show nothing any more. Idempotent.

        Needs the permission `notify_qr_codes`.
        """
        return self._connection.ask(
            QrNotification,
            Call("POST", path_of("qr-notifications", "{notification}", "revoke", notification=notification)),
        )

    def retry(self, notification: str) -> QrNotification:
        """Retry a held notification.

        Send the notification that is held. Refused (`not_held`) if it is not held.

        Needs the permission `retry_work`.
        """
        return self._connection.ask(
            QrNotification,
            Call("POST", path_of("qr-notifications", "{notification}", "retry", notification=notification)),
        )
