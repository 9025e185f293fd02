"""Encode a message: text and HTML as alternatives (RFC 5322, RFC 2046), in short ASCII lines; a picture that
the HTML shows comes with it as one related part (RFC 2387).

Python's `email` parses every header several times, which costs more than everything else done for an e-mail;
and it decodes encoded words within a value. So the message is written here, and its header fields in
`mail.headers`.
"""

import hashlib
from base64 import encodebytes
from binascii import b2a_qp
from collections.abc import Iterable, Sequence

_TEXT = (
    b'Content-Type: text/%(kind)s; charset="utf-8"\r\n'
    b"Content-Transfer-Encoding: quoted-printable\r\n\r\n"
    b"%(content)s"
)
_PICTURE = (
    b"Content-Type: image/png\r\n"
    b"Content-Transfer-Encoding: base64\r\n"
    b"Content-ID: <%(id)s>\r\n"
    b"Content-Disposition: inline\r\n\r\n"
    b"%(content)s"
)


def message_bytes(
    fields: Iterable[bytes], text: str, html: str, picture: tuple[str, bytes] | None = None
) -> bytes:
    """The whole message. The fields come from `mail.headers`, each with its line break. `picture`: the id and
    the content of a PNG that the HTML shows.
    """
    plain, shown = (
        _TEXT % {b"kind": kind, b"content": _quoted_printable(content)}
        for kind, content in ((b"plain", text), (b"html", html))
    )
    if picture is not None:
        drawn = _PICTURE % {b"id": picture[0].encode("ascii"), b"content": _base64(picture[1])}
        shown = _multipart(b'related; type="text/html"', [shown, drawn])
    return b"".join([*fields, b"MIME-Version: 1.0\r\n", _multipart(b"alternative", [plain, shown])])


def _multipart(kind: bytes, parts: Sequence[bytes]) -> bytes:
    """The parts with their header, each between boundaries. The line break before a boundary belongs to it,
    not to the part.
    """
    boundary = _boundary(*parts)
    head = b'Content-Type: multipart/%s;\r\n boundary="%s"\r\n\r\n' % (kind, boundary)
    return b"".join(
        [head, *(b"--%s\r\n%s\r\n" % (boundary, part) for part in parts), b"--%s--\r\n" % boundary]
    )


def _base64(content: bytes) -> bytes:
    return encodebytes(content).replace(b"\n", b"\r\n")


def _quoted_printable(text: str) -> bytes:
    lines = text.encode().splitlines()
    return b2a_qp(b"\r\n".join([*lines, b""]), istext=True)


def _boundary(*contents: bytes) -> bytes:
    """`=_`, a sequence that quoted-printable content never has, and a digest (RFC 2045 6.7)."""
    digest = hashlib.blake2b(digest_size=16)
    for content in contents:
        digest.update(content)
    return b"=_" + digest.hexdigest().encode()
