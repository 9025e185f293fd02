"""What the mails say: complete in every language, the same in text and HTML."""

import re
import tomllib
from dataclasses import fields, replace
from datetime import UTC, datetime
from string import Formatter
from typing import Any

import pytest

from mail.compose import ROWS, OrderFacts, Template, compose
from mail.wording import TEMPLATES, languages
from tests.mail.pages import FACTS, LANGUAGES, Words

SINCE = {"en": "19 November 2026, 09:30 UTC", "fr": "19\u00a0novembre 2026 à 9\u00a0h\u00a030\u00a0UTC"}
KINDS = ("switch_to_esim", "replace_esim")
PROVIDER = [template for template in Template if template.startswith("provider_")]


def words_of_text(text: str) -> list[str]:
    """The words of the plain text without its bullets and signature mark."""
    lines = [re.sub(r"^\s*--? ", "", line) for line in text.splitlines()]
    return " ".join(lines).split()


def test_every_mail_names_the_order_and_holds_the_facts_of_its_reader(
    template: Template, language: str
) -> None:
    content = compose(template, FACTS, language)
    assert content.subject.startswith(
        {"en": "Order order-7f3a9c21: ", "fr": "Commande order-7f3a9c21 : "}[language]
    )
    assert "Camille Roy," in content.text
    shown = {name: getattr(FACTS, name, None) for name in ROWS[template]}
    for written in filter(None, map(str, filter(None, shown.values()))):
        assert written in content.text
        assert written in content.html


@pytest.mark.parametrize("kind", KINDS)
def test_text_and_html_say_the_same(template: Template, language: str, kind: str) -> None:
    content = compose(template, replace(FACTS, kind=kind), language)  # type: ignore[arg-type]
    without_colons = [word.rstrip(":") for word in words_of_text(content.text)]
    seen = [word.rstrip(":") for word in Words(content.html).words]
    assert [word for word in without_colons if word] == [word for word in seen if word]


def test_no_subject_tells_a_number_or_a_name(template: Template, language: str) -> None:
    subject = compose(template, FACTS, language).subject
    for name in (
        "msisdn",
        "iccid",
        "iccid_in_place",
        "requester_name",
        "employee_name",
        "recipient_name",
        "account",
    ):
        assert getattr(FACTS, name) not in subject
    assert "612345678" not in subject


@pytest.mark.parametrize("template", PROVIDER)
def test_a_distributor_does_not_learn_who_uses_the_line(template: Template, language: str) -> None:
    content = compose(template, FACTS, language)
    assert "Lefèvre" not in content.text + content.html


@pytest.mark.parametrize(
    ("template", "language", "kind", "sentence"),
    [
        ("provider_order", "en", "switch_to_esim", "Please acknowledge receipt"),
        (
            "provider_order",
            "en",
            "replace_esim",
            "the eSIM in place is discarded automatically. This cannot be undone.",
        ),
        ("provider_order", "fr", "switch_to_esim", "la carte SIM en place est mise au rebut automatiquement"),
        ("provider_reminder_acknowledge", "en", "switch_to_esim", "not yet received your acknowledgement"),
        (
            "provider_reminder_acknowledge",
            "fr",
            "switch_to_esim",
            "pas encore reçu votre accusé de réception",
        ),
        ("provider_reminder_process", "en", "switch_to_esim", "Please have it processed by Orange"),
        ("provider_reminder_process", "fr", "switch_to_esim", "Merci de la faire traiter par Orange"),
        ("provider_cancelled", "en", "switch_to_esim", "Please do not process it"),
        ("provider_cancelled", "fr", "replace_esim", "Merci de ne pas la traiter"),
        ("requester_processed", "en", "switch_to_esim", "The previous SIM card has been discarded"),
        ("requester_processed", "en", "replace_esim", "The previous eSIM has been discarded"),
        ("requester_processed", "en", "switch_to_esim", "This is irreversible."),
        ("requester_processed", "fr", "switch_to_esim", "Cette opération est irréversible."),
        ("requester_cancelled", "en", "switch_to_esim", "The SIM card in place stays active"),
        ("requester_cancelled", "fr", "replace_esim", "eSIM en place reste active"),
        ("employee_processed", "en", "switch_to_esim", "The previous SIM card no longer works"),
        ("employee_processed", "en", "replace_esim", "You can delete the previous eSIM"),
        ("employee_processed", "fr", "switch_to_esim", "ancienne carte SIM ne fonctionne plus"),
    ],
)
def test_the_reader_is_told_what_to_do_and_what_follows(
    template: str, language: str, kind: str, sentence: str
) -> None:
    content = compose(Template(template), replace(FACTS, kind=kind), language)  # type: ignore[arg-type]
    assert sentence in content.text
    assert sentence in content.html


