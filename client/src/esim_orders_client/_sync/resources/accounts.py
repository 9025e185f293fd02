"""Accounts: `client.accounts`."""

# Written by `make client` from docs/openapi.json; changes here are lost.

from collections.abc import Iterator

from esim_orders_client._sync.connection import Connection
from esim_orders_client.calls import OMIT, Call, Omit, body_of, new_key, path_of
from esim_orders_client.model import Page
from esim_orders_client.models import Account


class AccountsApi:
    """Accounts."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def list(self, *, limit: int | None = None, cursor: str | None = None) -> Page[Account]:
        """List accounts.

        The key's own account; with a platform key all accounts of its mode, closed ones too.

        Needs the permission `view_people`.
        """
        return self._connection.ask(
            Page[Account], Call("GET", path_of("accounts"), query={"limit": limit, "cursor": cursor})
        )

    def iterate(self, *, limit: int = 100) -> Iterator[Account]:
        """List accounts: the records of all pages, one after another."""
        return self._connection.iterate(lambda cursor: self.list(limit=limit, cursor=cursor))

    def create(
        self,
        *,
        name: str,
        language: str | Omit | None = OMIT,
        contact_email: str | Omit | None = OMIT,
        key: str | None = None,
    ) -> Account:
        """Create an account.

        Create an account with its default profile and nothing else.

        Needs the permission `manage_accounts`.

        language: `en` or `fr`.
        key: your idempotency key, one for each thing that is to be done; else a new one.
        """
        return self._connection.ask(
            Account,
            Call(
                "POST",
                path_of("accounts"),
                body=body_of({"name": name, "language": language, "contact_email": contact_email}),
                key=new_key(key),
            ),
        )

    def get(self, account: str) -> Account:
        """Show an account.

        One account, by name or `A-3`: the key's own, or with a platform key one of its mode.

        Needs the permission `view_people`.
        """
        return self._connection.ask(Account, Call("GET", path_of("accounts", "{account}", account=account)))
