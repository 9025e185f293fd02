"""A shell for `esim-orders qr ...`, the eSIMs it is typed for, and files with codes."""

import io
from pathlib import Path

import zxingcpp
from PIL import Image
from qrcode.main import make

from store.key_ring import KeyRing
from store.session import Database
from tests.builders import ANA, OPERATOR, DataDesks, line, world
from tests.starter.shell import Shell

CODE = "LPA:1$smdp.example.com$AAAA-BBBB-CCCC-DDDD"
OTHER = "LPA:1$smdp.example.com$EEEE-FFFF-0000-1111"
BY_ANA = ("--user", ANA)


def a_qr_shell(database_url: str, tmp_path: Path) -> Shell:
    """With keys for codes, and without Temporal."""
    more = {"ESIM_SECRET_KEYS": KeyRing.new_key(), "ESIM_TEMPORAL_ADDRESS": "127.0.0.1:1"}
    return Shell(tmp_path, database_url, more)


async def esims(database: Database, count: int = 1) -> DataDesks:
    """eSIMs S-1 and on of a distributor whose contact C-1 may be asked for their codes."""
    desks = await world(database, *(line(number, sim_type="esim") for number in range(1, count + 1)))
    await desks.contacts.edit_contact(OPERATOR, None, "C-1", add_roles=["esim_qr_code"])
    return desks


def picture(shell: Shell, code: str = CODE, name: str = "code.png") -> str:
    """A file with the code, as a provider's portal makes it."""
    file = shell.folder / name
    with file.open("wb") as opened:
        make(code).save(opened)
    return str(file)


def read(picture: bytes) -> list[str]:
    """What a phone reads from a picture."""
    return [found.text for found in zxingcpp.read_barcodes(Image.open(io.BytesIO(picture)).convert("L"))]
