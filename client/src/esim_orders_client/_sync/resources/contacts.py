"""Distributors: `client.contacts`."""

# Written by `make client` from docs/openapi.json; changes here are lost.

from collections.abc import Iterator, Sequence

from esim_orders_client._sync.connection import Connection
from esim_orders_client.calls import OMIT, Call, Omit, body_of, new_key, path_of
from esim_orders_client.model import Page
from esim_orders_client.models import Contact


class ContactsApi:
    """Distributors."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def list(
        self,
        *,
        distributor: str | None = None,
        role: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Page[Contact]:
        """List contacts.

        The contacts of distributors, with their roles.

        Needs the permission `view_people`.

        distributor: Only contacts of this distributor.
        role: Only contacts with this role: `order`, `esim_qr_code`.
        """
        return self._connection.ask(
            Page[Contact],
            Call(
                "GET",
                path_of("contacts"),
                query={"distributor": distributor, "role": role, "limit": limit, "cursor": cursor},
            ),
        )

    def iterate(
        self, *, distributor: str | None = None, role: str | None = None, limit: int = 100
    ) -> Iterator[Contact]:
        """List contacts: the records of all pages, one after another."""
        return self._connection.iterate(
            lambda cursor: self.list(distributor=distributor, role=role, limit=limit, cursor=cursor)
        )

    def add(
        self,
        *,
        distributor: str,
        name: str,
        email: str,
        roles: Sequence[str] | Omit = OMIT,
        language: str | Omit | None = OMIT,
        key: str | None = None,
    ) -> Contact:
        """Add a contact.

        Add a contact to a distributor. Its roles decide which e-mails it gets; give them now or later.

        Needs the permission `manage_contacts`.

        roles: `order`, `esim_qr_code`.
        key: your idempotency key, one for each thing that is to be done; else a new one.
        """
        return self._connection.ask(
            Contact,
            Call(
                "POST",
                path_of("contacts"),
                body=body_of(
                    {
                        "distributor": distributor,
                        "name": name,
                        "email": email,
                        "roles": roles,
                        "language": language,
                    }
                ),
                key=new_key(key),
            ),
        )

    def get(self, contact: str) -> Contact:
        """Show a contact.

        One contact, by address or `C-7`.

        Needs the permission `view_people`.
        """
        return self._connection.ask(Contact, Call("GET", path_of("contacts", "{contact}", contact=contact)))

    def change(
        self,
        contact: str,
        *,
        name: str | Omit | None = OMIT,
        email: str | Omit | None = OMIT,
        add_roles: Sequence[str] | Omit = OMIT,
        remove_roles: Sequence[str] | Omit = OMIT,
        language: str | Omit | None = OMIT,
    ) -> Contact:
        """Change a contact.

        Change a contact and its roles. E-mails that were sent stay as they are.

        Needs the permission `manage_contacts`.

        add_roles: `order`, `esim_qr_code`.
        """
        return self._connection.ask(
            Contact,
            Call(
                "PATCH",
                path_of("contacts", "{contact}", contact=contact),
                body=body_of(
                    {
                        "name": name,
                        "email": email,
                        "add_roles": add_roles,
                        "remove_roles": remove_roles,
                        "language": language,
                    }
                ),
            ),
        )

    def delete(self, contact: str) -> None:
        """Remove a contact.

        Remove a contact whom no open order or request needs. Its upload links are dead at once.

        Needs the permission `manage_contacts`.
        """
        self._connection.content(Call("DELETE", path_of("contacts", "{contact}", contact=contact)))
