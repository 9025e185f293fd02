"""The one place where a scope becomes a condition of a statement."""

from typing import Any, cast

from sqlalchemy import ColumnElement, and_, false, true

from models.people.callers import AllAccounts, OfAccount, OfDistributor, OfLink, Scope


def within(scope: Scope, account: Any, *, distributor: Any = None, sim: Any = None) -> ColumnElement[bool]:
    """Whether a record is in the scope, by its columns: `account`, and `distributor` or `sim` if it has one.

    Closed unless opened: a scope of one distributor or of one link holds no record of a table that names
    neither, so a statement that forgets to say so shows nothing instead of everything.
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
