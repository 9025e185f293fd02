"""Authorised actions profiles. A target that is not in `profile_targets` is disabled (F40, F61).

Every change appends an event with its actor. Events contain ids, roles and targets, never names or addresses.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import (
    BigInteger,
    Select,
    case,
    delete,
    func,
    literal,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from models.errors import NotFound, Refused
from models.identifiers import parse_reference, storable
from models.orders.rules import TARGETS
from models.paging import WHOLE, Page, Wanted
from models.people.callers import By
from models.people.profiles import DEFAULT_PROFILE, ProfileView
from store import events
from store.locks import keep_account_open
from store.lookups import AccountKey
from store.made_keys import Made
from store.paging import Keys
from store.people.tables import ProfileRow, ProfileTargetRow, UserRow

_DEFAULT_PROFILES = """
WITH made AS (
    INSERT INTO authorised_actions_profiles (account_id, name, is_default)
    SELECT id, :name, true FROM accounts
    WHERE NOT EXISTS (
        SELECT FROM authorised_actions_profiles known WHERE known.account_id = accounts.id AND is_default)
    ORDER BY id
    RETURNING id)
INSERT INTO profile_targets (profile_id, target)
SELECT made.id, target FROM made CROSS JOIN unnest(CAST(:targets AS text[])) AS target
"""


async def add_default_profiles(connection: AsyncConnection) -> None:
    """Create the default profile of each account without one, with all nine targets enabled (F39)."""
    await connection.execute(text(_DEFAULT_PROFILES), {"name": DEFAULT_PROFILE, "targets": list(TARGETS)})


async def profiles(
    connection: AsyncConnection, account: AccountKey, wanted: Wanted = WHOLE
) -> Page[ProfileView]:
    """The account's profiles, the default one first."""
    keys = Keys(case((ProfileRow.is_default, 0), else_=1), ProfileRow.name, ProfileRow.id)
    return (await keys.page(connection, _profiles(account), wanted)).of(_view)


async def profile(connection: AsyncConnection, account: AccountKey, name: str) -> ProfileView:
    """The account's profile of this name or id (`AP-3`). Raises `NotFound` (`unknown_profile`)."""
    row = None
    if storable(name):
        number = parse_reference("AP", name)
        is_it = ProfileRow.name == name.strip() if number is None else ProfileRow.id == number
        named = _profiles(account).where(is_it)
        row = (await connection.execute(named)).one_or_none()
    if row is None:
        raise NotFound.because("unknown_profile")
    return _view(row)


async def create_profile(
    connection: AsyncConnection, account: AccountKey, name: str, by: By, *, key: str | None = None
) -> ProfileView:
    """Create a custom profile, once per key. Its nine targets are disabled until they are enabled (F61).

    Raises `Refused` (`profile_exists`, `account_closed`, `key_reused`).
    """
    await keep_account_open(connection, account.id)
    made = Made.of(account.id, key, {"name": name})
    if known := await _made(connection, account, made):
        return known
    added = await connection.execute(
        insert(ProfileRow)
        .values(account_id=account.id, name=name, is_default=False, **made.columns)
        .on_conflict_do_nothing()
        .returning(ProfileRow.id)
    )
    profile_id = added.scalar_one_or_none()
    if profile_id is None:
        if known := await _made(connection, account, made):  # by a call at the same time
            return known
        raise Refused.because("profile_exists")
    happened = ("profile.created", {"profile": profile_id})
    await record_change(connection, account.id, f"profile:{profile_id}", by, happened)
    return await profile(connection, account, name)


async def _made(connection: AsyncConnection, account: AccountKey, made: Made) -> ProfileView | None:
    """The profile that was created under this key, as it is now."""
    profile_id = await made.find(connection, ProfileRow, ProfileRow.account_id == account.id)
    if profile_id is None:
        return None
    row = (await connection.execute(_profiles(account).where(ProfileRow.id == profile_id))).one()
    return _view(row).model_copy(update={"replayed": True})


async def enable(
    connection: AsyncConnection, account_id: int, profile_id: int, targets: Sequence[str], by: By
) -> None:
    """Enable these targets for the users of the profile (F41)."""
    if not targets:
        return
    rows = [{"profile_id": profile_id, "target": target} for target in targets]
    added = insert(ProfileTargetRow).values(rows).on_conflict_do_nothing().returning(ProfileTargetRow.target)
    changed = await connection.scalars(added)
    await _record_targets(
        connection, account_id, profile_id, by, kind="profile.targets_enabled", changed=changed
    )


async def disable(
    connection: AsyncConnection, account_id: int, profile_id: int, targets: Sequence[str], by: By
) -> None:
    """Disable these targets for the users of the profile (F41)."""
    removed = delete(ProfileTargetRow).where(
        ProfileTargetRow.profile_id == profile_id, ProfileTargetRow.target.in_(targets)
    )
    changed = await connection.scalars(removed.returning(ProfileTargetRow.target))
    await _record_targets(
        connection, account_id, profile_id, by, kind="profile.targets_disabled", changed=changed
    )


async def _record_targets(
    connection: AsyncConnection,
    account_id: int,
    profile_id: int,
    by: By,
    *,
    kind: str,
    changed: Iterable[str],
) -> None:
    wanted = set(changed)
    if wanted:
        data = {"profile": profile_id, "targets": [target for target in TARGETS if target in wanted]}
        await record_change(connection, account_id, f"profile:{profile_id}", by, (kind, data))


async def record_change(
    connection: AsyncConnection, account_id: int, about: str, by: By, happened: events.Happening
) -> None:
    """Append the event of a change of a user or a profile (`about`)."""
    await events.append(connection, account_id, (about,), by.actor, happened, origin_id=by.origin_id)


async def profile_id_of(connection: AsyncConnection, account: AccountKey, name: str | None) -> Any:
    """The id of the profile of this name, or of the account's default profile, for a statement."""
    if name is not None:
        return literal((await profile(connection, account, name)).id, BigInteger)
    default = select(ProfileRow.id).where(ProfileRow.account_id == account.id, ProfileRow.is_default)
    return default.scalar_subquery()


def _profiles(account: AccountKey) -> Select[*tuple[Any, ...]]:
    enabled = (
        select(func.array_agg(ProfileTargetRow.target))
        .where(ProfileTargetRow.profile_id == ProfileRow.id)
        .scalar_subquery()
    )
    used = select(func.count()).where(UserRow.profile_id == ProfileRow.id).scalar_subquery()
    return select(
        ProfileRow.id,
        literal(account.name).label("account"),
        ProfileRow.name,
        ProfileRow.is_default,
        used.label("users"),
        enabled.label("enabled"),
    ).where(ProfileRow.account_id == account.id)


def _view(row: Any) -> ProfileView:
    enabled = tuple(target for target in TARGETS if target in (row.enabled or ()))
    return ProfileView(**dict(row._mapping) | {"enabled": enabled})