def test_what_the_order_does_not_have_is_left_out(template: Template, language: str) -> None:
    bare = replace(
        FACTS, iccid=None, iccid_in_place=None, employee_name=None, cancel_reason=None, waiting_since=None
    )
    content = compose(template, bare, language)
    assert "None" not in content.text + content.html
    assert "{" not in content.text
    assert content.text.count("ICCID :") + content.text.count("ICCID:") == 0
    assert "Reason for" not in content.text
    assert "Motif d" not in content.text


def test_a_reader_without_a_name_is_greeted_all_the_same() -> None:
    assert "\nHello,\n" in compose(Template.PROVIDER_ORDER, replace(FACTS, recipient_name=" "), "en").text


@pytest.mark.parametrize(
    ("asked", "written"),
    [("fr", "fr"), ("FR", "fr"), ("fr-CA", "fr"), ("fr_FR", "fr"), ("de", "en"), ("", "en"), ("../en", "en")],
)
def test_a_language_that_we_do_not_have_is_english(asked: str, written: str) -> None:
    assert f'<html lang="{written}">' in compose(Template.PROVIDER_ORDER, FACTS, asked).html


def test_a_moment_needs_a_time_zone() -> None:
    naive = replace(FACTS, waiting_since=datetime(2026, 11, 19, 9, 30))  # noqa: DTZ001 - the point of it
    with pytest.raises(ValueError, match="time zone"):
        compose(Template.PROVIDER_REMINDER_PROCESS, naive, "en")


def leaves(catalogue: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in catalogue.items():
        found |= leaves(value, f"{prefix}{key}.") if isinstance(value, dict) else {f"{prefix}{key}": value}
    return found


def catalogue_of(language: str) -> dict[str, Any]:
    return leaves(tomllib.loads((TEMPLATES / f"{language}.toml").read_text("utf-8")))


def names_in(wording: str | list[str]) -> set[str]:
    written = " ".join(wording) if isinstance(wording, list) else wording
    return {name for _, name, _, _ in Formatter().parse(written) if name is not None}


def test_the_languages_are_those_of_the_files() -> None:
    assert languages() == frozenset(LANGUAGES)


@pytest.mark.parametrize("language", sorted(languages()))
def test_every_language_has_every_sentence_with_the_same_facts(language: str) -> None:
    english, other = catalogue_of("en"), catalogue_of(language)
    assert other.keys() == english.keys()
    for key, wording in english.items():
        assert type(other[key]) is type(wording), key
        assert other[key], key
        if isinstance(wording, list):
            assert [names_in(one) for one in other[key]] == [names_in(one) for one in wording], key
        else:
            assert names_in(other[key]) == names_in(wording), key


@pytest.mark.parametrize("language", sorted(languages()))
def test_every_sentence_names_facts_that_exist(language: str) -> None:
    catalogue = catalogue_of(language)
    phrases = {key.split(".")[2] for key in catalogue if key.startswith("kinds.")}
    known = phrases | {field.name for field in fields(OrderFacts)}
    for wording in catalogue.values():
        assert names_in(wording) <= known
    assert {f"templates.{template}.subject" for template in Template} <= catalogue.keys()
    assert {f"rows.{row}" for rows in ROWS.values() for row in rows} <= catalogue.keys()


@pytest.mark.parametrize(
    ("template", "told"),
    [
        ("provider_reminder_acknowledge", SINCE),
        ("provider_reminder_process", SINCE),
        ("provider_cancelled", "Leaves the company"),
        ("requester_cancelled", "Leaves the company"),
    ],
)
def test_the_reader_learns_why_and_since_when(
    template: str, told: str | dict[str, str], language: str
) -> None:
    content = compose(Template(template), FACTS, language)
    told = told if isinstance(told, str) else told[language]
    assert content.text.count(told) == content.html.count(told) == 1


def test_moments_are_told_in_utc() -> None:
    facts = replace(FACTS, waiting_since=datetime(2026, 1, 1, 0, 0, tzinfo=UTC))
    for language, told in (
        ("en", "since 1 January 2026, 00:00 UTC."),
        ("fr", "depuis le 1er\u00a0janvier 2026 à 0\u00a0h\u00a000\u00a0UTC."),
    ):
        assert told in compose(Template.PROVIDER_REMINDER_PROCESS, facts, language).text
