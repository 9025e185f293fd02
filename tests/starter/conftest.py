"""What the tests of the client and the command line share."""

from pathlib import Path

import pytest

from tests.starter.shell import Shell


@pytest.fixture
def shell(database_url: str, tmp_path: Path) -> Shell:
    return Shell(tmp_path, database_url)
