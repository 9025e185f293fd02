"""Read the log of e-mails: to whom, about what, how far each is (P11).

    mails = await MailLogDesk(database).mails(adam, to="contact@telvia.example", state="failed")

It needs the database only. No text, link or code of an e-mail is part of it.
"""

from models.identifiers import storable
from models.operations.mail_log import MailState, MailView
from models.paging import Page, Position, Wanted
from models.people.callers import Caller, Permission
from store import lookups
from store.operations import mail_log
from store.operations.mail_log import MailFilter
from store.session import Database


class MailLogDesk:
    """Reads the log of e-mails of the caller's accounts."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def mails(
        self,
        caller: Caller,
        account: str | None = None,
        *,
        to: str | None = None,
        about: str | None = None,
        state: MailState | None = None,
        limit: int | None = None,
        after: Position | None = None,
    ) -> Page[MailView]:
        """List e-mails, those first whose state changed last. `to`: an address; `about`: the id of an order,
        or of the request, notification or other work that they are about.
        """
        async with self._database.reading() as connection:
            scope = await lookups.narrowed(connection, caller.scope, account)
            caller.require(Permission.VIEW_AUDIT)
            chosen = MailFilter(_known(to), _known(about), state)
            return await mail_log.mails(connection, scope, chosen, Wanted(limit, after))


def _known(text: str | None) -> str | None:
    """A text that is compared as it is. One that cannot be stored is that of no e-mail."""
    return None if text is None else text.strip() if storable(text) else ""
