"""Prices and charges of licences: `client.licence_charges`."""

# Written by `make client` from docs/openapi.json; changes here are lost.

from esim_orders_client._sync.connection import Connection
from esim_orders_client.calls import Call, path_of
from esim_orders_client.models import Charges


class LicenceChargesApi:
    """Prices and charges of licences."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, *, month: str | None = None, licence: str | None = None) -> Charges:
        """List the charges of a month.

        All charges whose day lies in the month, and their sum. Days after today have none yet.

        Needs the permission `view_licences`.

        month: Such as `2026-11`; else the present one.
        licence: Only those of this licence: `LI-3`.
        """
        return self._connection.ask(
            Charges, Call("GET", path_of("licence-charges"), query={"month": month, "licence": licence})
        )

    def get_as(self, *, format: str, month: str | None = None, licence: str | None = None) -> bytes:
        """List the charges of a month.

        All charges whose day lies in the month, and their sum. Days after today have none yet.

        Needs the permission `view_licences`.

        month: Such as `2026-11`; else the present one.
        licence: Only those of this licence: `LI-3`.
        `format` is one of those of the API: text/csv.
        """
        return self._connection.content(
            Call(
                "GET",
                path_of("licence-charges"),
                query={"month": month, "licence": licence, "format": format},
                accept="*/*",
            )
        )
