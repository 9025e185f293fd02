"""Conditions on events by what they are about: travel eSIMs, and the orders of one distributor."""

from typing import Any

from sqlalchemy import BigInteger, ColumnElement, String, and_, case, cast, column, exists, func, or_, select

from models.operations.jobs import OF_TRAVEL
from store.event_table import EventRow
from store.orders.tables import OrderRow
from store.scopes import travel_order
from store.travel.tables import TravelStockRow

_OF_TRAVEL = ("esim_line:", "subscriber:", "travel_plan:", "stock:", "travel-")
"""How references to records of travel eSIMs begin; their orders and SIMs are looked up."""


def about_travel() -> ColumnElement[bool]:
    """Whether an event is about travel eSIMs, which exist for the staff alone that may see them (T1)."""
    named: Any = func.unnest(EventRow.about).table_valued(column("reference", String))
    named = named.render_derived(name="named")
    reference = named.c.reference
    sim_id = case(
        (reference.startswith("sim:"), cast(func.substr(reference, len("sim:") + 1), BigInteger)), else_=None
    )
    of_order = exists().where(OrderRow.id == reference, travel_order(OrderRow.kind))
    of_sim = exists().where(TravelStockRow.sim_id == sim_id)
    of_job = and_(EventRow.type.startswith("job."), EventRow.data["kind"].astext.in_(OF_TRAVEL))
    begins = or_(*(reference.startswith(beginning) for beginning in _OF_TRAVEL))
    return or_(of_job, exists().select_from(named).where(or_(begins, of_order, of_sim)))


def distributor_of_order() -> Any:
    """The distributor of the order that an event is foremost about; null if it is about no order."""
    found = select(OrderRow.distributor_id).where(
        OrderRow.id == EventRow.about[1], OrderRow.account_id == EventRow.account_id
    )
    return found.correlate(EventRow).scalar_subquery()


def of_distributor(distributor_id: int) -> ColumnElement[bool]:
    """Whether an event is foremost about an order of this distributor."""
    matches: ColumnElement[bool] = distributor_of_order() == distributor_id
    return matches
