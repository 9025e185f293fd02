"""Lists held work, page by page: what waits for a person, the longest waiting first."""

from typing import Any

from sqlalchemy import ColumnElement, Select, String, cast, func, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import aliased

from models.operations.jobs import OF_TRAVEL
from models.operations.views import MOST_HELD, HeldView
from models.orders.lifecycle import HoldReason
from models.paging import Page, Wanted
from models.people.callers import Scope
from store.codes.tables import QrNotificationRow, QrRequestRow
from store.fleet.tables import LineRow
from store.licences.tables import NumberChangeRow, NumberRow
from store.operations import holds
from store.operations.hold_subjects import KINDS, kind_of
from store.operations.job_tables import JobRow
from store.operations.tables import HoldRow
from store.orders.tables import OrderRow
from store.paging import Keys, built_once, most
from store.people.sign_in_tables import UserMailRow
from store.people.tables import AccountRow
from store.scopes import shaped, travel_esim, travel_order, within

_one = aliased(HoldRow)
_other = aliased(HoldRow)
_FIRST = ~(
    select(_other.step)
    .where(
        _other.workflow_id == _one.workflow_id,
        tuple_(_other.since, _other.step) < tuple_(_one.since, _one.step),
    )
    .exists()
)
"""The oldest hold of a workflow stands for the workflow."""


def _about(row: Any, letter: str, number: Any) -> Any:
    """The record that the work is about, where the work is a row of this table."""
    mine = (row.id == _one.workflow_id, row.account_id == _one.account_id)
    return select(func.concat(f"{letter}-", cast(number, String))).where(*mine).scalar_subquery()


def _number_of_order() -> Any:
    """The phone number that an order is about."""
    mine = (OrderRow.id == _one.workflow_id, OrderRow.account_id == _one.account_id)
    return func.coalesce(
        *(
            select(row.msisdn).join(OrderRow, OrderRow.subject == row.subject).where(*mine).scalar_subquery()
            for row in (LineRow, NumberRow)
        )
    )


_HELD = (
    select(
        _one.workflow_id,
        AccountRow.name.label("account"),
        holds.of(_one.workflow_id).label("holds"),
        func.coalesce(
            _about(QrRequestRow, "S", QrRequestRow.sim_id),
            _about(QrNotificationRow, "S", QrNotificationRow.sim_id),
            _about(UserMailRow, "U", UserMailRow.user_id),
            _about(NumberChangeRow, "N", NumberChangeRow.number_id),
        ).label("about"),
        _number_of_order().label("number"),
    )
    .join(AccountRow, AccountRow.id == _one.account_id)
    .where(_FIRST)
)


async def held(
    connection: AsyncConnection,
    scope: Scope,
    wanted: Wanted,
    *,
    reason: HoldReason | None = None,
    kind: str | None = None,
) -> Page[HeldView]:
    """What is held in the scope; `kind`: a name of `store.operations.hold_subjects.KINDS`."""
    mine = _HELD.where(_mine(scope))
    if reason is not None:
        of_reason = (_other.workflow_id == _one.workflow_id, _other.reason == reason.value)
        mine = mine.where(select(_other.step).where(*of_reason).exists())
    if kind is not None:
        prefixes = [prefix for prefix, known in KINDS.items() if known.name == kind]
        mine = mine.where(or_(*map(_one.workflow_id.startswith, prefixes)))
    page = await Keys(_one.since, _one.workflow_id).page(connection, mine, wanted)
    return page.of(
        lambda row: HeldView(
            id=row.workflow_id,
            kind=getattr(kind_of(row.workflow_id), "name", ""),
            account=row.account,
            holds=holds.read(row.holds)["holds"],
            about=row.about,
            number=row.number,
        )
    )


async def how_many(connection: AsyncConnection, scope: Scope) -> int:
    """How many wait for a person in the scope; `MOST_HELD` + 1 stands for more."""
    shape, known = shaped(scope)
    return int(await connection.scalar(_counted(shape), known) or 0)


@built_once
def _counted(scope: Scope) -> Select[int]:
    mine = select(_one.workflow_id).where(_mine(scope), _FIRST)
    return select(func.count()).select_from(mine.limit(most(MOST_HELD + 1)).subquery())


def _mine(scope: Scope) -> ColumnElement[bool]:
    return within(scope, _one.account_id, travel=of_travel(_one.workflow_id))


def of_travel(name: Any) -> ColumnElement[bool]:
    """Whether the work with this workflow id is about travel eSIMs, as a condition."""
    return or_(
        name.startswith("travel-"),
        select(OrderRow.id).where(OrderRow.id == name, travel_order(OrderRow.kind)).exists(),
        *(
            select(row.id).where(row.id == name, travel_esim(row.sim_id)).exists()
            for row in (QrRequestRow, QrNotificationRow)
        ),
        select(JobRow.id).where(JobRow.workflow_id == name, JobRow.kind.in_(OF_TRAVEL)).exists(),
    )
