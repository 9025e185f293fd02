"""A QR code put where a person can scan it: drawn in a terminal, or in a file of their own.

What draws is imported only when something is drawn.
"""

import sys
import tempfile
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from models.errors import Refused
from starter.cli.output import console, printable

if TYPE_CHECKING:
    from models.codes.activation import ActivationCode


STDOUT = Path("-")


class Format(StrEnum):
    """What a picture is written as."""

    PNG = "png"
    SVG = "svg"


def parse_format(file: Path, name: str | None) -> Format:
    """What is asked for, or what the name says; a pipe gets PNG. Raises `Refused` (`format_unknown`)."""
    if name is None and file == STDOUT:
        return Format.PNG
    wanted = (file.suffix.removeprefix(".") if name is None else name.strip()).lower()
    if wanted not in set(Format):
        raise Refused.because("format_unknown")
    return Format(wanted)


def picture(code: "ActivationCode", kind: Format) -> bytes:
    """The file's content."""
    from qr import draw  # noqa: PLC0415

    return draw.png(code) if kind is Format.PNG else draw.svg(code).encode()


def refuse_unless_writable(file: Path, *, force: bool) -> None:
    """Before the code is read. Raises `Refused` where it cannot be written, or exists."""
    if file == STDOUT:
        if sys.stdout.isatty():
            raise Refused.because("output_not_piped")
    elif file.exists() and not file.is_file():  # replacing a device or a pipe would destroy it
        raise Refused.because("file_not_replaceable", file=printable(file))
    elif file.exists() and not force:
        raise Refused.because("file_exists", file=printable(file))


def write(file: Path, content: bytes) -> None:
    """All of it or nothing, readable by its owner alone. Raises `Refused` (`file_unwritable`)."""
    if file == STDOUT:
        sys.stdout.buffer.write(content)
        sys.stdout.flush()
        return
    try:
        with tempfile.NamedTemporaryFile(
            dir=file.parent, prefix=".qr-", delete=False
        ) as written:  # mode 0600
            unfinished = Path(written.name)
            try:
                written.write(content)
                written.flush()
                unfinished.replace(file)
            except BaseException:
                unfinished.unlink(missing_ok=True)
                raise
    except OSError:
        raise Refused.because("file_unwritable", file=printable(file)) from None


def refuse_unless_drawable() -> None:
    """Codes are drawn before people's eyes only: what is piped somewhere is kept there."""
    if not sys.stdout.isatty():
        raise Refused.because("output_needed")


def draw(code: "ActivationCode") -> None:
    """Draw the code in the terminal. Raises `Refused` (`terminal_too_narrow`): folded, nothing scans it."""
    from qr import draw as drawing  # noqa: PLC0415

    lines = drawing.terminal(code)
    needed = max(map(_printed_width, lines.splitlines()))
    if needed > console.width:
        raise Refused.because("terminal_too_narrow", columns=needed)
    sys.stdout.write(lines)
    sys.stdout.flush()


def _printed_width(line: str) -> int:
    return sum(character in " ▀▄█" for character in line)
