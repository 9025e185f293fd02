"""The facts about a number that the rules of licences check, read in one statement to be consistent."""

from datetime import timedelta
from typing import Any

from sqlalchemy import Interval, Select, and_, bindparam, case, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import aliased

from models.licences.numbers import NumberState
from models.licences.rules import LicenceFacts, NumberFacts
from store.fleet.tables import STATES_IN_PLACE, SimRow
from store.licences.billing_tables import TIME_ZONE, BillingRow
from store.licences.tables import AgentRow, LicenceRow, NumberRow
from store.orders.tables import OPEN_STATUSES, OrderRow
from store.row import now

STATE = case(
    (NumberRow.deleted_at.is_not(None), NumberState.DELETED.value),
    (NumberRow.suspended_at.is_not(None), NumberState.SUSPENDED.value),
    else_=NumberState.ACTIVE.value,
)
"""The state of a number, as a column."""
TODAY = func.date(func.timezone(TIME_ZONE, now()))
"""The day in the account's time zone, as a column of a statement with `BillingRow` outer joined."""
add_on_today = case((LicenceRow.next_from <= TODAY, LicenceRow.next_add_on), else_=LicenceRow.add_on)
"""What a licence is today, as a column of such a statement."""
_open_order = (
    select(OrderRow.id)
    .where(OrderRow.subject == NumberRow.subject, OrderRow.status.in_(OPEN_STATUSES))
    .correlate(NumberRow)
    .scalar_subquery()
)
_other = aliased(NumberRow)
_in_use = (
    select(_other.id)
    .where(_other.msisdn == NumberRow.msisdn, _other.id != NumberRow.id, _other.deleted_at.is_(None))
    .correlate(NumberRow)
    .exists()
)


def number_facts() -> Select[Any]:
    """The facts about one number (`number`), with the time for which a deleted one is `kept`; see `read`."""
    return (
        select(
            NumberRow.id.label("number_id"),
            NumberRow.account_id,
            NumberRow.msisdn,
            NumberRow.line_type,
            STATE.label("state"),
            NumberRow.agent_id,
            AgentRow.deactivated_at.is_not(None).label("agent_deactivated"),
            or_(AgentRow.eid.is_not(None), AgentRow.phone_confirmed_at.is_not(None)).label("phone_known"),
            SimRow.id.label("sim_id"),
            SimRow.state.label("sim_state"),
            SimRow.iccid,
            _open_order.label("open_order"),
            (NumberRow.deleted_at > now() - bindparam("kept", type_=Interval)).label("recoverable"),
            _in_use.label("msisdn_in_use"),
            LicenceRow.id.label("licence_id"),
        )
        .outerjoin(AgentRow, AgentRow.id == NumberRow.agent_id)
        .outerjoin(SimRow, and_(SimRow.holder == NumberRow.subject, SimRow.state.in_(STATES_IN_PLACE)))
        .outerjoin(LicenceRow, LicenceRow.number_id == NumberRow.id)
        .where(NumberRow.id == bindparam("number"), NumberRow.account_id == bindparam("account"))
    )


NUMBER_FACTS = number_facts()
"""All of an account's number, for a statement that reads more about it at the same moment."""
_LICENCE = (
    select(
        LicenceRow.id,
        LicenceRow.number_id,
        LicenceRow.usable_until,
        (LicenceRow.usable_until < TODAY).label("over"),
    )
    .outerjoin(BillingRow, BillingRow.account_id == LicenceRow.account_id)
    .where(LicenceRow.id == bindparam("licence"), LicenceRow.account_id == bindparam("account"))
)
_LOCK_LICENCE = _LICENCE.with_for_update(of=LicenceRow, key_share=True)


def read(row: Any) -> NumberFacts:
    """The facts in a row of `NUMBER_FACTS`."""
    return NumberFacts(
        msisdn=row.msisdn,
        line_type=row.line_type,
        state=row.state,
        agent_id=row.agent_id,
        agent_deactivated=bool(row.agent_deactivated),
        phone_known=bool(row.phone_known),
        sim_id=row.sim_id,
        sim_state=row.sim_state,
        open_order=row.open_order,
        recoverable=row.recoverable is not False,
        msisdn_in_use=row.msisdn_in_use,
    )


async def number(connection: AsyncConnection, account_id: int, number_id: int, kept: timedelta) -> Any:
    """A row of `NUMBER_FACTS`, or None if the account has no such number."""
    known = {"number": number_id, "account": account_id, "kept": kept}
    return (await connection.execute(NUMBER_FACTS, known)).one_or_none()


async def licence(
    connection: AsyncConnection,
    account_id: int,
    licence_id: int,
    *,
    lock: bool = False,
    of_number: int | None = None,
) -> LicenceFacts | None:
    """The facts about a licence of the account, locked until the end of the transaction if asked for; the
    number must be locked before (`store.locks`). None if there is no such licence. `of_number`: the number
    that may use it already.
    """
    statement = _LOCK_LICENCE if lock else _LICENCE
    row = (await connection.execute(statement, {"licence": licence_id, "account": account_id})).one_or_none()
    if row is None:
        return None
    used = None if row.number_id in (None, of_number) else f"N-{row.number_id}"
    return LicenceFacts(number=used, over=bool(row.over), usable_until=row.usable_until)
