"""No header field can be broken, whatever was typed or imported: what is put in is what a reader sees."""

import asyncio
import email
import email.policy
import re
from dataclasses import replace
from datetime import timedelta
from email.header import decode_header, make_header
from email.message import EmailMessage
from typing import Any, cast

import pytest
from aiosmtpd.smtp import SMTP as ReferenceServer  # noqa: N811 - a server of another make
from hypothesis import given, settings
from hypothesis import strategies as st

from mail.errors import MailInvalid
from mail.headers import LONGEST_LINE, address_field, text_field, token_field
from mail.message import Mail, Sender, enveloped
from mail.smtp import SmtpMailer
from models.characters import CONTROL
from models.people.addresses import can_be_written_to, parse_email

ENCODED = [
    "=?utf-8?q?Hi=0D=0ABcc:_x@y.example?=",
    "=?utf-8?b?SGkNCkJjYzogeEB5LmV4YW1wbGU=?=",
    f"=?utf-8?q?{'a' * 90}=0D=0A=0D=0AAnother_body?=",
    "Code =?utf-8?q?=0D=0A?= please",
    "=?utf-7?q?+AA0ACg-?=",
    "=?x?",
]
PIECES = [
    *ENCODED,
    *("=?", "?=", "=?utf-8?q?", "=?utf-8*en?b?DQo=?=", "a", "word", " ", "  ", ",", ";", ":", "<", ">", "@"),
    *("(", ")", "[", "]", "\\", '"', "'", ".", "=", "_", "?", "Bcc: x@y.example", "x" * 90, "y" * 1100),
    *("é" * 200, "漢字", "🙂", "👩‍👩‍👧", "\u202e", "\u200f", "שלום", "العربية", "\u00a0", "\u3000", "\ufeff"),
    *("\u00ad", "\u0301", "\u0130", "\U0001f1eb\U0001f1f7", "\U000e0041"),
]
BREAKING = [
    "\r",
    "\n",
    "\r\n",
    "\t",
    "\0",
    "\x0b",
    "\x0c",
    "\x1c",
    "\x7f",
    "\x85",
    "\u2028",
    "\u2029",
    "\ud800",
]
pieces = st.lists(st.sampled_from(PIECES) | st.text(max_size=30), max_size=8).map("".join)
values = pieces.filter(lambda written: not CONTROL.search(written))
broken = st.builds(lambda a, b, c: a + b + c, pieces, st.sampled_from(BREAKING), pieces)
recipients = st.sampled_from(
    [
        "a@client.example",
        "zoé@client.example",
        "漢字@société.example",
        f"{'l' * 64}@{'d' * 60}.example",
        "a@b-c.test",
    ]
)


def mail_to(to: str, subject: str, **more: Any) -> Mail:
    text, html = "The text.\n", "<p>The text.</p>\n"
    return Mail(to=to, subject=subject, text=text, html=html, message_id="<order-1@esim.example>", **more)


def read(content: bytes) -> EmailMessage:
    """The message as a reader has it; UTF-8 by its characters, as Python reads no such address in bytes."""
    if content.isascii():
        return email.message_from_bytes(content, policy=email.policy.default)
    return email.message_from_string(content.decode(), policy=email.policy.default)


def name_in(field: str) -> str:
    """The name before an address, by Python's older reader: the newer one, before 3.13.1, leaves the blanks
    between encoded words in it."""
    owner = re.sub(r"\r\n(?= )", "", field).rpartition("<")[0].strip()
    return str(make_header(decode_header(owner)))


def assert_sound(content: bytes, *, utf8: bool) -> None:
    """The bytes of the head are fields: no line break but folds, no long line, no line of blanks only."""
    head, _, body = content.partition(b"\r\n\r\n")
    for line in head.split(b"\r\n"):
        assert not re.search(rb"[\r\n\x00]", line)
        assert line.strip(), "a line of blanks ends the head for some servers"
        assert len(line) <= min(LONGEST_LINE, ReferenceServer.line_length_limit - 2)
        assert line.startswith(b" ") or re.match(rb"[A-Za-z-]+: ", line)
    assert utf8 or content.isascii()
    assert body.startswith(b"--=_")


