"""Whatever can be held is retried by the id that `doctor` prints."""

import pytest

from models.errors import Refused
from models.identifiers import WORK
from starter.cli.operations.retry import parse_work_id


@pytest.mark.covers("W5")
@pytest.mark.parametrize("prefix", WORK)
def test_the_id_of_any_kind_of_work_is_taken_as_it_is_printed(prefix: str) -> None:
    tail = "9" if prefix in {"travel-line-", "job-"} else "a" * 16
    assert parse_work_id(f" {prefix}{tail} ") == f"{prefix}{tail}"
    with pytest.raises(Refused):
        parse_work_id(f"{prefix}{tail}!")
