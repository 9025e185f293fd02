"""Encode a message: text and HTML as alternatives (RFC 5322, RFC 2046), in short ASCII lines.

Python's `email` parses every header several times, which costs more than everything else done for an e-mail;
and it decodes encoded words within a value. So the message is written here, and its header fields in
`mail.headers`.
"""

import hashlib
from binascii import b2a_qp
from collections.abc import Iterable

_PART = (
    b"--%(boundary)s\r\n"
    b'Content-Type: text/%(kind)s; charset="utf-8"\r\n'
    b"Content-Transfer-Encoding: quoted-printable\r\n\r\n"
    b"%(content)s\r\n"
)
"""The last line break belongs to the next boundary, the one before it to the content."""


def message_bytes(fields: Iterable[bytes], text: str, html: str) -> bytes:
    """The whole message. The fields come from `mail.headers`, each with its line break."""
    texts, htmls = _quoted_printable(text), _quoted_printable(html)
    boundary = _boundary(texts, htmls)
    head = [*fields, b"MIME-Version: 1.0\r\n"]
    head.append(b'Content-Type: multipart/alternative; boundary="%s"\r\n\r\n' % boundary)
    parts = [
        _PART % {b"boundary": boundary, b"kind": kind, b"content": content}
        for kind, content in ((b"plain", texts), (b"html", htmls))
    ]
    return b"".join([*head, *parts, b"--%s--\r\n" % boundary])


def _quoted_printable(text: str) -> bytes:
    lines = text.encode().splitlines()
    return b2a_qp(b"\r\n".join([*lines, b""]), istext=True)


def _boundary(*contents: bytes) -> bytes:
    """`=_`, a sequence that quoted-printable content never has, and a digest (RFC 2045 6.7)."""
    digest = hashlib.blake2b(digest_size=16)
    for content in contents:
        digest.update(content)
    return b"=_" + digest.hexdigest().encode()
