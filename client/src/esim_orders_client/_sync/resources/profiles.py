"""Users and profiles: `client.profiles`."""

# Written by `make client` from docs/openapi.json; changes here are lost.

from collections.abc import Iterator, Sequence

from esim_orders_client._sync.connection import Connection
from esim_orders_client.calls import OMIT, Call, Omit, body_of, new_key, path_of
from esim_orders_client.model import Page
from esim_orders_client.models import Profile


class ProfilesApi:
    """Users and profiles."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def list(self, *, limit: int | None = None, cursor: str | None = None) -> Page[Profile]:
        """List profiles.

        The authorised actions profiles of the account, the default one first.

        Needs the permission `view_people`.
        """
        return self._connection.ask(
            Page[Profile], Call("GET", path_of("profiles"), query={"limit": limit, "cursor": cursor})
        )

    def iterate(self, *, limit: int = 100) -> Iterator[Profile]:
        """List profiles: the records of all pages, one after another."""
        return self._connection.iterate(lambda cursor: self.list(limit=limit, cursor=cursor))

    def create(self, *, name: str, key: str | None = None) -> Profile:
        """Create a profile.

        Create a custom profile; its nine targets are disabled.

        Needs the permission `manage_profiles`.

        key: your idempotency key, one for each thing that is to be done; else a new one.
        """
        return self._connection.ask(
            Profile, Call("POST", path_of("profiles"), body=body_of({"name": name}), key=new_key(key))
        )

    def get(self, profile: str) -> Profile:
        """Show a profile.

        One profile, by its name.

        Needs the permission `view_people`.
        """
        return self._connection.ask(Profile, Call("GET", path_of("profiles", "{profile}", profile=profile)))

    def change(
        self, profile: str, *, name: str | Omit | None = OMIT, targets: Sequence[str] | Omit | None = OMIT
    ) -> Profile:
        """Change a profile.

        Rename a profile, or set all its enabled targets at once. Orders that were accepted continue.

        Needs the permission `manage_profiles`.

        targets: All that are enabled from now on; `[]` for none.
        """
        return self._connection.ask(
            Profile,
            Call(
                "PATCH",
                path_of("profiles", "{profile}", profile=profile),
                body=body_of({"name": name, "targets": targets}),
            ),
        )

    def delete(self, profile: str, *, replacement: str | None = None) -> None:
        """Delete a profile.

        Delete a custom profile. It needs a replacement if users have it.

        Needs the permission `manage_profiles`.

        replacement: The profile that its users get.
        """
        self._connection.content(
            Call(
                "DELETE",
                path_of("profiles", "{profile}", profile=profile),
                query={"replacement": replacement},
            )
        )

    def enable(self, profile: str, *, targets: Sequence[str]) -> Profile:
        """Enable targets of a profile.

        Enable targets for the users of the profile. Idempotent.

        Needs the permission `manage_profiles`.
        """
        return self._connection.ask(
            Profile,
            Call(
                "POST",
                path_of("profiles", "{profile}", "enable", profile=profile),
                body=body_of({"targets": targets}),
            ),
        )

    def disable(self, profile: str, *, targets: Sequence[str]) -> Profile:
        """Disable targets of a profile.

        Disable targets for the users of the profile. Idempotent.

        Needs the permission `manage_profiles`.
        """
        return self._connection.ask(
            Profile,
            Call(
                "POST",
                path_of("profiles", "{profile}", "disable", profile=profile),
                body=body_of({"targets": targets}),
            ),
        )
