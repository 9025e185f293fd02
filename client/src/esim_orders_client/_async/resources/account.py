"""Accounts: `client.account`."""

# Written by `make client` from docs/openapi.json; changes here are lost.

from esim_orders_client._async.connection import AsyncConnection
from esim_orders_client.calls import OMIT, Call, Omit, body_of, path_of
from esim_orders_client.models import Account, Reminders


class AsyncAccountApi:
    """Accounts."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def get(self) -> Account:
        """Show the account of the call.

        The key's own account; with a platform key the one that `Esim-Account` names.

        Needs the permission `view_people`.
        """
        return await self._connection.ask(Account, Call("GET", path_of("account")))

    async def change(
        self,
        *,
        language: str | Omit | None = OMIT,
        contact_email: str | Omit | None = OMIT,
        sender_name: str | Omit | None = OMIT,
    ) -> Account:
        """Change the account's settings.

        Change the language of e-mails, the name they come from, or whom unrequested codes are offered to.

        Needs the permission `manage_users`.

        sender_name: The name that e-mails come from; null: that of the platform.
        """
        return await self._connection.ask(
            Account,
            Call(
                "PATCH",
                path_of("account"),
                body=body_of(
                    {"language": language, "contact_email": contact_email, "sender_name": sender_name}
                ),
            ),
        )

    async def reminders(self) -> Reminders:
        """Show the account's reminder schedule.

        When distributors are reminded; null where the settings of the platform hold.

        Needs the permission `view_people`.
        """
        return await self._connection.ask(Reminders, Call("GET", path_of("account", "reminders")))

    async def set_reminders(
        self,
        *,
        acknowledgement_days: int | Omit | None = OMIT,
        processing_days: int | Omit | None = OMIT,
        reminders: int | Omit | None = OMIT,
        qr_code_days: int | Omit | None = OMIT,
        qr_reminders: int | Omit | None = OMIT,
    ) -> Reminders:
        """Set the account's reminder schedule.

        It holds for orders and requests from now on; what is open keeps its schedule. Idempotent.

        Needs the permission `manage_users`.

        reminders: Sent in each wait before the order is held.
        """
        return await self._connection.ask(
            Reminders,
            Call(
                "PUT",
                path_of("account", "reminders"),
                body=body_of(
                    {
                        "acknowledgement_days": acknowledgement_days,
                        "processing_days": processing_days,
                        "reminders": reminders,
                        "qr_code_days": qr_code_days,
                        "qr_reminders": qr_reminders,
                    }
                ),
            ),
        )

    async def rename(self, *, name: str) -> Account:
        """Rename the account.

        Files that are imported must use the new name from now on. Idempotent.

        Needs the permission `manage_accounts`.
        """
        return await self._connection.ask(
            Account, Call("POST", path_of("account", "rename"), body=body_of({"name": name}))
        )

    async def close(self) -> Account:
        """Close the account.

        No new orders or imports, and its users cannot act. Open orders finish, data stay. Idempotent.

        Needs the permission `manage_accounts`.
        """
        return await self._connection.ask(Account, Call("POST", path_of("account", "close")))

    async def reopen(self) -> Account:
        """Reopen the account.

        Open a closed account again, as it was. Idempotent.

        Needs the permission `manage_accounts`.
        """
        return await self._connection.ask(Account, Call("POST", path_of("account", "reopen")))
