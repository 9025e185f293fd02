"""Mail servers as people have them: what Microsoft 365, Gmail, Postfix, Exim and a greylisting server answer,
from their documentation, and the servers themselves, which say so over TCP.
"""

import asyncio
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from models.orders.lifecycle import HoldReason
from tests.mail.misbehaving import Answer, MisbehavingServer, Session

OURS = HoldReason.MAIL_CONFIGURATION
THEIRS = HoldReason.MAIL_REJECTED
LATER = HoldReason.MAIL_UNAVAILABLE
UNKNOWN = HoldReason.MAIL_UNCERTAIN
TO = "<camille.roy@client.example>"
FROM = "<orders@esim.example>"


@dataclass(frozen=True)
class Told:
    """An answer at a moment of the dialogue, and what it means for the e-mail."""

    moment: str
    answer: str
    means: HoldReason


@dataclass(frozen=True)
class Make:
    """A make of server: how it introduces itself, and its answers."""

    greeting: str
    offers: tuple[str, ...]
    answers: tuple[Told, ...]


MICROSOFT = Make(
    "220 PR0P264CA0123.outlook.office365.com Microsoft ESMTP MAIL Service ready",
    ("250-SIZE 157286400", "250-PIPELINING", "250-DSN", "250-ENHANCEDSTATUSCODES", "250-CHUNKING"),
    (
        Told("EHLO", "501 5.5.4 Invalid domain name [PR0P264CA0123.FRAP264.PROD.OUTLOOK.COM]", OURS),
        Told(
            "MAIL",
            "530 5.7.57 Client not authenticated to send mail. [PR0P264CA0123.FRAP264.PROD.OUTLOOK.COM]",
            OURS,
        ),
        Told(
            "MAIL",
            "421 4.7.66 TLS 1.0 and 1.1 are not supported. Please upgrade your client to TLS 1.2.",
            OURS,
        ),
        Told(
            "MAIL", "432 4.3.2 Concurrent connections limit exceeded. Visit https://aka.ms/concurrent", LATER
        ),
        Told("MAIL", "550 5.1.8 Access denied, bad outbound sender AS(42004)", OURS),
        Told("RCPT", "550 5.7.54 SMTP; Unable to relay recipient in non-accepted domain", OURS),
        Told(
            "RCPT",
            "550 5.7.64 TenantAttribution; Relay Access Denied [ValidationStatus of cert is empty]",
            OURS,
        ),
        Told("RCPT", f"550 5.4.1 Recipient address rejected: Access denied. {TO}", THEIRS),
        Told(
            "RCPT",
            f"550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient {TO} not found by SMTP address lookup",
            THEIRS,
        ),
        Told(
            "RCPT", "550 5.7.133 RESOLVER.RST.SenderNotAuthenticatedForGroup; authentication required", THEIRS
        ),
        Told(
            "RCPT", "550 5.7.708 Service unavailable. Access denied, traffic not accepted from this IP.", OURS
        ),
        Told("RCPT", "451 4.7.500 Server busy. Please try again later from [192.0.2.7]. (AS77712)", LATER),
        Told("DATA", "432 4.3.2 STOREDRV.ClientSubmit; sender thread limit exceeded", LATER),
        Told(
            "CONTENT",
            f"554 5.2.252 SendAsDenied; r@esim.example not allowed to send as {FROM}; STOREDRV.Submission."
            "Exception:SendAsDeniedException.MapiExceptionSendAsDenied; Failed to process message due to a "
            "permanent exception with message [BeginDiagnosticData]Cannot submit message.",
            OURS,
        ),
        Told("CONTENT", "550 5.7.60 SMTP; Client does not have permissions to send as this sender", OURS),
        Told(
            "CONTENT",
            "554 5.2.0 STOREDRV.Submission.Exception:SubmissionQuotaExceededException; Failed to process",
            OURS,
        ),
        Told("CONTENT", "550 5.2.255 Sender throttled due to continuous invalid recipients errors.", OURS),
        Told("CONTENT", "552 5.3.4 Message size exceeds fixed maximum message size", THEIRS),
        Told("CONTENT", "554 5.2.2 mailbox full; STOREDRV.Deliver.Exception:QuotaExceededException", THEIRS),
        Told(
            "CONTENT",
            "550 5.7.1 TRANSPORT.RULES.RejectMessage; the message was rejected by organization policy",
            THEIRS,
        ),
        Told("CONTENT", "421 4.3.2 The service is not available", UNKNOWN),
    ),
)
GMAIL = Make(
    "220 smtp.gmail.com ESMTP 5b1f17b1804b1-477bf3b4a4dsm - gsmtp",
    ("250-SIZE 35882577", "250-8BITMIME", "250-ENHANCEDSTATUSCODES", "250-PIPELINING", "250-SMTPUTF8"),
    (
        Told("GREETING", "421 4.7.0 Try again later, closing connection. - gsmtp", LATER),
        Told("MAIL", "530 5.7.0 Must issue a STARTTLS command first. - gsmtp", OURS),
        Told(
            "MAIL",
            "530 5.7.0 Authentication Required. For more information, go to support.google.com - gsmtp",
            OURS,
        ),
        Told(
            "MAIL",
            "550 5.7.1 Invalid credentials for relay [192.0.2.7]. The IP address is not registered. - gsmtp",
            OURS,
        ),
        Told(
            "RCPT",
            "550-5.1.1 The email account that you tried to reach does not exist. Please try\r\n"
            "550-5.1.1 double-checking the recipient's email address for typos or\r\n"
            "550 5.1.1 unnecessary spaces. - gsmtp",
            THEIRS,
        ),
        Told("RCPT", "550 5.2.1 The email account that you tried to reach is inactive. - gsmtp", THEIRS),
        Told("RCPT", "452 4.2.2 The recipient's inbox is out of storage space. - gsmtp", LATER),
        Told("RCPT", "552 5.2.2 The recipient's inbox is out of storage space and inactive. - gsmtp", THEIRS),
        Told(
            "RCPT",
            "450 4.2.1 The user you are trying to contact is receiving mail too quickly. - gsmtp",
            LATER,
        ),
        Told("RCPT", "550 5.4.5 Daily user sending limit exceeded. - gsmtp", OURS),
        Told(
            "RCPT",
            "550 5.7.1 The IP you're using to send mail is not authorized to send email directly. - gsmtp",
            OURS,
        ),
        Told(
            "CONTENT",
            "550-5.7.26 Your email has been blocked because the sender is unauthenticated.\r\n"
            "550 5.7.26 Gmail requires all senders to authenticate with either SPF or DKIM. - gsmtp",
            OURS,
        ),
        Told(
            "CONTENT",
            "550 5.7.25 The IP address sending this message does not have a PTR record setup. - gsmtp",
            OURS,
        ),
        Told(
            "CONTENT",
            "552 5.7.0 This message was blocked because its content presents a security issue. - gsmtp",
            THEIRS,
        ),
        Told("CONTENT", "552 5.3.4 Your message exceeded Google's message size limits. - gsmtp", THEIRS),
        Told(
            "CONTENT",
            "451 4.7.24 The SPF record of the sending domain has one or more suspicious entries. - gsmtp",
            LATER,
        ),
    ),
)
POSTFIX = Make(
    "220 relay.client.example ESMTP Postfix (Debian/GNU)",
    (
        "250-PIPELINING",
        "250-SIZE 10240000",
        "250-ETRN",
        "250-ENHANCEDSTATUSCODES",
        "250-8BITMIME",
        "250-SMTPUTF8",
    ),
    (
        Told("GREETING", "554 5.7.1 relay.client.example ESMTP not accepting connections", OURS),
        Told("GREETING", "421 4.7.0 relay.client.example Error: too many connections from 192.0.2.7", LATER),
        Told("MAIL", "530 5.7.0 Must issue a STARTTLS command first", OURS),
        Told("MAIL", "552 5.3.4 Message size exceeds fixed limit", THEIRS),
        Told("MAIL", "452 4.3.1 Insufficient system storage", LATER),
        Told("RCPT", f"554 5.7.1 {TO}: Relay access denied", OURS),
        Told("RCPT", f"454 4.7.1 {TO}: Relay access denied", OURS),
        Told("RCPT", "504 5.5.2 <9f2c1ab77e01>: Helo command rejected: need fully-qualified hostname", OURS),
        Told("RCPT", "450 4.7.1 <worker.lan>: Helo command rejected: Host not found", OURS),
        Told("RCPT", f"550 5.1.8 {FROM}: Sender address rejected: Domain not found", OURS),
        Told("RCPT", f"450 4.1.8 {FROM}: Sender address rejected: Domain not found", OURS),
        Told("RCPT", f"553 5.7.1 {FROM}: Sender address rejected: not owned by user relay", OURS),
        Told("RCPT", f"553 5.7.1 {FROM}: Sender address rejected: not logged in", OURS),
        Told("RCPT", "450 4.7.25 Client host rejected: cannot find your hostname, [192.0.2.7]", OURS),
        Told(
            "RCPT",
            "554 5.7.1 Service unavailable; Client host [192.0.2.7] blocked using zen.spamhaus.org",
            OURS,
        ),
        Told("RCPT", "554 5.7.1 <unknown[192.0.2.7]>: Client host rejected: Access denied", OURS),
        Told(
            "RCPT",
            f"550 5.1.1 {TO}: Recipient address rejected: User unknown in virtual mailbox table",
            THEIRS,
        ),
        Told("RCPT", f"550 5.1.2 {TO}: Recipient address rejected: Domain not found", THEIRS),
        Told("RCPT", f"504 5.5.2 {TO}: Recipient address rejected: need fully-qualified address", THEIRS),
        Told("RCPT", f"554 5.7.1 {TO}: Recipient address rejected: Access denied", THEIRS),
        Told(
            "RCPT",
            f"450 4.2.0 {TO}: Recipient address rejected: Greylisted, see http://postgrey.example",
            LATER,
        ),
        Told("RCPT", f"452 4.2.2 {TO}: Recipient address rejected: mailbox is full", LATER),
        Told("RCPT", f"552 5.2.2 {TO}: Recipient address rejected: mailbox is full", THEIRS),
        Told(
            "DATA", "503 5.5.1 <DATA>: Data command rejected: Improper use of SMTP command pipelining", OURS
        ),
        Told("CONTENT", "550 5.7.1 Spam message rejected", THEIRS),
        Told("CONTENT", "552 5.3.4 Error: message file too big", THEIRS),
        Told("CONTENT", "451 4.3.0 Error: queue file write error", LATER),
        Told("CONTENT", "554 5.6.0 Reject, id=12345-01 - INFECTED: Eicar", THEIRS),
    ),
)
EXIM = Make(
    "220 mx.client.example ESMTP Exim 4.96 Fri, 27 Nov 2026 10:00:00 +0000",
    ("250-SIZE 52428800", "250-8BITMIME", "250-PIPELINING"),
    (
        Told("GREETING", "554 SMTP service not available", OURS),
        Told("GREETING", "421 Too many concurrent SMTP connections; please try again later.", LATER),
        Told("EHLO", "550 Access denied - Invalid HELO name (See RFC2821 4.1.1.1)", OURS),
        Told("EHLO", "501 Syntactically invalid EHLO argument(s)", OURS),
        Told("MAIL", f"501 {FROM}: sender address must contain a domain", OURS),
        Told("MAIL", "550 Administrative prohibition", OURS),
        Told("RCPT", "550 relay not permitted", OURS),
        Told("RCPT", "550 Access denied - Invalid HELO name (See RFC2821 4.1.1.1)", OURS),
        Told(
            "RCPT",
            f"550-Verification failed for {FROM}\r\n550-Unrouteable address\r\n550 Sender verify failed",
            OURS,
        ),
        Told(
            "RCPT",
            "550-Please turn on SMTP Authentication.\r\n550 host is not permitted to relay",
            OURS,
        ),
        Told("RCPT", "550 Unrouteable address", THEIRS),
        Told("RCPT", "550 No Such User Here", THEIRS),
        Told("RCPT", "550 Unknown user", THEIRS),
        Told("RCPT", "451 Temporary local problem - please try later", LATER),
        Told("RCPT", "451 Greylisted, please try again in 180 seconds", LATER),
        Told("DATA", "451 Temporary local problem", LATER),
        Told("CONTENT", "552 Message size exceeds maximum permitted", THEIRS),
        Told("CONTENT", "550 This message scored 12.3 spam points.", THEIRS),
        Told("CONTENT", "452 space shortage, please try later", LATER),
    ),
)
MAKES: Mapping[str, Make] = {"microsoft": MICROSOFT, "gmail": GMAIL, "postfix": POSTFIX, "exim": EXIM}


