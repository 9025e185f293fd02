"""The e-mails about travel eSIMs besides those of orders."""

from functools import partial

from outbox.sender import Outbox
from outbox.travel import notices
from store.session import Database
from store.travel import notice_facts
from store.travel import notices as stored
from workflows.travel.messages import SendNotice
from workflows.travel.steps import TravelMailSteps


class TravelMails(TravelMailSteps):
    """Sends notices to subscribers and staff."""

    def __init__(self, database: Database, outbox: Outbox) -> None:
        self._database = database
        self._outbox = outbox

    async def send_notice(self, notice: SendNotice) -> None:
        """Send the notice, unless it is not needed any more. Raises `NoSubscriberAddress`, `NoStaff` and what
        `Outbox` raises.
        """
        async with self._database.reading() as connection:
            found = await notice_facts.read(connection, notice.notice_id)
        if found is not None:
            wanted = partial(notice_facts.is_wanted, notice_id=notice.notice_id)
            await self._outbox.send(found.about, notices.outgoing(found), notice.retries, wanted)
        async with self._database.transaction() as connection:
            await stored.done(connection, notice.notice_id)
