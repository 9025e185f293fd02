"""Read and edit authorised actions profiles: which actions users may use on which lines."""

from collections.abc import Iterable, Sequence

from models.errors import Refused
from models.paging import Page, Position, Wanted
from models.people.callers import Caller, Permission
from models.people.profiles import ProfileView, parse_name, parse_targets
from store import lookups
from store.people import profile_edits, profiles
from store.session import Database


class ProfileDesk:
    """Reads, creates and edits profiles. The nine targets of a new profile are disabled."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def profiles(
        self,
        caller: Caller,
        account: str | None = None,
        *,
        limit: int | None = None,
        after: Position | None = None,
    ) -> Page[ProfileView]:
        """List the account's profiles, the default one first."""
        async with self._database.reading() as connection:
            found = await lookups.find_account(connection, caller.scope, account)
            caller.require(Permission.VIEW_PEOPLE)
            return await profiles.profiles(connection, found, Wanted(limit, after))

    async def profile(self, caller: Caller, account: str | None, name: str) -> ProfileView:
        """One profile with its enabled targets, by name or id (`AP-3`)."""
        async with self._database.reading() as connection:
            account_key = await lookups.find_account(connection, caller.scope, account)
            found = await profiles.profile(connection, account_key, name)
            caller.require(Permission.VIEW_PEOPLE)
            return found

    async def create_profile(
        self, caller: Caller, account: str | None, name: str, *, key: str | None = None
    ) -> ProfileView:
        """Create a custom profile, with the nine targets disabled (F61)."""
        async with self._database.transaction() as connection:
            found = await lookups.find_account(connection, caller.scope, account)
            caller.require(Permission.MANAGE_PROFILES)
            return await profiles.create_profile(connection, found, parse_name(name), caller.by, key=key)

    async def enable(
        self, caller: Caller, account: str | None, name: str, targets: Iterable[str]
    ) -> ProfileView:
        """Enable targets for the users of a profile (F41); targets that are enabled already stay so."""
        return await self._set_targets(caller, account, name, targets, enabled=True)

    async def disable(
        self, caller: Caller, account: str | None, name: str, targets: Iterable[str]
    ) -> ProfileView:
        """Disable targets for the users of a profile (F41). Orders that were accepted continue (F53)."""
        return await self._set_targets(caller, account, name, targets, enabled=False)

    async def _set_targets(
        self, caller: Caller, account: str | None, name: str, targets: Iterable[str], *, enabled: bool
    ) -> ProfileView:
        change = profiles.enable if enabled else profiles.disable
        async with self._database.transaction() as connection:
            found = await lookups.find_account(connection, caller.scope, account)
            profile = await profiles.profile(connection, found, name)
            caller.require(Permission.MANAGE_PROFILES)
            await change(connection, found.id, profile.id, parse_targets(targets), caller.by)
            return await profiles.profile(connection, found, name)

    async def edit_profile(
        self,
        caller: Caller,
        account: str | None,
        name: str,
        *,
        new_name: str | None = None,
        targets: Iterable[str] | None = None,
        was: tuple[str, Sequence[str]] | None = None,
    ) -> ProfileView:
        """Set the name and the enabled targets in one transaction; None leaves them (F41).

        `was`: the name and the targets as the caller was shown them; refused if they are not so any more
        (`profile_changed`), also by an edit at the same time. Orders that were accepted continue (F53).
        """
        async with self._database.transaction() as connection:
            found = await lookups.find_account(connection, caller.scope, account)
            profile = await profiles.profile(connection, found, name)
            caller.require(Permission.MANAGE_PROFILES)
            profile = await profile_edits.locked(connection, found, profile.id)
            if was is not None and was != (profile.name, profile.enabled):
                raise Refused.because("profile_changed")
            if new_name is not None:
                chosen = parse_name(new_name)
                await profile_edits.rename(connection, found.id, profile.id, chosen, caller.by)
            if targets is not None:
                wanted = parse_targets(targets)
                await profile_edits.set_targets(connection, found.id, profile.id, wanted, caller.by)
            return await profiles.profile(connection, found, f"AP-{profile.id}")

    async def delete_profile(
        self, caller: Caller, account: str | None, name: str, *, replacement: str | None = None
    ) -> ProfileView:
        """Delete a custom profile; its users get the replacement. Answers what the profile was.

        Raises `Refused`: `profile_is_default`, `profile_in_use` without a replacement, `profile_replaced`
        by itself.
        """
        async with self._database.transaction() as connection:
            found = await lookups.find_account(connection, caller.scope, account)
            profile = await profiles.profile(connection, found, name)
            caller.require(Permission.MANAGE_PROFILES)
            if profile.is_default:
                raise Refused.because("profile_is_default")
            other = None if replacement is None else await profiles.profile(connection, found, replacement)
            if other is not None and other.id == profile.id:
                raise Refused.because("profile_replaced")
            await profile_edits.remove(
                connection, found.id, profile.id, None if other is None else other.id, caller.by
            )
            return profile
