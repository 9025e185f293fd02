"""Which eSIMs are withdrawn in a few days as no phone has installed them: their subscribers are notified once
(T40). Only of a code that was revealed: without it no subscriber could install the eSIM.
"""

from datetime import timedelta

from sqlalchemy import Interval, bindparam, exists, select
from sqlalchemy.ext.asyncio import AsyncConnection

from models.fleet.inventory import IN_PLACE
from models.travel.profiles import Notice
from models.travel.reports import INSTALL_SOON
from store.fleet.tables import SimRow
from store.locks import lock_subject
from store.row import now
from store.travel import due, notices
from store.travel.line_tables import EsimLineRow, TravelNoticeRow
from store.travel.not_installed import NOT_INSTALLED
from store.travel.tables import TravelStockRow

_within = bindparam("within", type_=Interval)
_ENDS = EsimLineRow.esim_since + _within
_SOON = (
    *NOT_INSTALLED,
    now() < _ENDS,
    now() >= _ENDS - INSTALL_SOON,
    exists().where(
        SimRow.holder == EsimLineRow.subject,
        SimRow.state.in_(IN_PLACE),
        TravelStockRow.sim_id == SimRow.id,
        TravelStockRow.revealed_at.is_not(None),
    ),
    ~exists().where(
        TravelNoticeRow.esim_line_id == EsimLineRow.id,
        TravelNoticeRow.notice == Notice.INSTALL_SOON,
        TravelNoticeRow.due_since >= EsimLineRow.esim_since,
    ),
)
_FIND = (
    select(EsimLineRow.id, EsimLineRow.account_id)
    .where(*_SOON)
    .order_by(EsimLineRow.esim_since, EsimLineRow.id)
    .limit(bindparam("at_most"))
)
_STILL = select(_ENDS).where(EsimLineRow.id == bindparam("line"), *_SOON)


async def find(connection: AsyncConnection, within: timedelta, at_most: int) -> list[tuple[int, int]]:
    """Lines whose eSIM is withdrawn soon, and their accounts; the first to be withdrawn first."""
    rows = await connection.execute(_FIND, {"within": within, "at_most": at_most})
    return [(row.id, row.account_id) for row in rows]


async def notify(connection: AsyncConnection, line_id: int, account_id: int, within: timedelta) -> None:
    """Record the notice of such a line, with the time until which the eSIM can be installed."""
    await lock_subject(connection, account_id, f"esim_line:{line_id}")
    ends_at = await connection.scalar(_STILL, {"line": line_id, "within": within})
    if ends_at is None:
        return
    await notices.record(
        connection, account_id, Notice.INSTALL_SOON, esim_line_id=line_id, install_by=ends_at
    )
    await due.renew(connection, line_id, news=True)
