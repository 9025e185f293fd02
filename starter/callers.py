"""Make callers: identity, scope and permissions of who asks. No other module makes them.

    caller = callers.operator()                              # the platform's own staff, the CLI, the worker
    caller = await callers.user(database, "ana@acme.example")  # a user of an account, by address or U-3

A surface makes a caller from what it has authenticated, never from an argument of the call itself.
"""

from models.errors import Refused
from models.people.account import closed_refusal
from models.people.callers import (
    OPERATOR,
    PERMISSIONS,
    AllAccounts,
    Caller,
    OfAccount,
    OfDistributor,
    Permission,
    Role,
    Scope,
)
from models.people.views import UserView
from store import lookups
from store.people.actors import user_deactivated
from store.session import Database


def operator(*, origin_id: int | None = None, language: str = "en") -> Caller:
    """The platform's operator: all accounts, all permissions, limited by no profile."""
    return Caller(
        actor=OPERATOR,
        scope=AllAccounts(),
        permissions=PERMISSIONS[Role.OPERATOR],
        user_id=None,
        origin_id=origin_id,
        language=language,
    )


async def user(
    database: Database, text: str, *, origin_id: int | None = None, language: str = "en"
) -> Caller:
    """The user with this e-mail address or id (`U-3`), with what its role may do in its account.

    Raises `NotFound` (`unknown_user`), `Refused` (`user_deactivated`, `account_closed`).
    """
    async with database.reading() as connection:
        found = await lookups.find_user(connection, AllAccounts(), text)
    if found.deactivated_at is not None:
        raise Refused(user_deactivated())
    closed = closed_refusal(found.role, closed=found.account_closed_at is not None)
    if closed:
        raise Refused(closed)
    return Caller(
        actor=found.actor,
        scope=_scope(found),
        permissions=PERMISSIONS[found.role],
        user_id=found.id,
        origin_id=origin_id,
        language=language,
    )


def _scope(found: UserView) -> Scope:
    if found.distributor_id is not None:
        return OfDistributor(found.account_id, found.distributor_id)
    return OfAccount(found.account_id, travel=Permission.VIEW_TRAVEL in PERMISSIONS[found.role])
