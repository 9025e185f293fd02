"""Turns a scope into a condition of a statement. No other module does."""

from typing import Any, cast

from sqlalchemy import ColumnElement, and_, false, true

from models.people.callers import AllAccounts, OfAccount, OfDistributor, OfLink, Scope


def within(scope: Scope, account: Any, *, distributor: Any = None, sim: Any = None) -> ColumnElement[bool]:
    """Whether a record is in the scope, by its columns: `account`, and `distributor` or `sim` if it has one.

    Deny by default: the scope of one distributor or one link contains no record of a table that has neither
    column, so a statement that forgets to name the column shows nothing instead of everything.
    """
    match scope:
        case AllAccounts():
            return true()
        case OfAccount(account_id=account_id):
            return cast("ColumnElement[bool]", account == account_id)
        case OfDistributor(account_id=account_id, distributor_id=distributor_id):
            return (
                false() if distributor is None else and_(account == account_id, distributor == distributor_id)
            )
        case OfLink(account_id=account_id, sim_id=sim_id):
            return false() if sim is None else and_(account == account_id, sim == sim_id)
