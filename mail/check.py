"""Check the connection and login to the mail server without sending an e-mail."""

from datetime import timedelta

from mail.conversation import Conversation, MailServer
from mail.message import Sender


async def try_out(url: str, sender: str, timeout: timedelta) -> bool:
    """Connect, STARTTLS if offered, authenticate and quit. Returns whether there was a login.

    Raises a `MailError` as sending would, and ValueError for a malformed setting.
    """
    Sender.parse(sender)
    server = MailServer.parse(url, timeout=timeout, tls_context=None)
    conversation = await Conversation.open(server)
    await conversation.quit()
    return server.username is not None
