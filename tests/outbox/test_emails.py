"""Every e-mail: approved as it looks, complete in each language, and with the facts that its text needs."""

import re
from collections.abc import Callable
from dataclasses import MISSING, fields
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from string import Formatter
from typing import Any

import pytest

from models.language import Language
from outbox.compose import compose
from outbox.emails import Email
from outbox.links import FreshLink
from outbox.swaps import TO_PEOPLE, TO_PROVIDER
from tests.outbox import approved
from tests.outbox.scene import (
    EDITABLE,
    EMAILS,
    KNOWN,
    LINK,
    OF_ORDERS,
    READER,
    SHOWN,
    SINCE,
    URL,
    Words,
    composed,
    kinds_of,
    page,
)
from wording.emails import SUBJECTS, SubjectTexts, frame, texts
from wording.facts import Countries, Price, Volume

PARTS = ("subjects", "lead", "ask", "next")
LINK_UNTIL = "link_until"


@pytest.mark.covers("F66")
def test_every_email_looks_as_it_was_approved() -> None:
    """Where a change is meant: `make emails`, and look at what is different."""
    kept = {path.name: path.read_text("utf-8") for path in approved.FOLDER.iterdir()}
    written = approved.files()
    assert written.keys() == kept.keys()
    for name, text in written.items():
        assert text == kept[name], name


def names_in(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name is not None}


def sentences_of(email: type[Email], ours: SubjectTexts) -> list[str]:
    text = ours.emails[email.name]
    found = [sentence for part in PARTS for sentence in getattr(text, part)] + [ours.footer]
    if email.button:
        found += ours.buttons[email.button].under
    if email in EDITABLE:
        assert ours.prefilled
        found += [*ours.prefilled.subjects, *ours.prefilled.text]
    return found


def phrases_of(email: type[Email], ours: SubjectTexts) -> list[dict[str, str]]:
    return [ours.phrases, *(ours.kinds.values() if "kind" in facts_of(email) else [])]


def facts_of(email: type[Email]) -> set[str]:
    return {field.name for field in fields(email)}


@pytest.mark.covers("F66")
def test_every_email_has_a_text_in_each_language_and_every_text_an_email() -> None:
    for language in Language:
        for subject in SUBJECTS:
            named = {email.name for email in EMAILS if email.texts == subject}
            assert texts(subject, language).emails.keys() == named
    assert len({(email.texts, email.name) for email in EMAILS}) == len(EMAILS)


def test_every_text_names_facts_of_its_email_only(email: type[Email], language: Language) -> None:
    ours = texts(email.texts, language)
    known = facts_of(email).union(*phrases_of(email, ours))
    for sentence in sentences_of(email, ours):
        assert names_in(sentence) <= known | {LINK_UNTIL}, sentence
    for phrases in ours.kinds.values() if "kind" in facts_of(email) else [ours.phrases]:
        assert set(email.rows) <= facts_of(email) | phrases.keys()
    for sentence in frame(language).greetings:
        assert names_in(sentence) <= {"recipient_name"}
    assert set(email.rows) <= ours.rows.keys()


def marked(name: str, kind: object) -> Any:
    """A fact that is found again, and how it is written."""
    written = str(kind)
    if "Countries" in written:
        return Countries(("JP", "TH"))
    if "Price" in written:
        return Price(Decimal("41.50"), "CHF")
    if "Volume" in written:
        return Volume(2_500_000_000)
    if "timedelta" in written:
        return timedelta(days=30)
    if "datetime" in written:
        return datetime(2031, 7, 14, 3, 21, tzinfo=UTC)
    if "tuple" in written:
        return (f"mark-{name}-1", f"mark-{name}-2")
    if "int" in written:
        return 7000 + len(name)
    return f"mark-{name}"


