"""Create and edit the users of accounts: roles, profiles, languages, deactivation."""

from collections.abc import Mapping

from sqlalchemy.ext.asyncio import AsyncConnection

from models.errors import Refused
from models.language import Language, parse_language
from models.paging import Page, Position, Wanted
from models.people.addresses import parse_email
from models.people.callers import PERMISSIONS, USER_ROLES, Caller, Permission, Role, UserKind, may_grant
from models.people.profiles import parse_name
from models.people.views import UserView
from store import lookups
from store.lookups import AccountKey
from store.people import contacts, profiles, users
from store.session import Database


class UserDesk:
    """Reads, creates and edits users. A role says what a user may do, a profile on which lines."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def users(
        self,
        caller: Caller,
        account: str | None = None,
        *,
        kind: UserKind | None = None,
        profile: str | None = None,
        limit: int | None = None,
        after: Position | None = None,
    ) -> Page[UserView]:
        """List users with their role and profile; `kind`: only persons, or only service users; `profile`:
        only those who have it, by name.
        """
        async with self._database.reading() as connection:
            scope = await lookups.narrowed(connection, caller.scope, account)
            caller.require(Permission.VIEW_PEOPLE)
            return await users.users(connection, scope, kind, Wanted(limit, after), profile)

    async def user(self, caller: Caller, user: str) -> UserView:
        """One user, by address or id (`U-3`), and whether they were invited and have a password."""
        async with self._database.reading() as connection:
            found = await lookups.find_user(connection, caller.scope, user)
            caller.require(Permission.VIEW_PEOPLE)
            return await users.with_sign_in(connection, found)

    async def create_user(
        self,
        caller: Caller,
        account: str | None,
        name: str,
        email: str,
        profile: str | None = None,
        *,
        role: str = Role.MANAGER,
        kind: UserKind = UserKind.PERSON,
        distributor: str | None = None,
        language: str | None = None,
        key: str | None = None,
    ) -> UserView:
        """Create a user of an existing account; profile and language default to those of the account.

        A service user is for API keys; it has a role and a profile as a person has.
        """
        async with self._database.transaction() as connection:
            found = await lookups.find_account(connection, caller.scope, account)
            caller.require(Permission.MANAGE_USERS)
            chosen, address = parse_name(name), email_address(email)
            given = _granted(caller, role, distributor)
            return await users.create_user(
                connection,
                found,
                chosen,
                address,
                profile,
                role=given,
                kind=kind,
                distributor_id=await _distributor(connection, found, distributor),
                language=spoken(language),
                key=key,
                by=caller.by,
            )

    async def set_user_language(self, caller: Caller, user: str, language: str) -> UserView:
        """Set the language of e-mails to the user (F66)."""
        async with self._database.transaction() as connection:
            found = await lookups.find_user(connection, caller.scope, user)
            caller.require(Permission.MANAGE_USERS)
            chosen = parse_language(language)
            return await users.set_user_language(connection, found.id, chosen, caller.by)

    async def set_role(
        self, caller: Caller, user: str, role: str, *, distributor: str | None = None
    ) -> UserView:
        """Set the role of a user (`U-3` or the address).

        Refused if the old or the new role has more permissions than the caller (`role_above_yours`), of
        oneself (`own_user`), and of the last person of the account who may manage users
        (`last_who_manages_users`), which only the platform's operator takes away.
        """
        async with self._database.transaction() as connection:
            found = await lookups.find_user(connection, caller.scope, user)
            caller.require(Permission.MANAGE_USERS)
            return await self._give_role(connection, caller, found, role, distributor)

    async def _give_role(
        self,
        connection: AsyncConnection,
        caller: Caller,
        found: UserView,
        role: str,
        distributor: str | None,
    ) -> UserView:
        not_above(caller, found.role)
        given = _granted(caller, role, distributor)
        if given is not found.role:
            stays = Permission.MANAGE_USERS in PERMISSIONS[given]
            await _check_others(connection, caller, found, stays=stays)
        account = AccountKey(found.account_id, found.account)
        distributor_id = await _distributor(connection, account, distributor)
        return await users.set_role(connection, found.id, given, distributor_id, caller.by)

    async def edit_user(
        self,
        caller: Caller,
        user: str,
        *,
        name: str | None = None,
        role: str | None = None,
        distributor: str | None = None,
        profile: str | None = None,
        language: str | None = None,
        was: Mapping[str, str] | None = None,
    ) -> UserView:
        """Set name, role, authorised actions profile and language of a user in one transaction; None leaves
        them.

        `was`: `name`, `role` or `profile` as the caller was shown them; refused if they are not so any more
        (`user_changed`), also by an edit at the same time. A role is refused as by `set_role`. Name and
        profile are refused of a user with more permissions than the caller (`role_above_yours`), another
        profile also of oneself (`own_user`).
        """
        async with self._database.transaction() as connection:
            found = await lookups.find_user(connection, caller.scope, user)
            caller.require(Permission.MANAGE_USERS)
            found = await users.locked(connection, found, managing=role is not None)
            if any(getattr(found, shown) != value for shown, value in (was or {}).items()):
                raise Refused.because("user_changed")
            if name is not None:
                not_above(caller, found.role)
                found = await users.set_name(connection, found.id, parse_name(name), caller.by)
            if role is not None or distributor is not None:
                found = await self._give_role(connection, caller, found, role or found.role, distributor)
            if profile is not None:
                found = await _give_profile(connection, caller, found, profile)
            if language is not None:
                chosen = parse_language(language)
                found = await users.set_user_language(connection, found.id, chosen, caller.by)
            return found

    async def deactivate_user(self, caller: Caller, user: str) -> UserView:
        """Deactivate a user, who can do nothing any more. Orders that were accepted before continue (F53).

        Refused as `set_role` is.
        """
        return await self._set_active(caller, user, active=False)

    async def activate_user(self, caller: Caller, user: str) -> UserView:
        """Activate a user again, with the role and the profile as they are."""
        return await self._set_active(caller, user, active=True)

    async def _set_active(self, caller: Caller, user: str, *, active: bool) -> UserView:
        async with self._database.transaction() as connection:
            found = await lookups.find_user(connection, caller.scope, user)
            caller.require(Permission.MANAGE_USERS)
            not_above(caller, found.role)
            if not active:
                await _check_others(connection, caller, found)
            return await users.set_active(connection, found.id, caller.by, active=active)


def email_address(text: str) -> str:
    """The address in the form in which it is stored. Raises `Refused` (`email_invalid`)."""
    try:
        return parse_email(text)
    except ValueError:
        raise Refused.because("email_invalid") from None


def spoken(text: str | None) -> Language | None:
    """Parse a language code, if there is one. Raises `Refused` (`language_unknown`)."""
    return None if text is None else parse_language(text)


def _granted(caller: Caller, text: str, distributor: str | None) -> Role:
    wanted = text.strip().lower().replace("-", "_")
    if wanted not in USER_ROLES:
        raise Refused.because("unknown_user_role", roles=", ".join(USER_ROLES))
    role = Role(wanted)
    if (role is Role.PROVIDER_DESK) is not (distributor is not None):
        raise Refused.because("distributor_of_desk")
    not_above(caller, role)
    return role


def not_above(caller: Caller, role: Role) -> None:
    """Raise `Refused` (`role_above_yours`) for a role that allows more than the caller's."""
    if not may_grant(caller.permissions, role):
        raise Refused.because("role_above_yours", role=role)


async def _check_others(
    connection: AsyncConnection, caller: Caller, found: UserView, *, stays: bool = False
) -> None:
    """Raise `Refused` where the account would be without a person who may manage its users, and of oneself.
    The platform's operator may do both: they can give the role back. `stays`: the user may still manage them.
    """
    if caller.user_id is None:
        return
    if caller.user_id == found.id:
        raise Refused.because("own_user")
    if not stays and not await users.others_may_manage(connection, found):
        raise Refused.because("last_who_manages_users")


async def _give_profile(connection: AsyncConnection, caller: Caller, found: UserView, name: str) -> UserView:
    not_above(caller, found.role)
    account = AccountKey(found.account_id, found.account)
    given = await profiles.profile(connection, account, name)
    if given.name != found.profile and caller.user_id == found.id:
        raise Refused.because("own_user")
    return await users.set_profile(connection, found.id, given.id, caller.by)


async def _distributor(connection: AsyncConnection, account: AccountKey, name: str | None) -> int | None:
    return None if name is None else await contacts.find_distributor(connection, account.id, name)
