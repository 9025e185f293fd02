"""Why an e-mail was not sent, by what the caller does next.

    MailError               has `code`, the SMTP reply code of the mail server, if there was a reply
    ├── MailUnavailable     nothing was delivered: retry (server unavailable, most 4xx)
    │   └── ConnectionLost  the connection ended before any content: an idle one is replaced at once
    ├── MailAmbiguous       it may have been delivered (connection lost, timeout or 421 after the content):
    │                       retry once at most, with the same Message-ID, then a person decides
    ├── MailRefusedUs       nothing was delivered, and an operator has to fix our side (credentials, TLS,
    │                       sender, host name, relaying, limits of the mailbox): hold and alert
    └── MailRejected        this e-mail will never be accepted (5xx for recipient or content): do not retry
        └── MailInvalid     it cannot be composed: refused before any connection (line break in a header,
                            invalid address)

The messages are stored in workflow histories, so they are redacted: no address, subject, password or text of
the mail server (which often repeats the address), only what happened and SMTP codes. Which answer means what
is the table in `mail.verdicts`.
"""


class MailError(Exception):
    """An e-mail that was not, or perhaps not, delivered. `code` is the SMTP reply code, None without one."""

    recipients: tuple[str, ...] = ()
    """The recipients without their e-mail, such as `contact:7`, if several were sent at once."""

    def __init__(self, sentence: str, code: int | None = None) -> None:
        super().__init__(sentence)
        self.code = code


class MailUnavailable(MailError):
    """Nothing was delivered; the same e-mail may be retried at any time."""


class ConnectionLost(MailUnavailable):
    """The connection was lost before any content was sent. An idle one is replaced by a new one at once."""


class MailAmbiguous(MailError):
    """The content was sent but the reply was lost: whether it was delivered is unknown."""


class MailRefusedUs(MailError):
    """The mail server refuses this application: every e-mail fails until an operator fixes the settings."""


class MailRejected(MailError):
    """The mail server refuses this e-mail permanently; a retry would only damage the sender's reputation."""


class MailInvalid(MailRejected):
    """The e-mail cannot be composed; no mail server was contacted, so nothing was sent."""