def assert_arrives(mail: Mail, sender: Sender) -> None:
    """Everything that was put in is what the receiver reads, and nothing else."""
    envelope = enveloped(mail, sender)
    assert_sound(envelope.content, utf8=envelope.needs_smtputf8)
    arrived = read(envelope.content)
    optional = ["Reply-To"] * (mail.reply_to is not None) + ["Cc"] * (arrived["Cc"] is not None)
    known = ["From", "To", "Subject", "Message-ID", "Date", "Auto-Submitted", *optional]
    assert arrived.keys() == [*known, "MIME-Version", "Content-Type"]
    assert arrived["Subject"] == mail.subject
    assert arrived["Message-ID"] == mail.message_id
    [who] = arrived["From"].addresses
    assert who.addr_spec == sender.address
    assert "".join(who.display_name.split()) == "".join(sender.name.split())
    if "=?" in (raw := envelope.content.split(b"\r\nTo: ")[0].removeprefix(b"From: ").decode()):
        assert name_in(raw) == " ".join(sender.name.split())
    else:
        assert who.display_name == " ".join(sender.name.split())
    assert [to.addr_spec for to in arrived["To"].addresses] == [envelope.recipient]
    if arrived["Cc"] is not None:
        shown = [to.addr_spec for to in arrived["Cc"].addresses]
        assert len(shown) <= len(mail.cc)
        assert all(map(can_be_written_to, shown))
    text = arrived.get_body(("plain",))
    assert cast("Any", text).get_content().strip() == mail.text.strip()


@pytest.mark.covers("S1")
@pytest.mark.parametrize("typed", ENCODED)
def test_an_encoded_word_that_was_typed_travels_as_the_text_it_is(typed: str) -> None:
    content = enveloped(
        mail_to("a@client.example", typed), Sender("orders@esim.example", typed, "esim.example")
    )
    assert read(content.content)["Subject"] == typed
    assert_arrives(mail_to("a@client.example", typed), Sender("orders@esim.example", typed, "esim.example"))


@pytest.mark.covers("S1")
@given(values, values, recipients, st.lists(recipients, max_size=3).map(tuple), st.booleans())
def test_whatever_is_in_a_mail_its_receiver_reads(
    subject: str, name: str, to: str, cc: tuple[str, ...], answers: bool
) -> None:
    mail = mail_to(to, subject, cc=cc, reply_to="desk@account.example" if answers else None)
    assert_arrives(mail, Sender("orders@esim.example", name, "esim.example"))


@pytest.mark.night
@pytest.mark.timeout(3600)
@pytest.mark.covers("S1")
@settings(max_examples=30_000)
@given(values, values, recipients, st.lists(recipients, max_size=20).map(tuple))
def test_whatever_is_in_many_mails_their_receivers_read(
    subject: str, name: str, to: str, cc: tuple[str, ...]
) -> None:
    assert_arrives(mail_to(to, subject, cc=cc), Sender("orders@esim.example", name, "esim.example"))


@pytest.mark.covers("S1")
@given(broken, st.booleans())
def test_what_would_break_a_field_is_refused_by_every_kind_of_field(written: str, utf8: bool) -> None:
    with pytest.raises(MailInvalid):
        text_field("Subject", written, utf8=utf8)
    with pytest.raises(MailInvalid):
        address_field("From", [(written, "a@b.example")], utf8=utf8)
    with pytest.raises(MailInvalid):
        address_field("To", [("", written)], utf8=utf8)
    with pytest.raises(MailInvalid):
        token_field("Message-ID", written)


@pytest.mark.covers("S1")
@given(pieces, st.booleans())
def test_any_address_is_refused_or_read_as_it_is(written: str, utf8: bool) -> None:
    try:
        field = address_field("To", [("", f"{written}@b.example")], utf8=utf8)
    except MailInvalid:
        return
    assert_sound(field + b"\r\n--=_", utf8=utf8)


