"""What people read in a narrow terminal."""

from contextlib import redirect_stdout
from io import StringIO

import pytest

from starter.cli.output import console, print_facts

FACTS = [
    ("SIM when placed", "8933012400000158388"),
    ("not sent", "the order to the provider (Orders at Telvia <orders@telvia.example>), since yesterday"),
]


@pytest.mark.parametrize("columns", [40, 80, 120])
def test_a_label_is_never_broken_into_lines(columns: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(console, "width", columns)
    with redirect_stdout(StringIO()) as printed:
        print_facts("order-aaaaaaaaaaaaaaaa", FACTS)
    lines = printed.getvalue().splitlines()
    assert all(any(f"│ {label} " in line for line in lines) for label, _ in FACTS)
    assert max(map(len, lines)) <= columns
