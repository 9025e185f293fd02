"""The steps of the workflow of an eSIM line, and the e-mails of its notices."""

from sqlalchemy.ext.asyncio import AsyncConnection

from outbox.sender import Outbox
from outbox.travel import notices as emails
from store.session import Database
from store.travel import line_steps, notice_facts, notices
from workflows.travel.messages import AdvanceLine, DropNotice, LineAdvanced, SendNotice
from workflows.travel.steps import LineLifeSteps, NoticeSteps


class LineLife(LineLifeSteps):
    """Records what is due of eSIM lines in PostgreSQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def advance_line(self, line: AdvanceLine) -> LineAdvanced:
        """Record the plans that have expired by the database's clock; answer with what is left."""
        async with self._database.transaction() as connection:
            left = await line_steps.advance(connection, line.account_id, line.esim_line_id)
        return LineAdvanced(due_in=left.due_in, notices=left.notices)

    async def drop_notice(self, notice: DropNotice) -> None:
        """The notice is not sent any more."""
        async with self._database.transaction() as connection:
            await notices.done(connection, notice.notice_id)


class TravelNotices(NoticeSteps):
    """Sends the notices about travel eSIMs."""

    def __init__(self, database: Database, outbox: Outbox) -> None:
        self._database = database
        self._outbox = outbox

    async def send_notice(self, notice: SendNotice) -> None:
        """Send the notice once, unless it is not needed any more. Raises what `notice_facts.read` and
        `Outbox` raise.
        """
        async with self._database.reading() as connection:
            facts = await notice_facts.read(connection, notice.notice_id)

        async def wanted(claiming: AsyncConnection) -> bool:
            return await notices.is_due(claiming, notice.notice_id)

        if facts is not None:
            await self._outbox.send(facts.about, emails.outgoing(facts), notice.retries, wanted)
        async with self._database.transaction() as connection:
            await notices.done(connection, notice.notice_id)
