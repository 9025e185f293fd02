"""Measures the import of a file with the codes of many SIMs: pictures in a ZIP, each named by its ICCID."""

import csv
import io
import time
import zipfile

from models.codes.activation import ActivationCode
from models.codes.many import CodeOutcome
from models.files.table import SentFile
from models.fleet.file import COLUMNS
from qr import draw
from settings import Settings
from starter import callers
from starter.codes.desk import QrDesk
from starter.codes.many import ManyCodes
from starter.fleet.desk import FleetDesk
from store.key_ring import KeyRing

PICTURES = 100


async def time_many_codes(settings: Settings, pictures: int = PICTURES) -> float:
    """Seconds that the import of so many pictures takes, from the file's bytes to the last code stored."""
    content = _zip(pictures)
    with_keys = settings.model_copy(update={"secret_keys": KeyRing.new_key()})
    async with QrDesk.open(with_keys) as desk:
        await FleetDesk(desk.database).import_fleet(callers.operator(), _fleet(pictures))
        many = ManyCodes(desk, callers.operator())
        start = time.perf_counter()
        await many.run(SentFile(content), "codes.zip")
        seconds = time.perf_counter() - start
    assert many.report.counts == {CodeOutcome.IMPORTED: pictures}
    return seconds


def _iccid(number: int) -> str:
    return f"89332000{number:010d}1"


def _zip(pictures: int) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(pictures):
            code = ActivationCode("rsp.provider.example", f"K2-1ZQ9AB-7TTY00-{number:04d}")
            archive.writestr(f"codes/{_iccid(number)}.png", draw.png(code))
    return written.getvalue()


def _fleet(lines: int) -> bytes:
    written = io.StringIO()
    table = csv.writer(written)
    table.writerow(COLUMNS)
    for number in range(lines):
        person = (f"Person {number}", f"person.{number}@codes.example", "")
        device = ("Many codes", f"Tablet {number}", 1, f"+338{number:08d}", "SFR", "esim", _iccid(number))
        table.writerow((*device, "Codes", *person))
    return written.getvalue().encode()
