"""Users and profiles: `client.users`."""

# Written by `make client` from docs/openapi.json; changes here are lost.

from collections.abc import AsyncIterator

from esim_orders_client._async.connection import AsyncConnection
from esim_orders_client.calls import OMIT, Call, Omit, body_of, new_key, path_of
from esim_orders_client.model import Page
from esim_orders_client.models import User, UserKind


class AsyncUsersApi:
    """Users and profiles."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def list(
        self, *, kind: UserKind | None = None, limit: int | None = None, cursor: str | None = None
    ) -> Page[User]:
        """List users.

        The users of the account by name, with their role and profile.

        Needs the permission `view_people`.

        kind: Only users of this kind.
        """
        return await self._connection.ask(
            Page[User], Call("GET", path_of("users"), query={"kind": kind, "limit": limit, "cursor": cursor})
        )

    def iterate(self, *, kind: UserKind | None = None, limit: int = 100) -> AsyncIterator[User]:
        """List users: the records of all pages, one after another."""
        return self._connection.iterate(lambda cursor: self.list(kind=kind, limit=limit, cursor=cursor))

    async def create(
        self,
        *,
        name: str,
        email: str,
        role: str | Omit = OMIT,
        kind: UserKind | Omit = OMIT,
        profile: str | Omit | None = OMIT,
        distributor: str | Omit | None = OMIT,
        language: str | Omit | None = OMIT,
        key: str | None = None,
    ) -> User:
        """Create a user.

        Create a person or a service user, with at most the permissions of the caller.

        Needs the permission `manage_users`.

        role: `owner`, `administrator`, `manager`, `viewer`, `support`, `provider_desk`, `operator`.
        kind: A service user has API keys.
        profile: The default one if left out.
        distributor: With the role `provider_desk`.
        language: `en` or `fr`; the account's if left out.
        key: your idempotency key, one for each thing that is to be done; else a new one.
        """
        return await self._connection.ask(
            User,
            Call(
                "POST",
                path_of("users"),
                body=body_of(
                    {
                        "name": name,
                        "email": email,
                        "role": role,
                        "kind": kind,
                        "profile": profile,
                        "distributor": distributor,
                        "language": language,
                    }
                ),
                key=new_key(key),
            ),
        )

    async def get(self, user: str) -> User:
        """Show a user.

        One user, by address or `U-3`.

        Needs the permission `view_people`.
        """
        return await self._connection.ask(User, Call("GET", path_of("users", "{user}", user=user)))

    async def change(
        self,
        user: str,
        *,
        name: str | Omit | None = OMIT,
        role: str | Omit | None = OMIT,
        distributor: str | Omit | None = OMIT,
        profile: str | Omit | None = OMIT,
        language: str | Omit | None = OMIT,
    ) -> User:
        """Change a user.

        Change name, role, authorised actions profile or language of a user.

        Needs the permission `manage_users`.

        distributor: With the role `provider_desk`.
        profile: An authorised actions profile, by its name.
        """
        return await self._connection.ask(
            User,
            Call(
                "PATCH",
                path_of("users", "{user}", user=user),
                body=body_of(
                    {
                        "name": name,
                        "role": role,
                        "distributor": distributor,
                        "profile": profile,
                        "language": language,
                    }
                ),
            ),
        )

    async def deactivate(self, user: str) -> User:
        """Deactivate a user.

        The user can do nothing any more, and a service user's keys are dead. Idempotent.

        Needs the permission `manage_users`.
        """
        return await self._connection.ask(
            User, Call("POST", path_of("users", "{user}", "deactivate", user=user))
        )

    async def invite(self, user: str, *, key: str | None = None) -> User:
        """Invite a user.

        Send a person a link to choose a password, or another one. Each key sends another link; the first
        that is used ends all.

        Needs the permission `manage_users`.

        key: your idempotency key, one for each thing that is to be done; else a new one.
        """
        return await self._connection.ask(
            User, Call("POST", path_of("users", "{user}", "invite", user=user), key=new_key(key))
        )

    async def activate(self, user: str) -> User:
        """Activate a user.

        Activate a deactivated user again. Idempotent.

        Needs the permission `manage_users`.
        """
        return await self._connection.ask(
            User, Call("POST", path_of("users", "{user}", "activate", user=user))
        )
