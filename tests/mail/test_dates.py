"""Dates and times in e-mails and pages: as people of the reader's language write them, never ISO 8601."""

import re
from dataclasses import fields, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mail.compose import OrderFacts, Template, compose
from mail.qr_letters import QrTemplate
from mail.wording import TEMPLATES, in_words
from models.language import Language
from models.qr_letter import QrFacts
from portal.links import pages
from tests.mail import qr_pages
from tests.mail.pages import FACTS

ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
ISO_TIME = re.compile(r"\d{2}:\d{2}(?!\d)")


def shown(html: str) -> str:
    """A page without ids, links and what only machines read."""
    return re.sub(r'(href|id|datetime)="[^"]*"|https?://\S+', "", html)


@pytest.mark.covers("F66")
def test_no_mail_about_an_order_shows_an_iso_date(template: Template, language: str) -> None:
    content = compose(template, FACTS, language)
    for text in (content.subject, content.text, shown(content.html)):
        assert not ISO_DATE.search(text)
        assert language == "en" or not ISO_TIME.search(text), "French writes 9 h 30"


@pytest.mark.covers("F66")
@pytest.mark.parametrize("qr_template", list(QrTemplate))
def test_no_mail_about_a_qr_code_shows_an_iso_date(qr_template: QrTemplate, language: str) -> None:
    for facts in (qr_pages.FACTS, qr_pages.EDITED):
        content = qr_pages.page(qr_template, facts, language)
        for text in (content.subject, content.text, shown(content.html)):
            assert not ISO_DATE.search(text)
            assert language == "en" or not ISO_TIME.search(text), "French writes 9 h 30"


def test_every_fact_that_is_a_date_is_in_the_facts_of_these_tests() -> None:
    for facts in (FACTS, qr_pages.FACTS):
        assert isinstance(facts, OrderFacts | QrFacts)
        dates = [field.name for field in fields(facts) if "datetime" in str(field.type)]
        assert dates
        assert all(isinstance(getattr(facts, name), datetime) for name in dates)


def test_a_page_prints_a_date_by_the_one_function_only() -> None:
    for template in Path(pages.TEMPLATES).glob("*.jinja"):
        for printed in re.findall(r"\{\{(.*?)\}\}", template.read_text("utf-8")):
            if re.search(r"_at\b|\.since\b", printed):
                assert "moment(" in printed or "isoformat" in printed, template.name
    for file in (*TEMPLATES.rglob("*.toml"), *pages.TEMPLATES.glob("*.toml")):
        assert "strftime" not in file.read_text("utf-8")


@pytest.mark.parametrize(
    ("moment", "english", "french"),
    [
        ((2026, 11, 26, 14, 5), "26 November 2026, 14:05 UTC", "26 novembre 2026 à 14 h 05 UTC"),
        ((2027, 8, 1, 9, 0), "1 August 2027, 09:00 UTC", "1er août 2027 à 9 h 00 UTC"),
        ((2027, 2, 28, 0, 30), "28 February 2027, 00:30 UTC", "28 février 2027 à 0 h 30 UTC"),
    ],
)
def test_a_date_reads_as_its_language_writes_it(
    moment: tuple[int, int, int, int, int], english: str, french: str
) -> None:
    at = datetime(*moment, tzinfo=UTC)
    assert in_words(at, "en") == english
    assert in_words(at, "fr").replace("\u00a0", " ") == french
    assert in_words(at, "fr").count(" ") == 3, "no line breaks within the day or the time"


def test_every_month_has_a_name_in_every_language(language: str) -> None:
    months = {in_words(datetime(2026, month, 2, tzinfo=UTC), language) for month in range(1, 13)}
    assert len(months) == 12


def test_every_language_can_be_chosen(language: str) -> None:
    assert {Language(language)} <= set(Language)
    content = compose(Template.PROVIDER_REMINDER_PROCESS, replace(FACTS, reminder_number=1), language)
    assert f'lang="{language}"' in content.html
