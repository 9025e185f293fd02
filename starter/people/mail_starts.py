"""With what the workflow of an e-mail to a user is started, also once more."""

from sqlalchemy.ext.asyncio import AsyncConnection

from settings import Settings
from store.people import user_mails
from store.people.user_mails import Unfinished
from workflows.people.messages import SendUserMail


async def mail_start(
    connection: AsyncConnection, mail_id: str, settings: Settings, retries: int
) -> SendUserMail | None:
    """The start of the workflow with this id; None if the e-mail is done."""
    found = await user_mails.unfinished(connection, mail_id)
    return None if found is None else start_of(found, settings, retries)


def start_of(mail: Unfinished, settings: Settings, retries: int = 0) -> SendUserMail:
    """The start of the workflow of this e-mail."""
    return SendUserMail(
        mail_id=mail.id,
        account_id=mail.account_id,
        user_id=mail.user_id,
        purpose=mail.purpose,
        given_up_after=settings.notification_given_up_after,
        retries=retries,
    )
