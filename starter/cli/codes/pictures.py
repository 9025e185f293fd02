"""Draw a QR code in a terminal, or write it to a file that only its owner can read.

The drawing library is imported only when a code is drawn.
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
    """The file format of a picture."""

    PNG = "png"
    SVG = "svg"


def parse_format(file: Path, name: str | None) -> Format:
    """The format by `--format`, else by file name; PNG for a pipe. Raises `Refused` (`format_unknown`)."""
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
    """Check the file before the code is decrypted. Raises `Refused` if it exists or cannot be written."""
    if file == STDOUT:
        if sys.stdout.isatty():
            raise Refused.because("output_not_piped")
    elif file.exists() and not file.is_file():  # replacing a device or a pipe would destroy it
        raise Refused.because("file_not_replaceable", file=printable(file))
    elif file.exists() and not force:
        raise Refused.because("file_exists", file=printable(file))


def write(file: Path, content: bytes) -> None:
    """Write the file atomically, readable only by its owner. Raises `Refused` (`file_unwritable`)."""
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
    """Refuse to draw the code, a secret, anywhere but in a terminal. Raises `Refused` (`output_needed`)."""
    if not sys.stdout.isatty():
        raise Refused.because("output_needed")


def draw(code: "ActivationCode") -> None:
    """Draw the code in the terminal. Raises `Refused` (`terminal_too_narrow`): wrapped, it does not scan."""
    from qr import draw as drawing  # noqa: PLC0415

    lines = drawing.terminal(code)
    needed = max(map(_printed_width, lines.splitlines()))
    if needed > console.width:
        raise Refused.because("terminal_too_narrow", columns=needed)
    sys.stdout.write(lines)
    sys.stdout.flush()


def _printed_width(line: str) -> int:
    return sum(character in " ▀▄█" for character in line)
