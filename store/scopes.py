"""Turns a scope into a condition of a statement. No other module does."""

from typing import Any, cast

from sqlalchemy import BigInteger, ColumnElement, and_, bindparam, false, not_, select, true

from models.errors import Refused
from models.orders.kinds import KINDS
from models.people.callers import (
    AllAccounts,
    OfAccount,
    OfDistributor,
    OfLink,
    OfMode,
    OfOrderLink,
    Permission,
    Scope,
    not_permitted,
)
from store.people.tables import AccountRow
from store.travel.tables import TravelStockRow

_KINDS_OF_TRAVEL = sorted(name for name, kind in KINDS.items() if kind.view is Permission.VIEW_TRAVEL)


def within(
    scope: Scope,
    account: Any,
    *,
    distributor: Any = None,
    sim: Any = None,
    order: Any = None,
    travel: Any = None,
) -> ColumnElement[bool]:
    """Whether a record is in the scope, by its columns: `account`, and `distributor`, `sim` or `order` (its
    id) if it has one.
    `travel`: the condition that it is a record of travel eSIMs (`travel_esim`, `travel_order`), where some
    of the table are.

    Deny by default: the scope of one distributor or one link contains no record of a table that has no such
    column, so a statement that forgets to name the column shows nothing instead of everything.
    """
    match scope:
        case AllAccounts():
            return true()
        case OfAccount(account_id=account_id, travel=with_travel):
            mine = cast("ColumnElement[bool]", account == account_id)
            if with_travel or (travel is None and sim is None):
                return mine
            return and_(mine, not_(travel_esim(sim) if travel is None else travel))
        case OfDistributor(account_id=account_id, distributor_id=distributor_id):
            return (
                false() if distributor is None else and_(account == account_id, distributor == distributor_id)
            )
        case OfMode(mode=mode):
            return cast("ColumnElement[bool]", account.in_(_of_mode(mode)))
        case OfLink(account_id=account_id, sim_id=sim_id):
            return false() if sim is None else and_(account == account_id, sim == sim_id)
        case OfOrderLink(account_id=account_id, order_id=order_id):
            return false() if order is None else and_(account == account_id, order == order_id)


_PARAMETER = cast("int", bindparam("of_account", type_=BigInteger))
_SHAPES = {travel: OfAccount(_PARAMETER, travel) for travel in (True, False)}
_OF_DISTRIBUTOR = OfDistributor(_PARAMETER, cast("int", bindparam("scope_distributor", type_=BigInteger)))


def shaped(scope: Scope) -> tuple[Scope, dict[str, Any]]:
    """The scope with parameters in place of its account and distributor, and their values: a statement is
    built once for all of them.
    """
    if isinstance(scope, OfAccount):
        return _SHAPES[scope.travel], {"of_account": scope.account_id}
    if isinstance(scope, OfDistributor):
        known = {"of_account": scope.account_id, "scope_distributor": scope.distributor_id}
        return _OF_DISTRIBUTOR, known
    return scope, {}


def _of_mode(mode: str) -> Any:
    return select(AccountRow.id).where(AccountRow.mode == mode)


def require_travel(scope: Scope) -> None:
    """Raise `Refused` (`not_permitted`) in a scope without travel eSIMs, before anything is looked up:
    whatever is named, the answer is the same (T1).
    """
    if isinstance(scope, OfAccount) and not scope.travel:
        raise Refused(not_permitted(Permission.VIEW_TRAVEL))


def travel_esim(sim_id: Any) -> ColumnElement[bool]:
    """The condition that the SIM with this id is a travel eSIM: it is or was in their stock (T1)."""
    return select(TravelStockRow.sim_id).where(TravelStockRow.sim_id == sim_id).exists()


def travel_order(kind: Any) -> ColumnElement[bool]:
    """The condition that an order of this kind is about travel eSIMs."""
    return cast("ColumnElement[bool]", kind.in_(_KINDS_OF_TRAVEL))
