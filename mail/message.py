"""One e-mail to one recipient, and its bytes for SMTP.

One recipient per message: a server that refuses one of two recipients reports success for the whole, and
the refused one would go unnoticed. A line break in a header field would allow header injection (further
headers or recipients) by a name or subject, so it is refused here first.
"""

import hashlib
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime

from email_validator import ValidatedEmail

from mail.errors import MailInvalid
from mail.headers import address_field, text_field, token_field
from mail.wire import message_bytes
from models.characters import CONTROL
from models.people.addresses import read_address

MESSAGE_ID = re.compile(r"<[A-Za-z0-9.!#$%&'*+/^_`{|}~-]{1,120}@[A-Za-z0-9.-]{1,120}>")
NAMED_ADDRESS = re.compile(r'\s*"?(.*?)"?\s*<([^<>]*)>\s*')
READABLE_REFERENCE = re.compile(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*")


def _refuse_line_breaks(written: str, what: str) -> None:
    if CONTROL.search(written):
        raise MailInvalid(f"{what} holds a line break or control character.")


def _address(written: str, whose: str) -> ValidatedEmail:
    """Validate an address, test and internal domains included: the mail server decides about delivery."""
    _refuse_line_breaks(written, whose)
    try:
        return read_address(written, anywhere=True)
    except ValueError:
        raise MailInvalid(f"{whose} is not a valid e-mail address.") from None


@dataclass(frozen=True)
class Picture:
    """A picture that the HTML of an e-mail shows as `cid:` and its id (RFC 2392)."""

    id: str
    png: bytes = field(repr=False)


@dataclass(frozen=True)
class Mail:
    """An e-mail to one recipient. The constructor validates it and raises `MailInvalid`, quoting no value.

    `message_id` is chosen by the caller (see the function of that name) and never changes, so that the
    recipient's mail server and program deduplicate an e-mail that had to be sent again.
    """

    to: str = field(repr=False)
    subject: str = field(repr=False)
    text: str = field(repr=False)
    html: str = field(repr=False)
    message_id: str
    reply_to: str | None = field(default=None, repr=False)
    cc: tuple[str, ...] = field(default=(), repr=False)
    """The recipients of copies, who receive e-mails of their own: shown in Cc, not in the SMTP envelope."""
    picture: Picture | None = None
    sender_name: str | None = None
    """The name before the sender's address; None: that of the setting."""

    def __post_init__(self) -> None:
        _address(self.to, "The recipient's address")
        for address in self.cc:
            _address(address, "An address in Cc")
        if self.reply_to is not None and _address(self.reply_to, "The reply address").ascii_email is None:
            raise MailInvalid("The reply address needs an ASCII mailbox.")
        _refuse_line_breaks(self.subject, "The subject")
        _refuse_line_breaks(self.sender_name or "", "The sender's name")
        if not MESSAGE_ID.fullmatch(self.message_id):
            raise MailInvalid("The Message-ID is malformed.")
        if self.picture and not MESSAGE_ID.fullmatch(f"<{self.picture.id}>"):
            raise MailInvalid("The id of the picture is malformed.")
        for part in (self.text, self.html):
            if "\x00" in part or not _encodable(part):
                raise MailInvalid("The content holds a character that cannot travel.")


def _encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


@dataclass(frozen=True)
class Sender:
    """The sender of all e-mails, parsed from a setting such as `eSIM orders <orders@esim.example>`."""

    address: str
    name: str
    domain: str

    @classmethod
    def parse(cls, written: str) -> "Sender":
        """Parse the setting. It needs an ASCII mailbox, so that every mail server accepts it."""
        _refuse_line_breaks(written, "The sender's address")
        named = NAMED_ADDRESS.fullmatch(written)
        name, address = named.groups() if named else ("", written.strip())
        read = _address(address, "The sender's address")
        if read.ascii_email is None or read.ascii_domain is None:
            raise MailInvalid("The sender's address needs an ASCII mailbox.")
        return cls(address=read.ascii_email, name=name, domain=read.ascii_domain)


@dataclass(frozen=True)
class Envelope:
    """The SMTP envelope and content. `content` has CRLF line ends; dots are not yet stuffed."""

    sender: str
    recipient: str
    content: bytes
    needs_smtputf8: bool


def reply_address(address: str | None) -> str | None:
    """The address if every mail program can reply to it (ASCII), else None."""
    try:
        return address and _address(address, "The reply address").ascii_email
    except MailInvalid:
        return None


def _travelling(address: str) -> str:
    """The form of a valid address that most servers accept: ASCII if a punycode domain allows it."""
    read = _address(address, "The address")
    return read.ascii_email or read.normalized


def enveloped(mail: Mail, sender: Sender) -> Envelope:
    """Compose the message, dated now, with its SMTP envelope.

    `Auto-Submitted` prevents out-of-office replies (RFC 3834). A non-ASCII address in Cc is left out of the
    header unless SMTPUTF8 is needed anyway, so that a server without it can still deliver to the recipient.
    """
    recipient = _travelling(mail.to)
    needs_smtputf8 = not recipient.isascii()
    try:
        picture = (mail.picture.id, mail.picture.png) if mail.picture else None
        head = _head(mail, sender, recipient, needs_smtputf8)
        content = message_bytes(head, mail.text, mail.html, picture)
    except MailInvalid:
        raise
    except Exception as cause:
        raise MailInvalid("The mail cannot be composed.") from cause
    return Envelope(sender.address, recipient, content, needs_smtputf8)


def _head(mail: Mail, sender: Sender, recipient: str, utf8: bool) -> list[bytes]:
    fields = [
        address_field("From", [(mail.sender_name or sender.name, sender.address)], utf8=utf8),
        address_field("To", [("", recipient)], utf8=utf8),
        text_field("Subject", mail.subject, utf8=utf8),
        token_field("Message-ID", mail.message_id),
        token_field("Date", format_datetime(datetime.now(UTC))),
        token_field("Auto-Submitted", "auto-generated"),
    ]
    if mail.reply_to is not None:
        fields.append(address_field("Reply-To", [("", _travelling(mail.reply_to))], utf8=utf8))
    shown = [address for address in map(_travelling, mail.cc) if address.isascii() or utf8]
    if shown:
        fields.append(address_field("Cc", [("", address) for address in shown], utf8=utf8))
    return fields


def message_id(reference: str, domain: str) -> str:
    """The Message-ID of the e-mail with this reference: deterministic, for deduplication.

    A short, plain reference stays readable, so that it can be searched for in a mail server's log; any other
    is replaced by its digest.
    """
    legible = len(reference) <= 64 and READABLE_REFERENCE.fullmatch(reference)
    left = reference if legible else "sha256." + hashlib.sha256(reference.encode()).hexdigest()[:40]
    return f"<{left}@{domain}>"
