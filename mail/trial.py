"""Whether the mail server takes us, tried without a mail."""

from datetime import timedelta

from mail.conversation import Conversation, MailServer
from mail.message import Sender


async def try_out(url: str, sender: str, timeout: timedelta) -> bool:
    """Connect, greet, go over to TLS when offered and sign in, then take leave; whether there was a login.

    Raises a `MailError` as sending would, and ValueError where a setting is malformed.
    """
    Sender.parse(sender)
    server = MailServer.parse(url, timeout=timeout, tls_context=None)
    conversation = await Conversation.open(server)
    await conversation.quit()
    return server.username is not None
