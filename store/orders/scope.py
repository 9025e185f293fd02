"""Which orders a caller sees."""

from sqlalchemy import ColumnElement

from models.people.callers import Scope
from store.orders.tables import OrderRow
from store.scopes import travel_order, within


def mine(scope: Scope) -> ColumnElement[bool]:
    """The condition that an order is in the scope."""
    return within(
        scope,
        OrderRow.account_id,
        distributor=OrderRow.distributor_id,
        order=OrderRow.id,
        travel=travel_order(OrderRow.kind),
    )
