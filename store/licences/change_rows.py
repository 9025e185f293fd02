"""The rows of changes of numbers, and what their provider is asked to do.

A change that an order makes, such as the stop of a lost phone's eSIM, is recorded by the order's step
(`store.licences.stops`), which leaves the follow-up that starts its workflow.
"""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import DateTime, and_, bindparam, cast, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from models.fleet.inventory import SimState
from models.licences.changes import ChangeResult, NumberChange
from models.licences.numbers import Change, Notice
from models.people.callers import By
from store import events
from store.fleet.tables import SimRow
from store.licences.billing_tables import TIME_ZONE, BillingRow
from store.licences.tables import NumberChangeRow, NumberRow
from store.locks import lock_subject
from store.mail_subjects import AboutWork, Person
from store.orders.emails import contacts_in, order_contacts_of
from store.orders.tables import OrderNoteRow
from store.people.tables import AccountRow, DistributorRow, ProviderRow
from store.row import now

UNFINISHED = or_(
    NumberChangeRow.applied_at.is_(None),
    and_(NumberChangeRow.notice.is_not(None), NumberChangeRow.notified_at.is_(None)),
)
"""A change that is due later, or whose provider is still to be notified."""
_DUE = func.timezone(TIME_ZONE, cast(NumberChangeRow.due_on, DateTime))
_DUE_IN = _DUE - now()
DUE_AT = (
    select(_DUE.label("at"), NumberChangeRow.id)
    .outerjoin(BillingRow, BillingRow.account_id == NumberChangeRow.account_id)
    .where(NumberChangeRow.applied_at.is_(None), NumberChangeRow.due_on.is_not(None))
)
"""When each change is due that is applied later, and its workflow (`store.operations.due_times`)."""
_FIND = (
    select(
        NumberChangeRow.id,
        NumberChangeRow.account_id,
        NumberChangeRow.number_id,
        NumberChangeRow.change,
        NumberChangeRow.agent_id,
        NumberChangeRow.actor,
        NumberChangeRow.origin_id,
        NumberChangeRow.applied_at,
        NumberChangeRow.changed,
        NumberChangeRow.cancelled_order_id,
        NumberChangeRow.sim_id,
        NumberChangeRow.notice,
        NumberChangeRow.notified_at,
        OrderNoteRow.text.label("reason"),
        _DUE_IN.label("due_in"),
        ProviderRow.name.label("provider"),
        DistributorRow.name.label("distributor"),
    )
    .join(NumberRow, NumberRow.id == NumberChangeRow.number_id)
    .outerjoin(OrderNoteRow, OrderNoteRow.id == NumberChangeRow.note_id)
    .outerjoin(SimRow, SimRow.id == NumberChangeRow.sim_id)
    .join(ProviderRow, ProviderRow.id == func.coalesce(SimRow.provider_id, NumberRow.provider_id))
    .join(DistributorRow, DistributorRow.id == func.coalesce(SimRow.distributor_id, NumberRow.distributor_id))
    .outerjoin(BillingRow, BillingRow.account_id == NumberChangeRow.account_id)
    .where(NumberChangeRow.id == bindparam("change_id"))
)
_NOTICE = (
    select(
        NumberChangeRow.account_id,
        NumberChangeRow.number_id,
        NumberChangeRow.notice,
        SimRow.iccid,
        NumberRow.msisdn,
        AccountRow.name.label("account"),
        ProviderRow.name.label("provider"),
        order_contacts_of(SimRow.distributor_id).label("contacts"),
    )
    .join(NumberRow, NumberRow.id == NumberChangeRow.number_id)
    .join(SimRow, SimRow.id == NumberChangeRow.sim_id)
    .join(AccountRow, AccountRow.id == NumberChangeRow.account_id)
    .join(ProviderRow, ProviderRow.id == SimRow.provider_id)
    .where(NumberChangeRow.id == bindparam("change_id"), NumberChangeRow.notified_at.is_(None))
)
_WANTED_IN = {Notice.SUSPEND: SimState.SUSPENDED, Notice.RESUME: SimState.ACTIVE}
_WANTED = select(
    or_(
        NumberChangeRow.notice == Notice.STOP,
        *(
            and_(NumberChangeRow.notice == notice, SimRow.state == state)
            for notice, state in _WANTED_IN.items()
        ),
    )
).where(
    NumberChangeRow.id == bindparam("change_id"),
    NumberChangeRow.notified_at.is_(None),
    SimRow.id == NumberChangeRow.sim_id,
)
_NOTIFIED = (
    update(NumberChangeRow)
    .where(
        NumberChangeRow.id == bindparam("change_id"),
        NumberChangeRow.notice.is_not(None),
        NumberChangeRow.notified_at.is_(None),
    )
    .values(notified_at=now())
    .returning(NumberChangeRow.account_id, NumberChangeRow.number_id, NumberChangeRow.notice)
)