domains = st.sampled_from(["b.example", "société.example", "a-b.c.example", "例え.example", "b_c.example"])
addresses = st.emails() | st.builds("{}@{}".format, pieces | st.text(min_size=1, max_size=40), domains)


@pytest.mark.covers("S1", "S2")
@given(addresses)
def test_every_address_that_an_entry_takes_can_be_written_to(written: str) -> None:
    try:
        stored = parse_email(written)
    except ValueError:
        return
    assert parse_email(stored) == stored
    assert_arrives(
        mail_to(stored, "Code", cc=(stored,)), Sender("orders@esim.example", "eSIM", "esim.example")
    )


@pytest.mark.covers("S1")
@pytest.mark.parametrize(
    "field",
    [
        lambda: token_field("Message-ID", "x" * LONGEST_LINE),
        lambda: token_field("Message-ID", "é"),
        lambda: address_field("To", [("", "é@b.example")], utf8=False),
        lambda: address_field("To", [("", "=?utf-8?q?a?=@b.example")], utf8=False),
        lambda: address_field("To", [("", f"{'a' * LONGEST_LINE}@b.example")], utf8=False),
    ],
)
def test_what_has_no_right_form_as_a_field_is_refused(field: Any) -> None:
    with pytest.raises(MailInvalid):
        field()


@pytest.mark.covers("S1", "R15")
@pytest.mark.parametrize(
    "name",
    [
        "Équipe, eSIM",
        'The "orders", of all; (eSIM)',
        "Orders, eSIM and everything that belongs to it, of the company with the name of 90 letters, Ltd.",
        "É" * 120,
        "x" * 120,
        "A name, with =?utf-8?q?=0D=0A?= in it",
    ],
)
def test_a_name_with_commas_quotes_or_many_characters_stays_one_address(name: str) -> None:
    assert_arrives(mail_to("a@client.example", "Code"), Sender("orders@esim.example", name, "esim.example"))


@pytest.mark.covers("S1")
def test_a_subject_travels_as_it_is_where_the_server_takes_utf8() -> None:
    sender = Sender("orders@esim.example", "eSIM", "esim.example")
    content = enveloped(mail_to("zoé@client.example", "Équipe"), sender).content
    assert "Subject: Équipe\r\n".encode() in content
    assert "Équipe".encode() not in enveloped(mail_to("zoe@client.example", "Équipe"), sender).content


class Inbox:
    """What another make of server took."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, list[str], bytes]] = []

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - as named there
        self.taken.append((envelope.mail_from, envelope.rcpt_tos, envelope.content))
        return "250 2.0.0 taken"


@pytest.mark.covers("S1")
async def test_another_make_of_server_takes_every_mail_as_it_was_sent() -> None:
    inbox = Inbox()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: ReferenceServer(inbox, hostname="localhost", enable_SMTPUTF8=True, loop=loop), "127.0.0.1", 0
    )
    async with server:
        url = f"smtp://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        sender = "Équipe, =?utf-8?q?=0D=0A?= eSIM <orders@esim.example>"
        sent = [mail_to(to, typed) for typed in PIECES for to in ("a@client.example", "zoé@client.example")]
        async with SmtpMailer(url, sender, timeout=timedelta(seconds=30)) as mailer:
            for mail in sent:
                await mailer.send(mail)
    for mail, (mail_from, rcpt_tos, content) in zip(sent, inbox.taken, strict=True):
        assert (mail_from, rcpt_tos) == ("orders@esim.example", [mail.to])
        arrived = read(content)
        assert arrived["Subject"] == mail.subject
        assert arrived["Bcc"] is None
        assert arrived["From"].addresses[0].addr_spec == "orders@esim.example"


@pytest.mark.covers("S1")
@pytest.mark.parametrize("whose", ["to", "cc", "reply_to"])
def test_an_address_that_reads_as_another_one_is_refused(whose: str) -> None:
    odd = "=?utf-8?q?a=0D=0A?=@b.example"
    changes: dict[str, Any] = {whose: (odd,) if whose == "cc" else odd}
    with pytest.raises(MailInvalid) as refused:
        replace(mail_to("a@client.example", "Code"), **changes)
    assert "b.example" not in str(refused.value)
