"""Reads the messages in the mailbox's folder: recipients, subject, text, attachments.

Messages are parsed as text that is UTF-8 where it can be: SMTPUTF8 mails carry raw UTF-8 in their headers,
which Python's parser would turn into question marks.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage, MIMEPart
from email.parser import BytesParser, Parser
from pathlib import Path

from sandbox.errors import SandboxError

FILE_NAME = re.compile(r"(\d{8,})\.eml")
MOST_HEADER_BYTES = 64 * 1024


@dataclass(frozen=True)
class MailSummary:
    """A message as the list shows it."""

    number: int
    date: datetime
    """When it arrived (UTC)."""
    sender: str
    to: str
    """The recipients of the SMTP envelope, which may differ from the headers."""
    subject: str


@dataclass(frozen=True)
class Attachment:
    """A part of a mail that is neither its text nor its HTML, such as a QR code shown within the HTML."""

    name: str
    content_type: str
    content_id: str
    """The `cid:` by which the HTML names it, without angle brackets; empty for none."""
    content: bytes


@dataclass(frozen=True)
class Mail:
    """One parsed message."""

    summary: MailSummary
    headers: tuple[tuple[str, str], ...]
    text: str
    html: str
    attachments: tuple[Attachment, ...]
    path: Path


def file_name(number: int) -> str:
    """Name of a message's file; names sort in the order of arrival."""
    return f"{number:08d}.eml"


def last_number(folder: Path) -> int:
    """Number of the newest message, 0 for an empty or missing folder."""
    return max((number for number, _ in _files(folder)), default=0)


def list_mails(folder: Path, last: int | None = None) -> list[MailSummary]:
    """List the messages, oldest first; with `last`, only that many of the newest."""
    files = sorted(_files(folder))
    if last is not None:
        files = files[len(files) - min(last, len(files)) :]
    return [_summary(number, path, _read_headers(path)) for number, path in files]


def read_mail(folder: Path, number: int) -> Mail:
    """Parse one message."""
    path = dict(_files(folder)).get(number)  # a path made from any number may be too long
    if path is None:
        raise SandboxError(f"There is no mail number {number}.")
    headers = _read_headers(path)
    message = BytesParser(policy=policy.default).parsebytes(path.read_bytes())
    text, html = message.get_body(("plain",)), message.get_body(("html",))
    shown = [part for part in (text, html) if part is not None]
    return Mail(
        summary=_summary(number, path, headers),
        headers=tuple((name, str(value)) for name, value in headers.items()),
        text=_content(text),
        html=_content(html),
        attachments=tuple(_attachment(part) for part in _leaves(message) if part not in shown),
        path=path,
    )


def _files(folder: Path) -> Iterator[tuple[int, Path]]:
    if not folder.is_dir():
        return
    for path in folder.iterdir():
        if match := FILE_NAME.fullmatch(path.name):
            yield int(match[1]), path


def _read_headers(path: Path) -> EmailMessage:
    with path.open("rb") as file:
        head = file.read(MOST_HEADER_BYTES)
    head = re.split(rb"\r?\n\r?\n", head, maxsplit=1)[0]
    parser = Parser(policy=policy.default)
    message = parser.parsestr(head.decode(errors="replace"), headersonly=True)
    assert isinstance(message, EmailMessage)  # noqa: S101 - the policy says so
    return message


def _summary(number: int, path: Path, headers: EmailMessage) -> MailSummary:
    return MailSummary(
        number=number,
        date=datetime.fromtimestamp(path.stat().st_mtime, UTC),
        sender=str(headers.get("From") or headers.get("Return-Path", "")),
        to=", ".join(str(recipient) for recipient in headers.get_all("Delivered-To", [])),
        subject=str(headers.get("Subject", "")),
    )


def _leaves(message: EmailMessage) -> Iterator[MIMEPart]:
    return (part for part in message.walk() if not part.is_multipart())


def _content(part: MIMEPart | None) -> str:
    if part is None:
        return ""
    try:
        return str(part.get_content())
    except LookupError:  # an unknown charset
        payload = part.get_payload(decode=True)
        return payload.decode(errors="replace") if isinstance(payload, bytes) else str(payload)


def _attachment(part: MIMEPart) -> Attachment:
    payload = part.get_payload(decode=True)
    return Attachment(
        name=part.get_filename() or "",
        content_type=part.get_content_type(),
        content_id=str(part.get("Content-ID", "")).strip().strip("<>"),
        content=payload if isinstance(payload, bytes) else b"",
    )
