"""Make, list and revoke API keys (A1, A18).

    made = await ApiKeyDesk(database, settings).create(ana, "Billing", user="bot@acme.example")
    made.key.text      # shown once

A key of an account acts as a service user; a platform key, which only the operator makes, acts for any
account of its mode that the call names.
"""

import secrets
from collections.abc import Collection
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sqlalchemy.ext.asyncio import AsyncConnection

from models.errors import Refused
from models.paging import Page, Position, Wanted
from models.people.api_keys import RANDOM_CHARACTERS, ApiKeyView, Mode, NewApiKey, make_key
from models.people.callers import PERMISSIONS, Caller, Permission, UserKind
from models.people.profiles import parse_name
from settings import Settings
from starter.keys import checked_key
from store import lookups
from store.people import account_settings, api_keys
from store.people.actors import user_deactivated
from store.session import Database

if TYPE_CHECKING:
    from store.key_ring import KeyRing


class ApiKeyDesk:
    """Administers the API keys of the caller's accounts."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self._database = database
        self._secret_keys = settings.secret_keys

    @property
    def _ring(self) -> "KeyRing":
        """Raises `Refused` (`keys_invalid`)."""
        from store.key_ring import KeyRing  # noqa: PLC0415  takes long to import, and a list needs none

        return KeyRing(self._secret_keys)

    async def create(
        self,
        caller: Caller,
        name: str,
        *,
        user: str,
        permissions: Collection[str] | None = None,
        expires_at: datetime | None = None,
        key: str | None = None,
    ) -> NewApiKey:
        """Make a key that acts as this service user (address or `U-3`), in the mode of its account.

        `permissions`: all that the user and the caller have, if left out. Raises `NotFound` (`unknown_user`),
        `Refused` (`service_user_needed`, `permission_above_yours`, `unknown_permission`, `expiry_invalid`,
        `expiry_after_yours`). `key`: an idempotency key, whose repeat is refused (`api_key_made`): the text
        of the API key that it made is not stored.
        """
        once = None if key is None else checked_key(key)
        async with self._database.transaction() as connection:
            found = await lookups.find_user(connection, caller.scope, user)
            caller.require(Permission.MANAGE_API_KEYS)
            if found.kind is not UserKind.SERVICE:
                raise Refused.because("service_user_needed")
            if found.deactivated_at is not None:
                raise Refused(user_deactivated())
            most = PERMISSIONS[found.role] & caller.permissions
            mode = (await account_settings.account(connection, found.account_id)).mode
            new = make_key(mode, secrets.token_bytes(RANDOM_CHARACTERS))
            view = await api_keys.create(
                connection,
                new,
                name=parse_name(name),
                digests_=api_keys.digests(self._ring, new),
                user=found,
                permissions=_chosen(permissions, most),
                expires_at=await _end(connection, caller, expires_at),
                once=once,
                by=caller.by,
            )
        return NewApiKey(view, new)

    async def create_platform_key(
        self,
        caller: Caller,
        name: str,
        mode: Mode,
        *,
        permissions: Collection[str] | None = None,
        expires_at: datetime | None = None,
    ) -> NewApiKey:
        """Make a key of the platform, for all accounts of this mode. For the operator only."""
        caller.require(Permission.MANAGE_ACCOUNTS)
        key = make_key(mode, secrets.token_bytes(RANDOM_CHARACTERS))
        async with self._database.transaction() as connection:
            view = await api_keys.create(
                connection,
                key,
                name=parse_name(name),
                digests_=api_keys.digests(self._ring, key),
                user=None,
                permissions=_chosen(permissions, caller.permissions),
                expires_at=await _end(connection, caller, expires_at),
                by=caller.by,
            )
        return NewApiKey(view, key)

    async def keys(
        self,
        caller: Caller,
        account: str | None = None,
        *,
        limit: int | None = None,
        after: Position | None = None,
    ) -> Page[ApiKeyView]:
        """List keys, newest first, revoked ones too; those of the platform are shown to the operator."""
        async with self._database.transaction() as connection:
            scope = await lookups.narrowed(connection, caller.scope, account)
            caller.require(Permission.MANAGE_API_KEYS)
            return await api_keys.keys(connection, scope, Wanted(limit, after))

    async def key(self, caller: Caller, key: str) -> ApiKeyView:
        """One key (`K-7`), also a revoked one. Raises `NotFound` (`unknown_api_key`)."""
        async with self._database.reading() as connection:
            found = await api_keys.find(connection, caller.scope, key)
            caller.require(Permission.MANAGE_API_KEYS)
            return found

    async def revoke(self, caller: Caller, key: str) -> ApiKeyView:
        """Revoke a key (`K-7`): the next call with it is refused. Idempotent."""
        async with self._database.transaction() as connection:
            found = await api_keys.find(connection, caller.scope, key)
            caller.require(Permission.MANAGE_API_KEYS)
            account_id = await api_keys.account_of(connection, found.id)
            return await api_keys.revoke(connection, found, account_id, caller.by)


def _chosen(wanted: Collection[str] | None, most: frozenset[Permission]) -> frozenset[Permission]:
    if wanted is None:
        return most
    names = {name.strip().lower() for name in wanted}
    unknown = sorted(names - {permission.value for permission in Permission})
    if unknown or not names:
        raise Refused.because("unknown_permission", permissions=", ".join(unknown)[:200] or "none")
    chosen = frozenset(map(Permission, names))
    if not chosen <= most:
        raise Refused.because("permission_above_yours", permissions=", ".join(sorted(chosen - most)))
    return chosen


async def _end(connection: AsyncConnection, caller: Caller, chosen: datetime | None) -> datetime | None:
    """When a new key expires. One that is made with a key does not outlive it."""
    if chosen is not None and (chosen.tzinfo is None or chosen <= datetime.now(UTC)):
        raise Refused.because("expiry_invalid")
    made_with = await api_keys.maker(connection, caller.origin_id)
    latest = made_with and made_with.expires_at
    if latest and (chosen is None or chosen > latest):
        raise Refused.because("expiry_after_yours", latest=f"{latest.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}")
    return chosen
