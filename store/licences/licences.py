"""Licences: found, listed and counted (L32)."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    CompoundSelect,
    Select,
    String,
    Subquery,
    case,
    cast,
    column,
    func,
    null,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.ext.asyncio import AsyncConnection

from models.errors import NotFound
from models.identifiers import parse_reference
from models.licences.add_ons import AddOn
from models.licences.licence_views import AddOnCount, LicenceStatus, LicenceView
from models.paging import WHOLE, Page, Wanted
from models.people.callers import OfAccount, Scope
from store.licences.billing_tables import BillingRow
from store.licences.facts import TODAY, add_on_today
from store.licences.tables import LicenceRow, NumberRow
from store.paging import Keys, built_once, by_account
from store.people.tables import AccountRow
from store.row import constants
from store.scopes import shaped, within

_STATUS: ColumnElement[str] = case(
    (LicenceRow.usable_until < TODAY, LicenceStatus.OVER.value),
    (LicenceRow.number_id.is_not(None), LicenceStatus.IN_USE.value),
    (LicenceRow.usable_until.is_(None), LicenceStatus.FREE.value),
    else_=LicenceStatus.GIVEN_BACK.value,
)
"""The status of a licence today, as a column of a statement with `BillingRow` outer joined."""
_NOT_OVER = _STATUS.not_in([LicenceStatus.OVER.value])
_ALIKE = (
    LicenceRow.account_id,
    LicenceRow.add_on,
    LicenceRow.next_add_on,
    LicenceRow.next_from,
    LicenceRow.usable_until,
)
"""Licences that have the same status today, but for whether they are used: few of many."""
_PLANNED = LicenceRow.next_from > TODAY
_LICENCES: Select[Any] = (
    select(
        LicenceRow.id,
        LicenceRow.account_id,
        AccountRow.name.label("account"),
        add_on_today.label("add_on"),
        _STATUS.label("status"),
        LicenceRow.number_id,
        NumberRow.msisdn.label("number"),
        LicenceRow.usable_until,
        case((_PLANNED, LicenceRow.next_add_on)).label("next_add_on"),
        case((_PLANNED, LicenceRow.next_from)).label("next_from"),
    )
    .join(AccountRow, AccountRow.id == LicenceRow.account_id)
    .outerjoin(BillingRow, BillingRow.account_id == LicenceRow.account_id)
    .outerjoin(NumberRow, NumberRow.id == LicenceRow.number_id)
)


async def licences(
    connection: AsyncConnection,
    scope: Scope,
    *,
    add_on: AddOn | None = None,
    status: LicenceStatus | None = None,
    wanted: Wanted = WHOLE,
) -> Page[LicenceView]:
    """The licences of the scope, by account and id; those that are over only where that status is asked."""
    chosen = [within(scope, LicenceRow.account_id)]
    if status is LicenceStatus.FREE:
        chosen.append(LicenceRow.usable_until.is_(None))  # that is all of it, and PostgreSQL knows how many
    else:
        chosen.append(_STATUS.in_([status.value]) if status else _NOT_OVER)
    # what follows from the status, for the indexes
    if status in {LicenceStatus.OVER, LicenceStatus.GIVEN_BACK}:
        chosen.append(LicenceRow.usable_until.is_not(None))
    if status in {LicenceStatus.FREE, LicenceStatus.GIVEN_BACK}:
        chosen.append(LicenceRow.number_id.is_(None))
    keys = by_account(scope, LicenceRow.id)
    if add_on is not None and isinstance(scope, OfAccount):
        chosen.append(LicenceRow.id.in_(_of_add_on(add_on, chosen, keys, wanted)))
    elif add_on is not None:
        chosen.append(add_on_today == add_on.value)
    return (await keys.page(connection, _LICENCES.where(*chosen), wanted)).of(_view)


def _of_add_on(
    add_on: AddOn, chosen: Sequence[ColumnElement[bool]], keys: Keys, wanted: Wanted
) -> CompoundSelect[int]:
    """The wanted licences that are this add-on today: of those that stay what they are, in the sequence of an
    index, and of the few that are changed to another one.
    """
    mine = select(LicenceRow.id).outerjoin(BillingRow, BillingRow.account_id == LicenceRow.account_id)
    mine = mine.where(*chosen).correlate(None)
    stay = mine.where(LicenceRow.next_add_on.is_(None), LicenceRow.add_on == add_on.value)
    changed = mine.where(LicenceRow.next_add_on.is_not(None), add_on_today == add_on.value)
    return union_all(*(keys.of(some, wanted) for some in (stay, changed)))


async def counts(connection: AsyncConnection, scope: Scope) -> list[AddOnCount]:
    """How many licences of each add-on the accounts of the scope have, by account; those that are over are
    not counted, and add-ons of which there are none are left out.
    """
    shape, known = shaped(scope)
    return [AddOnCount(**row._mapping) for row in await connection.execute(_counts(shape), known)]


@built_once
def _counts(scope: Scope) -> Select[Any]:
    of = _alike().c
    add_on = case((of.next_from <= TODAY, of.next_add_on), else_=of.add_on).label("add_on")
    kept = of.usable_until.is_(None)
    return (
        select(
            AccountRow.name.label("account"),
            add_on,
            _sum(of.used + of.unused).label("bought"),
            _sum(of.used).label(LicenceStatus.IN_USE.value),
            _sum(case((kept, of.unused), else_=0)).label(LicenceStatus.FREE.value),
            _sum(case((kept, 0), else_=of.unused)).label(LicenceStatus.GIVEN_BACK.value),
        )
        .join(AccountRow, AccountRow.id == of.account_id)
        .outerjoin(BillingRow, BillingRow.account_id == of.account_id)
        .where(within(scope, of.account_id), or_(kept, of.usable_until >= TODAY))
        .group_by(AccountRow.name, add_on)
        .having(func.sum(of.used + of.unused) > 0)
        .order_by(AccountRow.name, add_on)
    )


def _alike() -> Subquery:
    """The licences by account and by what they are: how many are used, and how many are not. Those that stay
    what they are, nearly all, are counted add-on by add-on: in half the time that it takes to group them.
    """
    of = LicenceRow
    of_all: Any = func.unnest(array(constants(AddOn)))  # VALUES would be compiled anew each time
    add_ons = of_all.table_valued(column("add_on", String)).render_derived(name="add_ons")
    account, add_on = AccountRow.id, add_ons.c.add_on
    stays = (of.next_add_on.is_(None), of.next_from.is_(None), of.usable_until.is_(None))
    some = select(func.count()).where(of.account_id == account, of.add_on == add_on, *stays)
    used, free = (
        some.where(which).correlate(AccountRow, add_ons).scalar_subquery()
        for which in (of.number_id.is_not(None), of.number_id.is_(None))
    )
    nothing = [null().label(name) for name in ("next_add_on", "next_from", "usable_until")]
    stay = select(account.label("account_id"), add_on, *nothing, used.label("used"), free.label("unused"))
    stay = stay.select_from(AccountRow).join(add_ons, true())
    has_number = func.count(of.number_id)
    number = (has_number.label("used"), (func.count() - has_number).label("unused"))
    change = select(*_ALIKE, *number).where(of.next_add_on.is_not(None)).group_by(*_ALIKE)
    end = select(*_ALIKE, *number).where(of.next_add_on.is_(None), of.usable_until.is_not(None))
    return union_all(change, end.group_by(*_ALIKE), stay).subquery("alike")


def _sum(column: ColumnElement[int]) -> ColumnElement[int]:
    return cast(func.sum(column), BigInteger)


async def find(connection: AsyncConnection, scope: Scope, text: str) -> tuple[LicenceView, int]:
    """The licence with this id (`LI-3`, `3`), and the id of its account. Raises `NotFound`
    (`unknown_licence`).
    """
    number = parse_reference("LI", text)
    wanted = _LICENCES.where(LicenceRow.id == number, within(scope, LicenceRow.account_id))
    row = None if number is None else (await connection.execute(wanted)).one_or_none()
    if row is None:
        raise NotFound.because("unknown_licence")
    return _view(row), row.account_id


async def of_ids(
    connection: AsyncConnection, account_id: int, licence_ids: Sequence[int]
) -> list[LicenceView]:
    """The licences of an account with these ids."""
    wanted = _LICENCES.where(LicenceRow.account_id == account_id, LicenceRow.id.in_(licence_ids))
    return [_view(row) for row in await connection.execute(wanted.order_by(LicenceRow.id))]


def _view(row: Any) -> LicenceView:
    return LicenceView(**row._mapping)
