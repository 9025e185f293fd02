"""What the e-mail of a notice says, and to whom it goes, as it is now."""

from dataclasses import dataclass

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from models.travel.profiles import Notice
from store.mail_subjects import AboutWork
from store.travel.line_tables import TravelNoticeRow

_FACTS = select(TravelNoticeRow.account_id, TravelNoticeRow.notice, TravelNoticeRow.esim_line_id).where(
    TravelNoticeRow.id == bindparam("of_notice"), TravelNoticeRow.done_at.is_(None)
)
# FOR SHARE: it is not done by another attempt meanwhile
_WANTED = (
    select(TravelNoticeRow.id)
    .where(TravelNoticeRow.id == bindparam("of_notice"), TravelNoticeRow.done_at.is_(None))
    .with_for_update(read=True)
)


@dataclass(frozen=True)
class NoticeFacts:
    """What a notice says."""

    about: AboutWork
    notice: Notice


async def read(connection: AsyncConnection, notice_id: str) -> NoticeFacts | None:
    """The facts of a notice; None if it was sent or is not needed any more."""
    row = (await connection.execute(_FACTS, {"of_notice": notice_id})).one_or_none()
    if row is None:
        return None
    return NoticeFacts(AboutWork(notice_id, row.account_id, (notice_id,)), Notice(row.notice))


async def is_wanted(connection: AsyncConnection, notice_id: str) -> bool:
    """Whether the notice is to be sent still; that stays so until the end of the transaction."""
    return await connection.scalar(_WANTED, {"of_notice": notice_id}) is not None
