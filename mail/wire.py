"""The bytes of a message: its text and its HTML as alternatives (RFC 5322, RFC 2046), in short ASCII lines.

Python's `email` parses every header it is given, most of them several times over, which costs more than all
else that is done for a mail together. So the plain case is written here, and only a header field that needs
encoding or folding is left to `email`.
"""

import hashlib
from binascii import b2a_qp
from collections.abc import Iterable
from email.headerregistry import Address
from email.policy import SMTP, SMTPUTF8
from functools import lru_cache

_ASCII_POLICY = SMTP.clone(cte_type="7bit")
_UTF8_POLICY = SMTPUTF8.clone(cte_type="7bit")
_LONGEST_LINE = 78
_PART = (
    b"--%(boundary)s\r\n"
    b'Content-Type: text/%(kind)s; charset="utf-8"\r\n'
    b"Content-Transfer-Encoding: quoted-printable\r\n\r\n"
    b"%(content)s\r\n"
)
"""The last line break belongs to the boundary that follows, the one before to the content."""


def message_bytes(fields: Iterable[tuple[str, str]], text: str, html: str, *, utf8: bool) -> bytes:
    """A whole message. Header fields hold no line break; `utf8` lets them travel unencoded (SMTPUTF8)."""
    texts, htmls = _quoted_printable(text), _quoted_printable(html)
    boundary = _boundary(texts, htmls)
    head = [_field(name, value, utf8=utf8) for name, value in fields]
    head.append(b"MIME-Version: 1.0\r\n")
    head.append(b'Content-Type: multipart/alternative; boundary="%s"\r\n\r\n' % boundary)
    parts = [
        _PART % {b"boundary": boundary, b"kind": kind, b"content": content}
        for kind, content in ((b"plain", texts), (b"html", htmls))
    ]
    return b"".join([*head, *parts, b"--%s--\r\n" % boundary])


@lru_cache(maxsize=16)
def named_address(name: str, address: str) -> str:
    """The sender as it is written in a header field."""
    return str(Address(name, addr_spec=address))


def _field(name: str, value: str, *, utf8: bool) -> bytes:
    if value.isascii() and "=?" not in value and len(name) + 2 + len(value) <= _LONGEST_LINE:
        return f"{name}: {value}\r\n".encode("ascii")
    return _encoded_field(name, value, utf8)


@lru_cache(maxsize=64)
def _encoded_field(name: str, value: str, utf8: bool) -> bytes:
    policy = _UTF8_POLICY if utf8 else _ASCII_POLICY
    return policy.fold_binary(name, policy.header_factory(name, value))


def _quoted_printable(text: str) -> bytes:
    lines = text.encode().splitlines()
    return b2a_qp(b"\r\n".join([*lines, b""]), istext=True)


def _boundary(*contents: bytes) -> bytes:
    """Two signs that quoted-printable content never has one after the other, and a digest (RFC 2045 6.7)."""
    digest = hashlib.blake2b(digest_size=16)
    for content in contents:
        digest.update(content)
    return b"=_" + digest.hexdigest().encode()
