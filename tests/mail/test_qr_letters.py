"""What the mails about QR codes say: complete in every language, harmless, with one button or none."""

import re
import tomllib
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mail.message import Mail
from mail.qr_letters import BUTTONS, ROWS, QrTemplate, compose, prefilled
from mail.wording import TEMPLATES, languages
from models.qr_letter import QrFacts, letter_refusals
from tests.mail.pages import LANGUAGES, Words
from tests.mail.qr_pages import EDITED, FACTS, LINK, URL, page
from tests.mail.test_compose import leaves, names_in, words_of_text
from tests.mail.test_harmless import HOSTILE

LETTERS = [QrTemplate.CONTACT_REQUESTED, QrTemplate.COPY_REQUESTED]


@pytest.fixture(params=list(QrTemplate))
def qr_template(request: pytest.FixtureRequest) -> QrTemplate:
    return QrTemplate(request.param)


@pytest.mark.covers("F27", "F30")
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_prefilled_letter_can_be_sent_as_it_is(language: str) -> None:
    subject, text = prefilled(FACTS, language)
    assert letter_refusals(subject, text, ()) == []
    assert "Orange" in subject
    assert "…9991" in subject
    assert "8933150319062099991" in text
    assert "Nordwind Logistics" in text
    assert text.endswith("\nAmélie Durand\n")
    sent = page(QrTemplate.CONTACT_REQUESTED, language=language)
    assert sent.subject == subject
    assert text in sent.text


@pytest.mark.covers("F30")
@pytest.mark.parametrize("template", LETTERS)
def test_an_edited_letter_is_sent_as_it_was_written(template: QrTemplate, language: str) -> None:
    content = page(template, EDITED, language)
    assert content.subject == "The code, please"
    assert "\nDear all,\n\nwe need <b>it</b> & soon:\nby {noon}.\n" in content.text
    assert ">Dear all,</p>" in content.html
    assert ">we need &lt;b&gt;it&lt;/b&gt; &amp; soon:<br>by {noon}.</p>" in content.html


def test_text_and_html_say_the_same(qr_template: QrTemplate, language: str) -> None:
    for facts in (FACTS, EDITED):
        content = page(qr_template, facts, language)
        text = [word.rstrip(":") for word in words_of_text(content.text)]
        seen = [word.rstrip(":") for word in Words(content.html).words]
        assert [word for word in text if word] == [word for word in seen if word]


@pytest.mark.covers("F35", "F38")
def test_one_button_for_whoever_has_something_to_do_with_it(qr_template: QrTemplate, language: str) -> None:
    content = page(qr_template, language=language)
    buttons = re.findall('<a href="([^"]+)"', content.html)
    assert buttons == ([URL] if qr_template in BUTTONS else [])
    assert content.text.count(URL) == content.text.count("https:") == len(buttons)
    if buttons:
        until = {
            "en": "The link works until 19 November 2026, 09:30 UTC",
            "fr": "valable jusqu\u2019au 19\u00a0novembre 2026 à 9\u00a0h\u00a030\u00a0UTC",
        }
        assert until[language] in content.text
        assert until[language] in content.html


def test_a_link_and_a_button_go_together() -> None:
    with pytest.raises(ValueError, match="button"):
        compose(QrTemplate.COPY_REQUESTED, FACTS, "en", link=LINK)
    with pytest.raises(ValueError, match="button"):
        compose(QrTemplate.MANAGER_NOTIFIED, FACTS, "en")
    assert URL not in repr(LINK)


