"""Prices and charges of licences: `client.licence_billing`."""

# Written by `make client` from docs/openapi.json; changes here are lost.

from esim_orders_client._sync.connection import Connection
from esim_orders_client.calls import OMIT, Call, Omit, body_of, path_of
from esim_orders_client.models import Billing


class LicenceBillingApi:
    """Prices and charges of licences."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self) -> Billing:
        """Show how the account is charged.

        The cycle day, time zone and currency of the account.

        Needs the permission `view_licences`.
        """
        return self._connection.ask(Billing, Call("GET", path_of("licence-billing")))

    def set(
        self, *, cycle_day: int | Omit = OMIT, time_zone: str | Omit = OMIT, currency: str | Omit = OMIT
    ) -> Billing:
        """Set how the account is charged.

        Before the first purchase, which fixes it. An owner sets cycle day and time zone; the currency is
        that of the prices, which only a platform key sets.

        Needs the permission `buy_licences`.

        cycle_day: The day on which billing cycles begin.
        time_zone: Whose days count.
        """
        return self._connection.ask(
            Billing,
            Call(
                "PATCH",
                path_of("licence-billing"),
                body=body_of({"cycle_day": cycle_day, "time_zone": time_zone, "currency": currency}),
            ),
        )
