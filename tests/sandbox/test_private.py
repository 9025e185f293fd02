"""Who can read the files of a sandbox: the user who runs it, alone."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import aiosmtplib
import pytest

from sandbox.data_dir import OURS
from tests.sandbox.running import up


def exposed(folder: Path) -> dict[str, str]:
    """What group or others could open, with its mode. Root's PostgreSQL passes through the folder itself."""
    passing = stat.S_IXGRP if os.geteuid() == 0 else 0
    paths = [folder, *folder.rglob("*")]
    modes = {path: stat.S_IMODE(path.lstat().st_mode) for path in paths if not path.is_symlink()}
    return {
        str(path.relative_to(folder.parent)): oct(mode)
        for path, mode in modes.items()
        if mode & 0o077 & ~(passing if path == folder else 0)
    }


@pytest.fixture
def open_umask() -> Iterator[None]:
    """The usual one, whatever that of the tests is."""
    before = os.umask(0o022)
    yield
    os.umask(before)


@pytest.mark.covers("S8")
@pytest.mark.usefixtures("open_umask")
async def test_all_files_of_a_running_sandbox_are_private(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    with up(folder, prepared=False) as running:
        smtp = urlsplit(running.addresses.smtp_url)
        async with aiosmtplib.SMTP(hostname=smtp.hostname, port=smtp.port) as server:
            await server.sendmail("a@shop.example", ["b@shop.example"], b"Subject: private\r\n\r\nx")
        made = {path.name for path in folder.iterdir()}
        assert exposed(folder) == {}
        assert all(OURS.fullmatch(name) for name in made)
        running.end()
    assert exposed(folder) == {}
    loosened = [path for path in folder.rglob("*") if not path.is_symlink() and "PG_VERSION" not in path.name]
    for path in (folder, *loosened):
        path.chmod(path.stat().st_mode | 0o055)
    with up(folder):
        assert exposed(folder) == {}


@pytest.mark.covers("S8")
@pytest.mark.usefixtures("open_umask")
async def test_a_folder_that_holds_more_than_a_sandbox_keeps_its_mode(tmp_path: Path) -> None:
    folder = tmp_path / "home"
    folder.mkdir(mode=0o755)
    letter = folder / "letter.txt"
    letter.touch(mode=0o644)
    with up(folder, prepared=False):
        assert exposed(folder) == {"home": "0o755", "home/letter.txt": "0o644"}
