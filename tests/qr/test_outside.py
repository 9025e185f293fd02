"""A reader has its file and nothing else: no other file, no server, whatever the file asks."""

import asyncio
import contextlib
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from models.errors import Refused
from qr.intake import read_upload
from qr.process import reader_command
from tests.qr import corpus
from tests.qr.hostile_drawings import drawings
from tests.qr.letters import Letter, placed
from tests.qr.long_reader import kind_of
from tests.qr.pictures import OTHER_TEXT, encoded, qr
from tests.qr.samples import Sample

ROOT = Path(__file__).parents[2]
WITHOUT_CLEANING = """
import os, sys
sys.path.insert(0, sys.argv[1])
from confined import limits
from qr.reader import child, portable, vector
if sys.argv[2] == "confined":
    limits.confine()
drawing = sys.stdin.read()
pages = lambda content, kind: [child.Page([lambda: vector._rasterised(drawing, 1000, 255)])]
print(child.answer(b"", "svg", pages, seconds=0))
"""
"""What a reader would see if nothing had looked for references before."""
AFTER_CONFINED = """
import os, socket, subprocess, sys
sys.path.insert(0, sys.argv[1])
from confined.limits import confine
confine()
def fails(deed):
    try:
        deed()
    except OSError:
        return True
    return False
print(all(map(fails, [
    lambda: open("/etc/passwd"),
    lambda: open(sys.argv[2], "w"),
    lambda: os.listdir("/"),
    lambda: socket.socket(),
    lambda: os.pipe(),
    lambda: subprocess.run([sys.executable, "-V"]),
])))
"""


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    """A picture on this machine that shows an activation code."""
    path = tmp_path / "secret.png"
    path.write_bytes(encoded(qr(OTHER_TEXT), "PNG"))
    return path


@pytest.fixture
def web() -> Iterator[socket.socket]:
    """A server that nobody may ask. It keeps the door open, and looks who knocked."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        yield server


def asked(server: socket.socket) -> bool:
    with contextlib.suppress(BlockingIOError):
        server.accept()[0].close()
        return True
    return False


def run(program: str, *arguments: str, given: bytes = b"") -> str:
    command = [sys.executable, "-I", "-c", program, str(ROOT), *arguments]
    return subprocess.run(command, input=given, capture_output=True, timeout=60, check=True).stdout.decode()


@pytest.mark.covers("F58")
async def test_nothing_that_a_drawing_names_is_read_or_asked(secret: Path, web: socket.socket) -> None:
    port = web.getsockname()[1]
    reaching = [
        sample
        for sample in drawings(str(secret), f"http://127.0.0.1:{port}")
        if str(secret).encode() in sample.content or b"127.0.0.1" in sample.content
    ]
    for sample in reaching:
        with pytest.raises(Refused) as refused:
            await read_upload(sample.content, sample.filename)
        assert refused.value.refusals[0].code == "file_unsafe"

    assert len(reaching) > 15
    assert not asked(web)


def test_a_drawing_that_slips_through_reads_nothing_either(secret: Path) -> None:
    drawing = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100">'
        f'<image href="{secret}" width="100" height="100"/></svg>'
    ).encode()

    assert OTHER_TEXT in run(WITHOUT_CLEANING, "open", given=drawing)  # resvg would: that is the danger
    assert run(WITHOUT_CLEANING, "confined", given=drawing) == "{'codes': [], 'others': []}\n"


def test_a_confined_process_opens_nothing_and_starts_nothing(tmp_path: Path) -> None:
    assert run(AFTER_CONFINED, str(tmp_path / "written")) == "True\n"
    assert list(tmp_path.iterdir()) == []


async def test_a_letter_does_not_fetch_its_picture(secret: Path) -> None:
    written = Letter()
    code = qr(OTHER_TEXT)
    picture = written.add(
        f"/Type /XObject /Subtype /Image /Width {code.width} /Height {code.height} /ColorSpace /DeviceGray "
        f"/BitsPerComponent 8 /F ({secret})",
        b"",
    )
    written.page(placed(0, 50, 50, 400))
    content = written.written().replace(b"/XObject <<  >>", b"/XObject << /P0 %d 0 R >>" % picture)
    with pytest.raises(Refused) as refused:
        await read_upload(content, "a.pdf")

    assert refused.value.refusals[0].code == "no_qr_code"


TRACED = [
    "two pixels a module",
    "a photograph with a preview",
    "a fax",
    "an SVG from a drawing program",
    "an SVG in Windows-1252",
    "a letter with a picture",
    "a PDF with a password",
    "half a PNG",
]


@pytest.mark.skipif(not shutil.which("strace"), reason="needs strace")
@pytest.mark.parametrize("sample", [corpus.named(title) for title in TRACED], ids=lambda sample: sample.title)
async def test_the_kernel_gives_a_reader_nothing_once_it_sees_the_file(
    sample: Sample, tmp_path: Path
) -> None:
    trace = tmp_path / "trace"
    watch = "trace=read,%file,%network,%process"
    command = ("strace", "-f", "-o", str(trace), "-e", watch, *reader_command(kind_of(sample)))
    process = await asyncio.create_subprocess_exec(
        *command,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env={},
        start_new_session=True,
    )
    told, _ = await asyncio.wait_for(process.communicate(sample.content), 60)
    _, _, after = trace.read_text().partition("read(0, ")
    calls = [line.split(maxsplit=1)[1] for line in after.splitlines()[1:]]
    given = [
        call for call in calls if not call.startswith(("read(0", "exit_group", "+++")) and "= -1 " not in call
    ]

    assert told.startswith(b'{"')
    assert after
    assert given == []