@pytest.mark.parametrize(
    ("template", "language", "sentence"),
    [
        ("contact_requested", "en", "A PNG, JPG, SVG, TIFF or PDF file of at most 5 MB"),
        ("contact_requested", "en", "belongs to no other SIM"),
        ("contact_requested", "fr", "Un fichier PNG, JPG, SVG, TIFF ou PDF de 5 Mo au plus"),
        ("contact_requested", "en", "Asked: Camille Roy, Noël Petit"),
        ("contact_requested", "en", "Copied to: it@client.example, boss@client.example"),
        ("contact_requested", "en", "the last digits of the ICCID, …9991"),
        ("copy_requested", "en", "a copy of a message to Camille Roy, Noël Petit"),
        ("copy_requested", "fr", "la copie d\u2019un message adressé à Camille Roy, Noël Petit"),
        ("contact_reminder", "en", "not yet received the QR code"),
        ("contact_reminder", "fr", "pas encore reçu le QR code"),
        ("requester_no_code", "en", "Telco Partners has not handed it in."),
        ("requester_no_code", "en", "Call Telco Partners and ask for Camille Roy, Noël Petit."),
        ("requester_no_code", "fr", "retirez la demande"),
        ("manager_notified", "en", "Do not forward this message"),
        ("manager_notified", "en", "It is for the device Amélie's phone, on the line that ends in …5678."),
        ("manager_notified", "en", "first make sure that it is the right phone"),
        ("manager_notified", "fr", "Ne transférez pas ce message"),
    ],
)
def test_the_reader_is_told_what_to_do_and_what_is_checked(
    template: str, language: str, sentence: str
) -> None:
    content = page(QrTemplate(template), language=language)
    assert sentence.lower() in content.text.lower()


def test_no_subject_tells_a_number_or_a_name(qr_template: QrTemplate, language: str) -> None:
    subject = page(qr_template, language=language).subject
    for name in ("8933150319062099991", "612345678", "Amélie", "Camille", "Nordwind", "client.example"):
        assert name not in subject


@pytest.mark.parametrize(
    ("template", "subject"),
    [
        (QrTemplate.MANAGER_NOTIFIED, "QR code ready: eSIM of Orange, ICCID …9991"),
        (
            QrTemplate.CONTACT_REMINDER,
            "Please send the QR code: eSIM of Orange, ICCID …9991 (reminder 2, qr-request-abcdefghijklmnop)",
        ),
        (
            QrTemplate.REQUESTER_NO_CODE,
            "No QR code has come yet: eSIM of Orange, ICCID …9991 (qr-request-abcdefghijklmnop)",
        ),
    ],
)
def test_a_subject_says_what_for_people_first(template: QrTemplate, subject: str) -> None:
    assert page(template).subject == subject
    assert page(template, replace(FACTS, iccid=None)).subject == subject.replace(", ICCID …9991", "")


def test_who_reads_only_the_text_is_sent_to_no_button(qr_template: QrTemplate, language: str) -> None:
    for text in (page(qr_template, language=language).text, *prefilled(FACTS, language)):
        assert not re.search("button|bouton", text)


def test_a_notification_gives_the_ends_of_numbers_only() -> None:
    content = page(QrTemplate.MANAGER_NOTIFIED)
    assert "…9991" in content.text
    assert "…5678" in content.text
    assert "8933150319062099991" not in content.text + content.html
    assert "612345678" not in content.text + content.html
    assert "612345678" not in page(QrTemplate.CONTACT_REQUESTED).text


def test_what_is_not_known_is_left_out(qr_template: QrTemplate, language: str) -> None:
    bare = QrFacts(
        account="Acme", provider="Orange", iccid=FACTS.iccid, requester_name=None, reference="qr-request-1"
    )
    content = page(qr_template, bare, language, reader=" ")
    assert "None" not in content.text + content.html
    assert "{" not in content.text
    assert {"en": "\nHello,\n", "fr": "\nBonjour,\n"}[language] in content.text


@pytest.mark.covers("F29")
def test_everybody_who_was_written_to_is_named_however_many() -> None:
    cc = tuple(f"reader-{number}-{'x' * 40}@client.example" for number in range(20))
    content = page(QrTemplate.CONTACT_REQUESTED, replace(FACTS, cc=cc))
    assert ", ".join(cc) in content.text


# --- whatever is written, nothing else happens ------------------------------------------------------------


def hostile_facts(written: str) -> QrFacts:
    names = ("account", "provider", "requester_name", "distributor", "subject")
    changes: dict[str, Any] = dict.fromkeys(names, written)
    return replace(FACTS, **changes, asked=(written, "Zoé"), cc=(written,))


