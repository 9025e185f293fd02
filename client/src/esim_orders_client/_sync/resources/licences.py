"""Licences: `client.licences`."""

# Written by `make client` from docs/openapi.json; changes here are lost.

from collections.abc import Iterator

from esim_orders_client._sync.connection import Connection
from esim_orders_client.calls import Call, body_of, new_key, path_of
from esim_orders_client.model import Page
from esim_orders_client.models import AddOn, Licence, LicenceChange, LicenceStatus


class LicencesApi:
    """Licences."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def list(
        self,
        *,
        add_on: AddOn | None = None,
        status: LicenceStatus | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Page[Licence]:
        """List licences.

        The licences of the account, the oldest first; those that are over with `status=over`.

        Needs the permission `view_licences`.

        add_on: What they are today.
        """
        return self._connection.ask(
            Page[Licence],
            Call(
                "GET",
                path_of("licences"),
                query={"add_on": add_on, "status": status, "limit": limit, "cursor": cursor},
            ),
        )

    def iterate(
        self, *, add_on: AddOn | None = None, status: LicenceStatus | None = None, limit: int = 100
    ) -> Iterator[Licence]:
        """List licences: the records of all pages, one after another."""
        return self._connection.iterate(
            lambda cursor: self.list(add_on=add_on, status=status, limit=limit, cursor=cursor)
        )

    def get(self, licence: str) -> Licence:
        """Show a licence.

        One licence (`LI-3`), also one that is over.

        Needs the permission `view_licences`.
        """
        return self._connection.ask(Licence, Call("GET", path_of("licences", "{licence}", licence=licence)))

    def give_back_many(self, *, add_on: AddOn, quantity: int, key: str | None = None) -> Page[Licence]:
        """Give licences of an add-on back.

        So many free ones, the newest first, or none at all. They stay usable to the end of the period that
        is paid.

        Needs the permission `buy_licences`.

        quantity: The number of licences.
        key: your idempotency key, one for each thing that is to be done; else a new one.
        """
        return self._connection.ask(
            Page[Licence],
            Call(
                "POST",
                path_of("licences", "give-back"),
                body=body_of({"add_on": add_on, "quantity": quantity}),
                key=new_key(key),
            ),
        )

    def give_back(self, licence: str, *, key: str | None = None) -> Licence:
        """Give a licence back.

        It stays usable to the end of the period that is paid. One that a number uses cannot be given back.

        Needs the permission `buy_licences`.

        key: your idempotency key, one for each thing that is to be done; else a new one.
        """
        return self._connection.ask(
            Licence,
            Call("POST", path_of("licences", "{licence}", "give-back", licence=licence), key=new_key(key)),
        )

    def change(self, licence: str, *, add_on: AddOn) -> LicenceChange:
        """Change a licence to another add-on.

        To a dearer one at once, with a charge of the difference for the days left; to a cheaper one from
        the next billing cycle on. The eSIM stays. Idempotent.

        Needs the permission `buy_licences`.
        """
        return self._connection.ask(
            LicenceChange,
            Call(
                "POST",
                path_of("licences", "{licence}", "change", licence=licence),
                body=body_of({"add_on": add_on}),
            ),
        )
