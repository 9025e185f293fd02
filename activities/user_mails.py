"""The e-mails to users about signing in."""

from sqlalchemy.ext.asyncio import AsyncConnection

from models.people.account import closed_refusal
from models.people.views import UserView
from outbox.people.user_mails import TokenLinks, outgoing
from outbox.sender import Outbox
from store.mail_subjects import AboutWork
from store.people import user_mails
from store.session import Database
from workflows.people.messages import SendToUser
from workflows.people.steps import UserMailSteps


class UserMails(UserMailSteps):
    """Sends invitations and links to another password."""

    def __init__(self, database: Database, outbox: Outbox, links: TokenLinks) -> None:
        self._database = database
        self._outbox = outbox
        self._links = links

    async def send_to_user(self, mail: SendToUser) -> None:
        """Send the e-mail, unless it is done, the user may not sign in any more, or the password was changed
        meanwhile. Raises what `Outbox` raises.
        """
        async with self._database.reading() as connection:
            found = await user_mails.unfinished(connection, mail.mail_id)
            user = await user_mails.user_of(connection, found) if found else None
        if found and user and _may_sign_in(user):

            async def wanted(connection: AsyncConnection) -> bool:
                return await user_mails.wanted(connection, found)

            about = AboutWork(found.id, found.account_id, (found.id, user.actor))
            await self._outbox.send(about, [outgoing(found, user, self._links)], mail.retries, wanted)
        async with self._database.transaction() as connection:
            await user_mails.done(connection, mail.mail_id)


def _may_sign_in(user: UserView) -> bool:
    closed = closed_refusal(user.role, closed=user.account_closed_at is not None)
    return user.deactivated_at is None and closed is None
