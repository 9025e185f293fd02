"""The steps of the workflow of an eSIM line in the database."""

from store.session import Database
from store.travel import line_steps, notices
from workflows.travel.messages import AdvanceLine, DropNotice, LineAdvanced
from workflows.travel.steps import LineLifeSteps


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
            await notices.done(connection, notice.notice_id, dropped=notice.dropped)
