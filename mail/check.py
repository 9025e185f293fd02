"""Check the connection and login to the mail server without sending an e-mail."""

from datetime import timedelta

from mail.conversation import Conversation
from mail.message import Sender
from mail.server import Introduction, MailServer


async def try_out(
    url: str, sender: str, timeout: timedelta, introduction: Introduction | None = None
) -> bool:
    """Connect, STARTTLS if offered, authenticate and quit. Returns whether there was a login.

    Raises a `MailError` as sending would, and ValueError for a malformed setting.
    """
    Sender.parse(sender)
    server = MailServer.parse(url, timeout=timeout, introduction=introduction)
    conversation = await Conversation.open(server)
    await conversation.quit()
    return server.username is not None
