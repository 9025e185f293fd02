"""API keys: `client.api_keys`."""

# Written by `make client` from docs/openapi.json; changes here are lost.

from collections.abc import Iterator, Sequence
from datetime import datetime

from esim_orders_client._sync.connection import Connection
from esim_orders_client.calls import OMIT, Call, Omit, body_of, new_key, path_of
from esim_orders_client.model import Page
from esim_orders_client.models import ApiKey, NewApiKey


class ApiKeysApi:
    """API keys."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def list(self, *, limit: int | None = None, cursor: str | None = None) -> Page[ApiKey]:
        """List API keys.

        The keys of the account, newest first, revoked ones too.

        Needs the permission `manage_api_keys`.
        """
        return self._connection.ask(
            Page[ApiKey], Call("GET", path_of("api-keys"), query={"limit": limit, "cursor": cursor})
        )

    def iterate(self, *, limit: int = 100) -> Iterator[ApiKey]:
        """List API keys: the records of all pages, one after another."""
        return self._connection.iterate(lambda cursor: self.list(limit=limit, cursor=cursor))

    def make(
        self,
        *,
        name: str,
        user: str,
        permissions: Sequence[str] | Omit | None = OMIT,
        expires_at: datetime | Omit | None = OMIT,
        key: str | None = None,
    ) -> NewApiKey:
        """Make an API key.

        Make a key that acts as a service user, with at most the permissions of the caller.

        A repeat makes no second key, and is refused (`api_key_made`), naming the first: its text is not
        stored. Revoke that one if its text got lost.

        Needs the permission `manage_api_keys`.

        user: The service user that it acts as: `U-3` or its address.
        permissions: All that the user and the caller have, if left out.
        expires_at: Needed where the key of the call expires, and no later than that.
        key: your idempotency key, one for each thing that is to be done; else a new one.
        """
        return self._connection.ask(
            NewApiKey,
            Call(
                "POST",
                path_of("api-keys"),
                body=body_of(
                    {"name": name, "user": user, "permissions": permissions, "expires_at": expires_at}
                ),
                key=new_key(key),
            ),
        )

    def get(self, key: str) -> ApiKey:
        """Show an API key.

        One key of the account, also a revoked one.

        Needs the permission `manage_api_keys`.
        """
        return self._connection.ask(ApiKey, Call("GET", path_of("api-keys", "{key}", key=key)))

    def revoke(self, key: str) -> ApiKey:
        """Revoke an API key.

        The next call with the key is refused. Idempotent.

        Needs the permission `manage_api_keys`.
        """
        return self._connection.ask(ApiKey, Call("POST", path_of("api-keys", "{key}", "revoke", key=key)))
