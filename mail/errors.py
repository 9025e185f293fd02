"""Why a mail did not go out, sorted by what the caller does next.

    MailError               has `code`, the answer of the mail server, where there was one
    ├── MailUnavailable     nothing was delivered: try again (server away, any 4xx)
    ├── MailAmbiguous       it may have been delivered (dropped, hung or 421 once the content was under
    │                       way): once more at most, with the same Message-ID, then a person decides
    ├── MailRefusedUs       nothing was delivered and it is the operator's to mend, not the order's
    │                       fault (credentials, TLS, sender address): hold and alert
    └── MailRejected        this mail will never be accepted (5xx for its recipient or content): never again
        └── MailInvalid     it cannot be composed: refused by ourselves before any connection (line break
                            in a header, bad address)

The texts end up in workflow histories, so none holds an address, a subject, a password or the words of
the mail server (servers love to repeat the address): only what happened, and SMTP codes.
"""


class MailError(Exception):
    """A mail that was not, or perhaps not, delivered. `code` is the SMTP answer, None without one."""

    recipients: tuple[str, ...] = ()
    """References such as `contact:7` of all who do not have their mail, where several were sent at once."""

    def __init__(self, sentence: str, code: int | None = None) -> None:
        super().__init__(sentence)
        self.code = code


class MailUnavailable(MailError):
    """Nothing was delivered; the same mail may be tried again at any time."""


class MailAmbiguous(MailError):
    """The content was on its way when the answer was lost: delivered or not, nobody can tell."""


class MailRefusedUs(MailError):
    """The mail server does not want us: every mail will fail until an operator mends the settings."""


class MailRejected(MailError):
    """The mail server will never take this mail; trying again only costs reputation."""


class MailInvalid(MailRejected):
    """The mail cannot be composed; no mail server was asked, so nothing was sent."""
