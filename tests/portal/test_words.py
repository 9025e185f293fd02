"""Pages in the reader's language."""

import re
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from string import Formatter
from typing import Any

import httpx
import pytest

from mail.wording import in_words
from models.codes.requests import RequestStatus
from models.errors import Refused
from portal.links import pages
from tests.portal.desk import DOWNLOAD, UPLOAD, InventedDesk

PLACES = list(Path(pages.TEMPLATES).glob("*.jinja"))


def leaves(table: dict[str, Any], path: str = "") -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in table.items():
        found |= leaves(value, f"{path}{key}.") if isinstance(value, dict) else {path + key: value}
    return found


def test_all_languages_say_the_same() -> None:
    english = said_in("en")
    for language in pages.languages():
        said = said_in(language)
        assert set(said) == set(english)
        for key, value in said.items():
            assert type(value) is type(english[key])
            if isinstance(value, str):
                assert _names(value) == _names(english[key]), key


def said_in(language: str) -> dict[str, Any]:
    return leaves(dict(pages.words(language)))


def _names(sentence: str) -> set[str | None]:
    return {name for _, name, _, _ in Formatter().parse(sentence)}


def test_no_word_is_left_over() -> None:
    used = " ".join(path.read_text() for path in PLACES)
    by_name = ("problem.", "problems.", "refusals.", *(f"over.{status}." for status in RequestStatus))
    by_pages = {f"common.{name}" for name in ("days", "hours", "minutes")}
    for key in said_in("en").keys() - by_pages:
        if not key.startswith(by_name):
            assert f"t.{key}" in used, key


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("", "en"),
        ("fr", "fr"),
        ("fr-CA,en;q=0.5", "fr"),
        ("de,fr;q=0.4,en;q=0.8", "en"),
        ("en;q=0.1, FR;q=0.9", "fr"),
        ("fr;q=0", "en"),
        ("*", "en"),
        (";;q=,,fr;q=x", "fr"),
        ("x" * 5000, "en"),
    ],
)
def test_the_browser_s_language_is_spoken(accepted: str, language: str) -> None:
    assert pages.spoken(accepted) == language


async def test_pages_and_reasons_are_in_french(browser: httpx.AsyncClient, desk: InventedDesk) -> None:
    browser.headers["Accept-Language"] = "fr-FR,fr;q=0.9,en;q=0.8"
    page = await browser.get(f"/u/{UPLOAD}")
    assert '<html lang="fr">' in page.text
    assert page.headers["content-language"] == "fr"
    assert "4\u00a0mars 2027 à 10\u00a0h\u00a020\u00a0UTC" in page.text
    refused = await browser.post(f"/u/{UPLOAD}/check", files={"file": ("x.png", b"bad")})
    assert "Aucun QR code lisible" in refused.text
    desk.fails["download_page"] = Refused.because("link_expired")
    over = await browser.get(f"/q/{DOWNLOAD}")
    assert "Ce lien a expiré" in over.text
    assert "Ask for" not in over.text


def test_moments_are_told_in_utc() -> None:
    paris = timezone(timedelta(hours=2))
    assert in_words(datetime(2027, 8, 1, 0, 5, tzinfo=paris), "en") == "31 July 2027, 22:05 UTC"
    with pytest.raises(ValueError, match="time zone"):
        in_words(datetime(2027, 8, 1, tzinfo=UTC).replace(tzinfo=None), "en")


@pytest.mark.parametrize(
    ("length", "said"),
    [
        (timedelta(minutes=15), "15 minutes"),
        (timedelta(seconds=61), "2 minutes"),
        (timedelta(), "1 minute"),
        (timedelta(minutes=60), "1 hour"),
        (timedelta(minutes=90), "90 minutes"),
        (timedelta(days=2), "2 days"),
    ],
)
def test_spans_are_told_in_one_unit(length: timedelta, said: str) -> None:
    assert pages.span(length, pages.words("en")) == said


async def test_the_home_page_speaks_of_no_link_in_a_mail_as_one_s_own(browser: httpx.AsyncClient) -> None:
    assert "is personal" not in (await browser.get("/")).text
    assert "is personal" in (await browser.get(f"/u/{UPLOAD}")).text


async def test_addresses_begin_with_the_portal_s_own_path(desk: InventedDesk) -> None:
    from portal.app import create_app  # noqa: PLC0415
    from settings import Settings  # noqa: PLC0415

    app = create_app(desk, Settings(portal_url="https://acme.example/esim/"))
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="https://acme.example"
    ) as client:
        page = await client.get(f"/u/{UPLOAD}")
    addresses = re.findall(r'(?:href|src|action)="([^"]+)"', page.text)
    assert addresses
    assert all(address.startswith("/esim/") for address in addresses)
