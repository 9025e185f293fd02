"""A mail is checked when it is made, and travels unchanged."""

import email
import email.policy
from dataclasses import replace
from email.message import EmailMessage
from typing import Any, cast

import pytest
from aiosmtpd.smtp import SMTP as ReferenceServer  # noqa: N811 - a server of another make
from hypothesis import given
from hypothesis import strategies as st

from mail.errors import MailError, MailInvalid, MailRejected
from mail.message import Mail, Picture, Sender, enveloped, message_id, reply_address
from models.characters import CONTROL

SENDER = Sender.parse("eSIM orders <orders@esim.example>")
LINE_BREAKS = ["\r", "\n", "\r\n", "\x0b", "\x0c", "\x1c", "\x1d", "\x1e", "\x85", "\u2028", "\u2029", "\x00"]


def a_mail(**fields: str | None) -> Mail:
    plain: dict[str, str | None] = {
        "to": "camille.roy@client.example",
        "subject": "Order order-1: eSIM requested",
        "text": "Hello",
        "html": "<p>Hello</p>",
        "message_id": "<order-1@esim.example>",
        "reply_to": None,
    }
    return Mail(**cast("dict[str, Any]", plain | fields))


def read(content: bytes) -> EmailMessage:
    return email.message_from_bytes(content, policy=email.policy.default)


def part(message: EmailMessage, kind: str) -> str:
    found = message.get_body((kind,))
    assert isinstance(found, EmailMessage)
    return cast("str", found.get_content())


def test_the_message_says_what_its_readers_programs_need() -> None:
    message = read(enveloped(a_mail(reply_to="desk@account.example"), SENDER).content)
    assert message["From"] == "eSIM orders <orders@esim.example>"
    assert message["To"] == "camille.roy@client.example"
    assert message["Reply-To"] == "desk@account.example"
    assert message["Message-ID"] == "<order-1@esim.example>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Date"].datetime.tzinfo is not None
    assert message.get_content_type() == "multipart/alternative"
    assert [sub.get_content_type() for sub in message.iter_parts()] == ["text/plain", "text/html"]


@pytest.mark.covers("L9")
def test_a_picture_comes_with_the_html_that_shows_it() -> None:
    png = bytes(range(256)) * 5
    mail = replace(a_mail(), picture=Picture("qr-code.order-1@esim.example", png))
    content = enveloped(mail, SENDER).content
    message = read(content)
    assert [sub.get_content_type() for sub in message.walk()] == [
        "multipart/alternative",
        "text/plain",
        "multipart/related",
        "text/html",
        "image/png",
    ]
    related = [sub for sub in message.walk() if sub.get_content_type() == "multipart/related"]
    assert [sub.get_param("type") for sub in related] == ["text/html"]
    (drawn,) = [sub for sub in message.walk() if sub.get_content_type() == "image/png"]
    assert isinstance(drawn, EmailMessage)
    assert drawn["Content-ID"] == "<qr-code.order-1@esim.example>"
    assert drawn.get_content_disposition() == "inline"
    assert drawn.get_content() == png
    assert (part(message, "plain").strip(), part(message, "html").strip()) == ("Hello", "<p>Hello</p>")
    assert max(map(len, content.split(b"\r\n"))) <= 78
    assert content.count(b"\n") == content.count(b"\r\n"), "every line ends as SMTP needs it"
    assert str(png[:9]) not in repr(mail)


@pytest.mark.parametrize("wrong", ["", "a b@c", "a@b>\r\nX: y", "a"])
def test_the_id_of_a_picture_is_checked(wrong: str) -> None:
    with pytest.raises(MailInvalid):
        replace(a_mail(), picture=Picture(wrong, b""))


@pytest.mark.parametrize("line_break", LINE_BREAKS)
@pytest.mark.parametrize("field", ["to", "subject", "message_id", "reply_to"])
def test_a_line_break_in_a_header_is_refused(field: str, line_break: str) -> None:
    with pytest.raises(MailInvalid) as refused:
        a_mail(**{field: f"eve@client.example{line_break}Bcc: all@client.example"})
    assert "client.example" not in str(refused.value)


@pytest.mark.parametrize("line_break", LINE_BREAKS)
def test_a_line_break_in_the_sender_is_refused(line_break: str) -> None:
    with pytest.raises(MailInvalid):
        Sender.parse(f"eSIM{line_break}Bcc: all@client.example <orders@esim.example>")


@pytest.mark.parametrize(
    "address",
    [
        "",
        "camille",
        "@client.example",
        "a@b@client.example",
        "Camille <camille@client.example>",
        "a@client.example, b@client.example",
        "a b@client.example",
        '"a b"@client.example',
        "a@[127.0.0.1]",
        "a@client.example> SIZE=1",
    ],
)
def test_what_is_not_one_address_is_refused_without_quoting_it(address: str) -> None:
    with pytest.raises(MailInvalid) as refused:
        a_mail(to=address)
    assert "client" not in str(refused.value)
    assert refused.value.__cause__ is None


@pytest.mark.parametrize(
    "address", ["a@client.example", "a@mail.test", "a@test", "a@intranet", "o'neil+x@société.example"]
)
def test_addresses_of_trials_and_intranets_are_taken(address: str) -> None:
    assert enveloped(a_mail(to=address), SENDER).recipient.isascii()


def test_an_invalid_mail_is_handled_like_a_rejected_one() -> None:
    assert issubclass(MailInvalid, MailRejected)
    assert issubclass(MailInvalid, MailError)


