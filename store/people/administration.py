"""Manages users and authorised actions profiles. A target without a row in `profile_targets` is disabled.

Every change appends an event with its actor. Events contain ids, roles and targets, never names or addresses:
they contain no personal data when a person is erased.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    String,
    delete,
    func,
    literal,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from models.errors import NotFound, Refused
from models.identifiers import storable
from models.language import Language
from models.orders.rules import TARGETS
from models.people.callers import By, Role, Scope, UserKind
from models.people.profiles import DEFAULT_PROFILE, ProfileView
from models.people.views import UserView
from store import events
from store.locks import keep_account_open
from store.lookups import AccountKey, select_users, user_view
from store.people.tables import AccountRow, ProfileRow, ProfileTargetRow, UserRow
from store.row import now
from store.scopes import within

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


async def profiles(connection: AsyncConnection, account: AccountKey) -> list[ProfileView]:
    """The account's profiles, the default one first."""
    statement = _profiles(account).order_by(ProfileRow.is_default.desc(), ProfileRow.name)
    return [_view(row) for row in await connection.execute(statement)]


async def profile(connection: AsyncConnection, account: AccountKey, name: str) -> ProfileView:
    """The account's profile of this name. Raises `NotFound` (`unknown_profile`)."""
    row = None
    if storable(name):
        named = _profiles(account).where(ProfileRow.name == name.strip())
        row = (await connection.execute(named)).one_or_none()
    if row is None:
        raise NotFound.because("unknown_profile")
    return _view(row)


async def create_profile(connection: AsyncConnection, account: AccountKey, name: str, by: By) -> ProfileView:
    """Create a custom profile. Its nine targets are disabled until they are enabled (F61).

    Raises `Refused` (`profile_exists`, `account_closed`).
    """
    await keep_account_open(connection, account.id)
    made = await connection.execute(
        insert(ProfileRow)
        .values(account_id=account.id, name=name, is_default=False)
        .on_conflict_do_nothing()
        .returning(ProfileRow.id)
    )
    profile_id = made.scalar_one_or_none()
    if profile_id is None:
        raise Refused.because("profile_exists")
    happened = ("profile.created", {"profile": profile_id})
    await _record(connection, account.id, f"profile:{profile_id}", by, happened)
    return await profile(connection, account, name)


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


async def users(connection: AsyncConnection, scope: Scope) -> list[UserView]:
    """Users, sorted by account and name."""
    mine = select_users().where(within(scope, UserRow.account_id))
    statement = mine.order_by(AccountRow.name, UserRow.name, UserRow.id)
    return [user_view(row) for row in await connection.execute(statement)]


async def create_user(
    connection: AsyncConnection,
    account: AccountKey,
    name: str,
    email: str,
    profile_name: str | None,
    *,
    role: Role,
    kind: UserKind,
    distributor_id: int | None,
    language: Language | None = None,
    by: By,
) -> UserView:
    """Create a user with the named profile of the account, or its default one.

    Raises `Refused`: `email_in_use`, as an address belongs to one user of all accounts; `account_closed`.
    """
    await keep_account_open(connection, account.id)
    statement = insert(UserRow).from_select(
        ["account_id", "name", "email", "profile_id", "role", "kind", "distributor_id", "language"],
        select(
            literal(account.id, BigInteger),
            literal(name),
            literal(email),
            await _profile_id(connection, account, profile_name),
            literal(role.value),
            literal(kind.value),
            literal(distributor_id, BigInteger),
            literal(language, String),
        ),
    )
    made = await connection.execute(statement.on_conflict_do_nothing().returning(UserRow.id))
    user_id = made.scalar_one_or_none()
    if user_id is None:
        raise Refused.because("email_in_use")
    user = await _user(connection, user_id)
    data = {"user": user_id, "role": role.value, "kind": kind.value}
    await _record(connection, account.id, user.actor, by, ("user.created", data))
    return user


async def set_role(
    connection: AsyncConnection, user_id: int, role: Role, distributor_id: int | None, by: By
) -> UserView:
    """Change a user's role. The provider desk requires a distributor, any other role none."""
    values = {"role": role.value, "distributor_id": distributor_id}
    others = or_(UserRow.role != role, UserRow.distributor_id.is_distinct_from(distributor_id))
    return await _change(connection, user_id, by, ("user.role_changed", values), values=values, others=others)


async def set_active(connection: AsyncConnection, user_id: int, by: By, *, active: bool) -> UserView:
    """Activate or deactivate a user; idempotent."""
    values = {"deactivated_at": None if active else now()}
    others = UserRow.deactivated_at.is_not(None) if active else UserRow.deactivated_at.is_(None)
    happened = "user.activated" if active else "user.deactivated"
    return await _change(connection, user_id, by, (happened, {}), values=values, others=others)


async def set_user_language(
    connection: AsyncConnection, user_id: int, language: Language, by: By
) -> UserView:
    """Set the language of e-mails to this user, who must exist (F66)."""
    values = {"language": language.value}
    others = UserRow.language.is_distinct_from(language)
    return await _change(
        connection, user_id, by, ("user.language_changed", values), values=values, others=others
    )


async def _change(
    connection: AsyncConnection,
    user_id: int,
    by: By,
    happened: events.Happening,
    *,
    values: Mapping[str, Any],
    others: ColumnElement[bool],
) -> UserView:
    """Change a user if the values differ (`others`), and append the event with the user's id."""
    changed = update(UserRow).where(UserRow.id == user_id, others).values(values).returning(UserRow.id)
    done = (await connection.execute(changed)).one_or_none()
    user = await _user(connection, user_id)
    if done:
        kind, data = happened
        await _record(connection, user.account_id, user.actor, by, (kind, {"user": user_id, **data}))
    return user


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
        await _record(connection, account_id, f"profile:{profile_id}", by, (kind, data))


async def _record(
    connection: AsyncConnection, account_id: int, about: str, by: By, happened: events.Happening
) -> None:
    await events.append(connection, account_id, (about,), by.actor, happened, origin_id=by.origin_id)


async def _user(connection: AsyncConnection, user_id: int) -> UserView:
    return user_view((await connection.execute(select_users().where(UserRow.id == user_id))).one())


async def _profile_id(connection: AsyncConnection, account: AccountKey, name: str | None) -> Any:
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