MARKS: dict[type, Callable[[Any, Language], str]] = {
    datetime: lambda _, language: {"en": "14 July 2031", "fr": "14\u00a0juillet 2031"}[language],
    tuple: lambda fact, _: ", ".join(fact),
    int: lambda fact, language: f"{fact:,}".replace(",", {"en": ",", "fr": "\u202f"}[language]),
    str: lambda fact, _: fact,
    Countries: lambda _, language: {"en": "Japan, Thailand", "fr": "Japon, Thaïlande"}[language],
    Price: lambda _, language: {"en": "CHF41.50", "fr": "41,50 CHF"}[language],
    Volume: lambda _, language: {"en": "2.5 GB", "fr": "2,5 Go"}[language],
    timedelta: lambda _, language: {"en": "30 days", "fr": "30 jours"}[language],
}


def with_plain_spaces(text: str) -> str:
    """As in subjects, which are searched for."""
    return re.sub("[\u00a0\u202f]", " ", text)


def test_every_fact_of_an_email_appears_in_it(email: type[Email], language: Language) -> None:
    facts = {
        field.name: marked(field.name, field.type)
        for field in fields(email)
        if field.name not in ("kind", "subject", "text")
    }
    own = facts_of(email)
    if "kind" in own:
        assert set(kinds_of(email)) == texts(email.texts, language).kinds.keys()
        pages = [composed(email.of({**facts, "kind": kind}), language) for kind in kinds_of(email)]
        assert len({one.text for one in pages}) == len(pages) > 1, "each kind has phrases of its own"
    elif "text" in own:
        edited = {"subject": "mark-subject", "text": "mark-text"}
        pages = [composed(email.of({**facts, **more}), language) for more in (edited, dict.fromkeys(edited))]
        assert "mark-text" in pages[0].text
        assert pages[0].subject == "mark-subject"
    else:
        pages = [composed(email.of(facts), language)]
    seen = with_plain_spaces("".join(one.subject + one.text for one in pages))
    for name, fact in facts.items():
        assert with_plain_spaces(MARKS[type(fact)](fact, language)) in seen, name


def test_an_email_has_no_fact_by_default(email: type[Email]) -> None:
    """A fact that is forgotten is an error, not a sentence that is missing."""
    assert all(field.default is MISSING and field.default_factory is MISSING for field in fields(email))


def test_an_email_is_never_printed_with_its_facts(email: type[Email]) -> None:
    printed = repr(email.of(KNOWN[email.texts]))
    assert printed == f"{email.__name__}(...)"
    assert URL not in repr(LINK)


def test_every_email_about_an_order_is_sent_at_some_time() -> None:
    sent = {*TO_PROVIDER.values(), *(email for emails in TO_PEOPLE.values() for email in emails)}
    assert sent == set(OF_ORDERS)


def test_no_phrase_is_left_over(language: Language) -> None:
    for subject in SUBJECTS:
        ours = texts(subject, language)
        emails = [email for email in EMAILS if email.texts == subject]
        used = {
            name for email in emails for sentence in sentences_of(email, ours) for name in names_in(sentence)
        }
        used |= {row for email in emails for row in email.rows}
        assert {*ours.phrases, *(name for phrases in ours.kinds.values() for name in phrases)} <= used
        assert ours.rows.keys() <= used
        assert ours.buttons.keys() == {email.button for email in emails if email.button}


