"""Browsers by the names that people know."""

import pytest

from wording.browsers import browser_name

CHROME = (
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36"
)


@pytest.mark.parametrize(
    ("sent", "name"),
    [
        (CHROME, "Chrome, Linux"),
        (CHROME + " Edg/131.0.0.0", "Edge, Linux"),
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64) Gecko/20100101 Firefox/133.0",
            "Firefox, Windows",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) Mobile Safari/604.1",
            "Safari, iPhone",
        ),
        ("curl/8.5.0", "curl/8.5.0"),
        ("x" * 300, "x" * 40),
        (None, ""),
    ],
)
def test_a_session_is_named_by_its_browser_and_system(sent: str | None, name: str) -> None:
    assert browser_name(sent) == name