def assert_harmless(template: QrTemplate, language: str, facts: QrFacts, written: str = "Camille") -> None:
    plain, content = page(template, EDITED, language), page(template, facts, language, reader=written)
    seen, expected = Words(content.html), Words(plain.html)
    assert set(seen.elements) <= set(expected.elements) | {"br"}
    assert seen.attributes <= expected.attributes | {"dir"}
    assert re.findall('href="([^"]+)"', content.html) == re.findall('href="([^"]+)"', plain.html)
    assert not re.search("[\u202a-\u202e\u2066-\u2069\x00]", content.text + content.html + content.subject)
    Mail(
        to="a@client.example",
        subject=content.subject,
        text=content.text,
        html=content.html,
        message_id="<qr-1@esim.example>",
    )


@pytest.mark.parametrize("written", HOSTILE, ids=range(len(HOSTILE)))
def test_whatever_is_in_a_name_is_only_a_name(qr_template: QrTemplate, language: str, written: str) -> None:
    facts = hostile_facts(written)
    assert_harmless(qr_template, language, replace(facts, text=EDITED.text), written)
    lines = len(page(qr_template, EDITED, language).text.splitlines())
    assert len(page(qr_template, replace(facts, text=EDITED.text), language).text.splitlines()) <= lines


@pytest.mark.covers("F30")
@pytest.mark.parametrize("written", HOSTILE, ids=range(len(HOSTILE)))
@pytest.mark.parametrize("template", LETTERS)
def test_whatever_is_in_a_letter_is_only_text(template: QrTemplate, language: str, written: str) -> None:
    assert_harmless(template, language, replace(FACTS, text=written))


@given(st.sampled_from(LETTERS), st.sampled_from(LANGUAGES), st.text(st.characters(), max_size=80))
def test_any_letter_is_only_text(template: QrTemplate, language: str, written: str) -> None:
    assert_harmless(template, language, replace(FACTS, text=written, subject=written))


def test_what_looks_like_a_template_is_shown_as_it_is() -> None:
    content = page(QrTemplate.CONTACT_REQUESTED, replace(FACTS, text="{{ 7 * 7 }} {iccid} {0.__class__} %s"))
    assert "{{ 7 * 7 }} {iccid} {0.__class__} %s" in content.text
    assert "{{ 7 * 7 }} {iccid} {0.__class__} %s" in content.html


def test_nothing_is_fetched_or_run_when_a_mail_is_opened(qr_template: QrTemplate, language: str) -> None:
    html = page(qr_template, language=language).html
    assert not set(Words(html).elements) & {"img", "script", "link", "iframe", "form", "svg", "video"}
    assert "url(" not in html
    assert html.count("https:") == 2 * (qr_template in BUTTONS)


# --- the files of the languages ---------------------------------------------------------------------------


def catalogue_of(language: str) -> dict[str, Any]:
    return leaves(tomllib.loads((TEMPLATES / "qr" / f"{language}.toml").read_text("utf-8")))


def test_every_language_has_all_its_files() -> None:
    for folder in ("qr", "dates"):
        assert {file.stem for file in (TEMPLATES / folder).glob("*.toml")} == languages()


@pytest.mark.parametrize("language", sorted(languages()))
def test_every_language_has_every_sentence_with_the_same_facts(language: str) -> None:
    english, other = catalogue_of("en"), catalogue_of(language)
    assert other.keys() == english.keys()
    for key, wording in english.items():
        ours = wording if isinstance(wording, list) else [wording]
        theirs = other[key] if isinstance(wording, list) else [other[key]]
        assert [names_in(one) for one in theirs] == [names_in(one) for one in ours], key
        assert all(theirs), key


def test_every_mail_has_its_sentences() -> None:
    english = catalogue_of("en")
    assert {f"templates.{template}.title" for template in QrTemplate} <= english.keys()
    assert {f"rows.{row}" for rows in ROWS.values() for row in rows} <= english.keys()
