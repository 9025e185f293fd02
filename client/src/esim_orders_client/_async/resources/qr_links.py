"""Notifications of QR codes: `client.qr_links`."""

# Written by `make client` from docs/openapi.json; changes here are lost.

from esim_orders_client._async.connection import AsyncConnection
from esim_orders_client.calls import Call, path_of
from esim_orders_client.models import QrLink


class AsyncQrLinksApi:
    """Notifications of QR codes."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def revoke(self, link: str) -> QrLink:
        """Revoke a link.

        Revoke one mailed link, such as `link:7` of a SIM's history; its request or notification stays.
        Idempotent.

        Needs the permission `notify_qr_codes`.
        """
        return await self._connection.ask(
            QrLink, Call("POST", path_of("qr-links", "{link}", "revoke", link=link))
        )
