"""Users of an account: their role, profile, language and whether they may act.

Every change appends an event with its actor. Events contain ids, roles and targets, never names or addresses.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    String,
    and_,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from models.errors import Refused
from models.language import Language
from models.paging import WHOLE, Page, Wanted
from models.people.callers import PERMISSIONS, By, Permission, Role, Scope, UserKind
from models.people.views import UserView
from store import events
from store.locks import keep_account_open
from store.lookups import AccountKey, select_users, user_view
from store.made_keys import Made
from store.paging import by_account
from store.people import sessions, user_mails
from store.people.profiles import profile_id_of, record_change
from store.people.sign_in_tables import PasswordRow, UserMailRow
from store.people.tables import ProfileRow, UserRow
from store.row import now
from store.scopes import within

_MANAGING = [role for role, has in PERMISSIONS.items() if Permission.MANAGE_USERS in has]


async def users(
    connection: AsyncConnection,
    scope: Scope,
    kind: UserKind | None = None,
    wanted: Wanted = WHOLE,
    profile: str | None = None,
) -> Page[UserView]:
    """Users, sorted by account and name, and whether they can sign in."""
    mine = _select_with_sign_in().where(within(scope, UserRow.account_id))
    if kind is not None:
        mine = mine.where(UserRow.kind == kind)
    if profile is not None:
        mine = mine.where(ProfileRow.name == profile)
    return (await by_account(scope, UserRow.name, UserRow.id).page(connection, mine, wanted)).of(user_view)


async def with_sign_in(connection: AsyncConnection, user: UserView) -> UserView:
    """The user, and whether they were invited and have a password."""
    of_user = _select_with_sign_in().where(UserRow.id == user.id, UserRow.account_id == user.account_id)
    return user_view((await connection.execute(of_user)).one())


def _select_with_sign_in() -> Select[*tuple[Any, ...]]:
    has_password = select(PasswordRow.user_id).where(PasswordRow.user_id == UserRow.id).exists()
    was_invited = (
        select(UserMailRow.id)
        .where(UserMailRow.user_id == UserRow.id, UserMailRow.account_id == UserRow.account_id)
        .exists()
    )
    return select_users().add_columns(has_password.label("has_password"), was_invited.label("was_invited"))


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
    key: str | None = None,
    by: By,
) -> UserView:
    """Create a user with the named profile of the account, or its default one, once per key: a repeat
    gets the user as it is now.

    Raises `Refused`: `email_in_use`, as an address belongs to one user of all accounts; `account_closed`;
    `key_reused`.
    """
    await keep_account_open(connection, account.id)
    content = {"name": name, "email": email, "profile": profile_name, "role": role, "kind": kind}
    more = {"distributor": distributor_id, "language": language}
    made = Made.of(account.id, key, content | more)
    if known := await _made(connection, account, made):
        return known
    statement = insert(UserRow).from_select(
        [
            "account_id",
            "name",
            "email",
            "profile_id",
            "role",
            "kind",
            "distributor_id",
            "language",
            *made.columns,
        ],
        select(
            literal(account.id, BigInteger),
            literal(name),
            literal(email),
            await profile_id_of(connection, account, profile_name),
            literal(role.value),
            literal(kind.value),
            literal(distributor_id, BigInteger),
            literal(language, String),
            *(literal(mark, String) for mark in made.columns.values()),
        ),
    )
    added = await connection.execute(statement.on_conflict_do_nothing().returning(UserRow.id))
    user_id = added.scalar_one_or_none()
    if user_id is None:
        if known := await _made(connection, account, made):  # by a call at the same time
            return known
        raise Refused.because("email_in_use")
    user = await _user(connection, user_id)
    data = {"user": user_id, "role": role.value, "kind": kind.value}
    await record_change(connection, account.id, user.actor, by, ("user.created", data))
    return user


async def _made(connection: AsyncConnection, account: AccountKey, made: Made) -> UserView | None:
    """The user who was created under this key, as the user is now."""
    user_id = await made.find(connection, UserRow, UserRow.account_id == account.id)
    return (
        None if user_id is None else (await _user(connection, user_id)).model_copy(update={"replayed": True})
    )


async def set_role(
    connection: AsyncConnection, user_id: int, role: Role, distributor_id: int | None, by: By
) -> UserView:
    """Change a user's role. The provider desk requires a distributor, any other role none."""
    values = {"role": role.value, "distributor_id": distributor_id}
    others = or_(UserRow.role != role, UserRow.distributor_id.is_distinct_from(distributor_id))
    return await _change(connection, user_id, by, ("user.role_changed", values), values=values, others=others)


async def set_name(connection: AsyncConnection, user_id: int, name: str, by: By) -> UserView:
    """Change a user's name. The event contains none: names are personal data."""
    others = UserRow.name != name
    return await _change(connection, user_id, by, ("user.renamed", {}), values={"name": name}, others=others)


async def set_profile(connection: AsyncConnection, user_id: int, profile_id: int, by: By) -> UserView:
    """Give a user another profile of the account."""
    values = {"profile_id": profile_id}
    happened = ("user.profile_changed", {"profile": profile_id})
    others = UserRow.profile_id != profile_id
    return await _change(connection, user_id, by, happened, values=values, others=others)


async def others_may_manage(connection: AsyncConnection, user: UserView) -> bool:
    """Whether another active person of the account may manage users; they stay so until the transaction ends.
    True for a user who may not do so themselves.
    """
    mine = select(UserRow.id).where(_managing(user.account_id)).order_by(UserRow.id)
    found = set(await connection.scalars(mine.with_for_update(key_share=True)))
    return user.id not in found or len(found) > 1


def _managing(account_id: int) -> ColumnElement[bool]:
    """The active people of the account who may manage its users."""
    return and_(
        UserRow.account_id == account_id,
        UserRow.kind == UserKind.PERSON,
        UserRow.role.in_(_MANAGING),
        UserRow.deactivated_at.is_(None),
    )


async def locked(connection: AsyncConnection, user: UserView, *, managing: bool = False) -> UserView:
    """The user as they are now, and stay until the transaction ends. `managing`: of the account's people who
    may manage users, too, for a change that may take this one from them: all in the sequence of their ids.
    """
    chosen = UserRow.id == user.id
    if managing:
        chosen = or_(chosen, _managing(user.account_id))
    await connection.execute(
        select(UserRow.id).where(chosen).order_by(UserRow.id).with_for_update(key_share=True)
    )
    return await _user(connection, user.id)


async def set_active(connection: AsyncConnection, user_id: int, by: By, *, active: bool) -> UserView:
    """Activate or deactivate a user; idempotent. The sessions and the mailed links of one who is deactivated
    end: neither comes back with an activation.
    """
    values = {"deactivated_at": None if active else now()}
    others = UserRow.deactivated_at.is_not(None) if active else UserRow.deactivated_at.is_(None)
    happened = "user.activated" if active else "user.deactivated"
    user = await _change(connection, user_id, by, (happened, {}), values=values, others=others)
    if not active:  # after the row, which a sign-in under way has locked
        await sessions.end_all(connection, user_id)
        await user_mails.use_all(connection, user_id)
    return user


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
        await record_change(connection, user.account_id, user.actor, by, (kind, {"user": user_id, **data}))
    return user


async def _user(connection: AsyncConnection, user_id: int) -> UserView:
    return user_view((await connection.execute(select_users().where(UserRow.id == user_id))).one())
