"""Accounts: `client.account`."""

# Written by `make client` from docs/openapi.json; changes here are lost.

from esim_orders_client._sync.connection import Connection
from esim_orders_client.calls import OMIT, Call, Omit, body_of, path_of
from esim_orders_client.models import Account


class AccountApi:
    """Accounts."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self) -> Account:
        """Show the account of the call.

        The key's own account; with a platform key the one that `Esim-Account` names.

        Needs the permission `view_people`.
        """
        return self._connection.ask(Account, Call("GET", path_of("account")))

    def change(
        self, *, language: str | Omit | None = OMIT, contact_email: str | Omit | None = OMIT
    ) -> Account:
        """Change the account's settings.

        Change the language of e-mails, or the address that notifications of unrequested codes go to.

        Needs the permission `manage_users`.
        """
        return self._connection.ask(
            Account,
            Call(
                "PATCH",
                path_of("account"),
                body=body_of({"language": language, "contact_email": contact_email}),
            ),
        )

    def rename(self, *, name: str) -> Account:
        """Rename the account.

        Files that are imported must use the new name from now on. Idempotent.

        Needs the permission `manage_accounts`.
        """
        return self._connection.ask(
            Account, Call("POST", path_of("account", "rename"), body=body_of({"name": name}))
        )

    def close(self) -> Account:
        """Close the account.

        No new orders or imports, and its users cannot act. Open orders finish, data stay. Idempotent.

        Needs the permission `manage_accounts`.
        """
        return self._connection.ask(Account, Call("POST", path_of("account", "close")))

    def reopen(self) -> Account:
        """Reopen the account.

        Open a closed account again, as it was. Idempotent.

        Needs the permission `manage_accounts`.
        """
        return self._connection.ask(Account, Call("POST", path_of("account", "reopen")))
