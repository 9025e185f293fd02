"""Files with the codes of many SIMs, as operators send them: tables, and ZIPs of pictures (R13)."""

import io
import zipfile
from collections.abc import Iterable, Mapping

from qrcode.main import make

Content = str | bytes


def code_of(number: int) -> str:
    """The activation code of SIM S-1, S-2, ..."""
    return f"LPA:1$smdp.example.com$MANY-{number:04d}"


def drawn(code: str) -> bytes:
    """A picture of the code, as a provider's portal makes it."""
    written = io.BytesIO()
    make(code).save(written)
    return written.getvalue()


def table(rows: Iterable[Iterable[str]], head: str = "iccid,activation_code") -> str:
    """A CSV file."""
    return "\n".join([head, *map(",".join, rows), ""])


def zipped(files: Mapping[str, Content], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A ZIP with these files."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return written.getvalue()
