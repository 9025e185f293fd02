"""Wake the workflow of an eSIM line, or start it: something of its plans is due earlier than it knows."""

from settings import Settings
from store.session import Database
from store.travel import due
from store.travel.due import Wake
from store.travel.lookups import EsimLineKey
from temporal.calls import Calls
from temporal.connection import answered
from temporal.travel.lines import wake
from workflows.travel.messages import LiveLine


class LineWaking:
    """Wakes workflows of eSIM lines. Safe for concurrent use."""

    def __init__(self, calls: Calls, database: Database, settings: Settings) -> None:
        self._calls = calls
        self._database = database
        self._settings = settings

    async def wake(self, line: EsimLineKey, wake_for: Wake) -> None:
        """Have the workflow look what is due now, and record that it was woken for this. Raises
        `Unavailable`: the sweep does it then.
        """
        start = LiveLine(
            esim_line_id=line.id,
            account_id=line.account_id,
            given_up_after=self._settings.notification_given_up_after,
        )
        with answered():
            await wake(self._calls.client, self._settings.task_queue, start)
        async with self._database.transaction() as connection:
            await due.woken(connection, line.id, wake_for)