def playing(make: Make, told: Mapping[str, Answer] | None = None) -> MisbehavingServer:
    """A server of this make that answers as told, and otherwise takes e-mails."""
    said = {"GREETING": make.greeting, **(told or {})}
    if "EHLO" in said:
        said["HELO"] = said["EHLO"]
    return MisbehavingServer(said, extensions=make.offers)


@dataclass
class Greylisting:
    """Refuses the first attempt of each sender and recipient, as postgrey does, and takes the next one."""

    tried: Counter[tuple[str, str]] = field(default_factory=Counter)

    async def answer(self, session: Session) -> str | None:
        """The answer to RCPT."""
        who = (session.sender, session.recipient)
        self.tried[who] += 1
        if self.tried[who] == 1:
            return f"450 4.2.0 {session.recipient[8:]}: Recipient address rejected: Greylisted, see http://postgrey"
        return None

    def server(self) -> MisbehavingServer:
        """The server, a Postfix with a policy service."""
        return playing(POSTFIX, {"RCPT": self.answer})


async def three_at_once(session: Session) -> str | None:
    """Microsoft's answer to MAIL: a fourth connection at once is refused."""
    await asyncio.sleep(0)  # the other connections that are open by now are counted
    if session.server.open > 3:
        return "432 4.3.2 Concurrent connections limit exceeded. Visit https://aka.ms/concurrent_sending"
    return None
