"""Dates and times in e-mails and pages: as people of the reader's language write them, never ISO 8601."""

import re
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pytest

from models.language import Language
from outbox.emails import Email
from outbox.layout import LAYOUTS
from portal.links import templates
from tests.outbox.scene import EDITED, EMAILS, page
from wording.dates import day, moment, span

ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
ISO_TIME = re.compile(r"\d{2}:\d{2}(?!\d)")


def shown(html: str) -> str:
    """A page without ids, links and what only machines read."""
    return re.sub(r'(href|id|datetime)="[^"]*"|https?://\S+', "", html)


@pytest.mark.covers("F66")
@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("email", EMAILS, ids=[email.name for email in EMAILS])
def test_no_email_shows_an_iso_date(email: type[Email], language: Language) -> None:
    for content in (page(email, language), page(email, language, **EDITED)):
        for text in (content.subject, content.text, shown(content.html)):
            assert not ISO_DATE.search(text)
            assert language == "en" or not ISO_TIME.search(text), "French writes 9 h 30"


def test_a_page_prints_a_date_by_the_one_function_only() -> None:
    for template in Path(templates.TEMPLATES).rglob("*.jinja"):
        for printed in re.findall(r"\{\{(.*?)\}\}", template.read_text("utf-8")):
            if re.search(r"_at\b|\.since\b", printed) and "fields." not in printed:
                assert "moment(" in printed or "isoformat" in printed, template.name
    for file in (*LAYOUTS.glob("*.jinja"), *Path(templates.TEMPLATES).rglob("*.jinja")):
        assert "strftime" not in file.read_text("utf-8")


@pytest.mark.parametrize(
    ("when", "english", "french"),
    [
        ((2026, 11, 26, 14, 5), "26 November 2026, 14:05 UTC", "26 novembre 2026 à 14 h 05 UTC"),
        ((2027, 8, 1, 9, 0), "1 August 2027, 09:00 UTC", "1er août 2027 à 9 h 00 UTC"),
        ((2027, 2, 28, 0, 30), "28 February 2027, 00:30 UTC", "28 février 2027 à 0 h 30 UTC"),
    ],
)
def test_a_date_reads_as_its_language_writes_it(
    when: tuple[int, int, int, int, int], english: str, french: str
) -> None:
    at = datetime(*when, tzinfo=UTC)
    assert moment(at, Language.EN) == english
    assert moment(at, Language.FR).replace("\u00a0", " ") == french
    assert moment(at, Language.FR).count(" ") == 3, "no line breaks within the day or the time"


@pytest.mark.parametrize("language", Language)
def test_every_month_has_a_name_in_every_language(language: Language) -> None:
    months = {moment(datetime(2026, month, 2, tzinfo=UTC), language) for month in range(1, 13)}
    assert len(months) == 12


def test_moments_are_in_utc() -> None:
    paris = timezone(timedelta(hours=2))
    assert moment(datetime(2027, 8, 1, 0, 5, tzinfo=paris), Language.EN) == "31 July 2027, 22:05 UTC"
    with pytest.raises(ValueError, match="time zone"):
        moment(datetime(2027, 8, 1, tzinfo=UTC).replace(tzinfo=None), Language.EN)


@pytest.mark.parametrize(
    ("length", "english", "french"),
    [
        (timedelta(minutes=15), "15 minutes", "15 minutes"),
        (timedelta(seconds=61), "2 minutes", "2 minutes"),
        (timedelta(), "1 minute", "1 minute"),
        (timedelta(minutes=60), "1 hour", "1 heure"),
        (timedelta(minutes=90), "90 minutes", "90 minutes"),
        (timedelta(days=2), "2 days", "2 jours"),
    ],
)
def test_spans_are_in_one_unit(length: timedelta, english: str, french: str) -> None:
    assert span(length, Language.EN) == english
    assert span(length, Language.FR).replace("\u00a0", " ") == french


def test_a_day_has_no_time() -> None:
    assert day(date(2027, 8, 31), Language.EN) == "31 August 2027"
    assert day(date(2027, 8, 31), Language.FR) == "31\u00a0août 2027"
    assert day(date(2027, 8, 1), Language.FR) == "1er\u00a0août 2027"