def leaves(table: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in table.items():
        found |= leaves(value, f"{prefix}{key}.") if isinstance(value, dict) else {f"{prefix}{key}": value}
    return found


@pytest.mark.covers("F66")
@pytest.mark.parametrize("subject", sorted(SUBJECTS))
def test_every_language_has_every_sentence_with_the_same_facts(subject: str, language: Language) -> None:
    english, other = (leaves(texts(subject, one).model_dump()) for one in (Language.EN, language))
    assert other.keys() == english.keys()
    for key, wording in english.items():
        if wording is None:
            assert other[key] is None, key
            continue
        ours = wording if isinstance(wording, tuple) else (wording,)
        theirs = other[key] if isinstance(wording, tuple) else (other[key],)
        assert [names_in(one) for one in theirs] == [names_in(one) for one in ours], key
        assert all(theirs) == all(ours), key


def words_of_text(text: str) -> list[str]:
    """The words of the plain text without its bullets and signature mark."""
    lines = [line.strip().removeprefix("-- ").removeprefix("- ") for line in text.splitlines()]
    return [word for line in lines if line != "--" for word in line.split()]


def test_text_and_html_say_the_same(email: type[Email], language: Language) -> None:
    for kind in [{"kind": kind} for kind in kinds_of(email)] or [{}]:
        content = page(email, language, **kind)
        without_colons = [word.rstrip(":") for word in words_of_text(content.text)]
        seen = [word.rstrip(":") for word in Words(content.html).words]
        assert [word for word in without_colons if word] == [word for word in seen if word]


def test_no_subject_has_a_number_or_a_name_of_a_person(email: type[Email], language: Language) -> None:
    subject = page(email, language).subject
    private = ("8933150319062", "612345678", "Amélie", "Lefèvre", "Camille", "Nordwind", "client.example")
    assert not [name for name in private if name in subject]


def test_what_is_not_known_is_left_out(email: type[Email], language: Language) -> None:
    unknown = {
        field.name: () if "tuple" in str(field.type) else None
        for field in fields(email)
        if "None" in str(field.type) or "tuple" in str(field.type)
    } | ({"reference": "qr-request-1"} if "reference" in facts_of(email) else {})
    content = page(email, language, reader=" ", **unknown)
    assert "None" not in content.text + content.html
    assert "{" not in content.text
    assert "ICCID:" not in content.text.replace("\u00a0", "")
    assert {"en": "\nHello,\n", "fr": "\nBonjour,\n"}[language] in content.text


def test_the_reader_is_greeted_by_name(email: type[Email], language: Language) -> None:
    assert {"en": f"\nHello {READER},\n", "fr": f"\nBonjour {READER},\n"}[language] in page(
        email, language
    ).text


@pytest.mark.covers("F35", "F38")
def test_an_email_has_one_link_where_it_has_a_button(email: type[Email], language: Language) -> None:
    content = page(email, language)
    links = bool(email.button) + 2 * email.shows_code
    assert content.text.count(URL) == bool(email.button)
    assert content.text.count("https:") == links
    assert content.html.count(f'<a href="{URL}"') == bool(email.button)
    assert content.html.count("<a ") == links
    assert content.html.count("https:") == 2 * links
    if email.button:
        until = {"en": "The link works until ", "fr": "valable jusqu\u2019au "}[language] + SINCE[language]
        assert until in content.text
        assert until in content.html


def test_a_link_and_a_button_go_together(email: type[Email]) -> None:
    with pytest.raises(ValueError, match="button"):
        compose(email.of(KNOWN[email.texts]), Language.EN, link=None if email.button else LINK)


def test_an_email_shows_a_code_if_it_is_made_for_that(email: type[Email]) -> None:
    link = LINK if email.button else None
    with pytest.raises(ValueError, match="QR code"):
        compose(
            email.of(KNOWN[email.texts]), Language.EN, link=link, code=None if email.shows_code else SHOWN
        )


@pytest.mark.covers("R8")
def test_an_email_that_shows_a_code_has_its_confirmation_code_with_a_label(
    email: type[Email], language: Language
) -> None:
    asks = {"en": "asks for a confirmation code, enter:", "fr": "code de confirmation, saisissez\u00a0:"}
    content = page(email, language)
    for text, spelled in ((content.text, "{}"), (content.html, "<strong")):
        assert (f"{asks[language]} {spelled.format(SHOWN.confirmation)}" in text) == email.shows_code
        assert (str(SHOWN.confirmation) in text) == email.shows_code


def test_a_link_says_what_it_is_found_by() -> None:
    assert FreshLink("https://esim.example/a/u/token", LINK.until + timedelta(1)).token == "token"


def test_nothing_is_fetched_or_run_when_an_email_is_opened(email: type[Email], language: Language) -> None:
    html = page(email, language).html
    assert not set(Words(html).elements) & {"script", "link", "iframe", "form", "svg", "video"}
    shown = [f"cid:{SHOWN.id}"] if email.shows_code else []
    assert re.findall('src="([^"]*)"', html) == shown, "a picture comes with the e-mail"
    assert "url(" not in html
    assert "http:" not in html