@dataclass(frozen=True)
class Recorded:
    """A change as its row has it."""

    change: NumberChange
    by: By
    """Who asked for it, `system` where an order did."""
    applied: bool
    due_in: timedelta
    """How long until it is applied by the database's clock; zero if it is due."""
    result: ChangeResult
    unfinished: bool
    provider: str
    distributor: str
    reason: str | None
    """Why, as it was typed."""

    def same_as(self, change: NumberChange) -> bool:
        """Whether this is the same change; an idempotency key identifies one change only."""
        mine, other = self.change, change
        return (mine.account_id, mine.number_id, mine.change, mine.agent_id) == (
            *(other.account_id, other.number_id, other.change),
            other.agent_id,
        )


@dataclass(frozen=True)
class NoticeFacts:
    """What the provider is asked to do with an eSIM, and who is asked."""

    about: AboutWork
    notice: Notice
    account: str
    provider: str
    msisdn: str
    iccid: str | None
    contacts: tuple[Person, ...]
    """The order contacts of the eSIM's distributor: the number may have another one by now."""


async def find(connection: AsyncConnection, change_id: str) -> Recorded | None:
    """The change with this id, if it is recorded."""
    row = (await connection.execute(_FIND, {"change_id": change_id})).one_or_none()
    if row is None:
        return None
    change = NumberChange(
        change_id=row.id,
        account_id=row.account_id,
        number_id=row.number_id,
        change=Change(row.change),
        agent_id=row.agent_id,
    )
    result = ChangeResult(
        change_id=row.id,
        number_id=row.number_id,
        change=change.change,
        changed=bool(row.changed),
        cancelled_order=row.cancelled_order_id,
        sim_id=row.sim_id,
        notice=row.notice and Notice(row.notice),
        origin_id=row.origin_id,
    )
    applied = row.applied_at is not None
    return Recorded(
        change=change,
        by=By(row.actor, row.origin_id),
        applied=applied,
        due_in=max(row.due_in or timedelta(), timedelta()),
        result=result,
        unfinished=not applied or (row.notice is not None and row.notified_at is None),
        provider=row.provider,
        distributor=row.distributor,
        reason=row.reason,
    )


async def notice(connection: AsyncConnection, change_id: str) -> NoticeFacts | None:
    """What the provider is to be asked because of this change; None if it was asked already."""
    row = (await connection.execute(_NOTICE, {"change_id": change_id})).one_or_none()
    if row is None:
        return None
    return NoticeFacts(
        about=AboutWork(change_id, row.account_id, (change_id, f"number:{row.number_id}")),
        notice=Notice(row.notice),
        account=row.account,
        provider=row.provider,
        msisdn=row.msisdn,
        iccid=row.iccid,
        contacts=contacts_in(row.contacts),
    )


async def is_wanted(connection: AsyncConnection, about: AboutWork) -> bool:
    """Whether the provider is still to be asked; it stays so until the end of the transaction, which locks
    the number. A suspension that was ended meanwhile is not asked for, nor a resumption of an eSIM that is
    suspended again or stopped: e-mails of two changes may be sent in any sequence.
    """
    await lock_subject(connection, about.account_id, about.references[-1])
    return bool(await connection.scalar(_WANTED, {"change_id": about.id}))


async def notified(connection: AsyncConnection, about: AboutWork, *, sent: bool) -> None:
    """Record that the provider is notified, or that a later change made it unneeded. Idempotent."""
    row = (await connection.execute(_NOTIFIED, {"change_id": about.id})).one_or_none()
    if row is None:
        return
    event = "number.provider_notified" if sent else "number.notice_superseded"
    happened = (event, {"notice": row.notice})
    await events.append(connection, row.account_id, about.references[::-1], "system", happened)