def test_a_reply_address_needs_an_ascii_mailbox() -> None:
    with pytest.raises(MailInvalid):
        a_mail(reply_to="zoé@account.example")
    assert reply_address("zoé@account.example") is None
    assert reply_address("zoe@société.example") == "zoe@xn--socit-esab.example"
    assert reply_address("eve@client.example\nBcc: all@client.example") is None
    assert reply_address(None) is None


@pytest.mark.covers("F29")
def test_the_reader_sees_who_else_was_told_and_the_server_does_not() -> None:
    cc = ("boss@client.example", "it@société.example", *(f"reader{n}@client.example" for n in range(20)))
    envelope = enveloped(replace(a_mail(), cc=cc), SENDER)
    assert envelope.recipient == "camille.roy@client.example"
    shown = [address.addr_spec for address in read(envelope.content)["Cc"].addresses]
    assert shown == ["boss@client.example", "it@xn--socit-esab.example", *cc[2:]]
    assert max(map(len, envelope.content.split(b"\r\n"))) <= ReferenceServer.line_length_limit - 2
    assert read(enveloped(a_mail(), SENDER).content)["Cc"] is None


def test_somebody_elses_address_does_not_keep_the_mail_from_its_reader() -> None:
    mail = replace(a_mail(), cc=("zoé@client.example", "boss@client.example"))
    envelope = enveloped(mail, SENDER)
    assert not envelope.needs_smtputf8
    assert read(envelope.content)["Cc"] == "boss@client.example"
    assert (
        "Cc: zoé@client.example, boss".encode() in enveloped(replace(mail, to="é@a.example"), SENDER).content
    )


@pytest.mark.covers("F56")
@pytest.mark.parametrize("line_break", LINE_BREAKS)
def test_a_line_break_in_cc_is_refused(line_break: str) -> None:
    with pytest.raises(MailInvalid) as refused:
        replace(a_mail(), cc=("boss@client.example", f"eve@client.example{line_break}X: y"))
    assert "client.example" not in str(refused.value)


@pytest.mark.parametrize("content", ["nul \x00", "half \ud800"])
@pytest.mark.parametrize("field", ["text", "html"])
def test_content_that_cannot_travel_is_refused(field: str, content: str) -> None:
    with pytest.raises(MailInvalid):
        a_mail(**{field: content})


@pytest.mark.parametrize("name", ["eSIM orders", "Équipe, eSIM", '"Équipe, eSIM"', "eSIM (orders); all"])
def test_the_sender_may_have_any_name(name: str) -> None:
    message = read(enveloped(a_mail(), Sender.parse(f"{name} <orders@esim.example>")).content)
    [address] = message["From"].addresses
    assert address.addr_spec == "orders@esim.example"
    assert address.display_name == name.strip('"')


def test_an_account_may_have_a_name_of_its_own_as_the_sender() -> None:
    mail = a_mail(sender_name='Zoé, "Acme" <x>')
    [address] = read(enveloped(mail, SENDER).content)["From"].addresses
    assert (address.display_name, address.addr_spec) == ('Zoé, "Acme" <x>', SENDER.address)
    with pytest.raises(MailInvalid):
        a_mail(sender_name="Acme\r\nBcc: x@y.example")


def test_the_sender_without_a_name() -> None:
    sender = Sender.parse("orders@esim.example")
    assert sender.domain == "esim.example"
    assert read(enveloped(a_mail(), sender).content)["From"] == "orders@esim.example"


@pytest.mark.parametrize("written", ["", "nobody", "zoé@esim.example"])
def test_a_sender_that_no_server_takes_is_refused(written: str) -> None:
    with pytest.raises(MailInvalid):
        Sender.parse(written)


words = st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), max_size=120)
lines = st.lists(words, max_size=8).map(lambda written: "\n".join(written) + "\n")


@given(subject=words, text=lines, html=lines)
def test_every_mail_arrives_as_written(subject: str, text: str, html: str) -> None:
    content = enveloped(a_mail(subject=subject, text=text, html=html), SENDER).content
    arrived = read(content)
    assert set(arrived.keys()) >= {"From", "To", "Subject", "Message-ID"}
    assert len(arrived.keys()) == 8
    assert " ".join(arrived["Subject"].split()) == " ".join(subject.split())
    assert part(arrived, "plain").splitlines() == text.splitlines()
    assert part(arrived, "html").splitlines() == html.splitlines()


@given(subject=words, text=lines, html=lines)
def test_every_mail_is_plain_ascii_with_short_lines(subject: str, text: str, html: str) -> None:
    content = enveloped(a_mail(subject=subject, text=text, html=html), SENDER).content
    assert content.isascii()
    assert max(map(len, content.split(b"\r\n"))) <= ReferenceServer.line_length_limit - 2
    assert b"\n" not in content.replace(b"\r\n", b"")
    assert b"\r" not in content.replace(b"\r\n", b"")


@given(st.text(max_size=200))
def test_a_header_is_either_refused_or_on_one_line(subject: str) -> None:
    if CONTROL.search(subject):
        with pytest.raises(MailInvalid):
            a_mail(subject=subject)
    else:
        assert len(a_mail(subject=subject).subject.splitlines()) <= 1


def test_the_same_reference_has_the_same_message_id() -> None:
    assert message_id("order-7f3a.processed.2", "esim.example") == "<order-7f3a.processed.2@esim.example>"


@given(st.text(st.characters(exclude_categories=["Cs"])), st.text(st.characters(exclude_categories=["Cs"])))
def test_every_reference_has_a_valid_message_id_of_its_own(one: str, other: str) -> None:
    identifier = message_id(one, "esim.example")
    assert identifier == message_id(one, "esim.example")
    assert (identifier == message_id(other, "esim.example")) == (one == other)
    arrived = read(enveloped(a_mail(message_id=identifier), SENDER).content)
    assert arrived["Message-ID"] == identifier
