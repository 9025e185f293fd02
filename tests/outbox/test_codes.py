"""What the e-mails about QR codes say, as users edited them or as they are pre-filled."""

import re

import pytest

from models.codes.edited_emails import email_refusals
from models.language import Language
from outbox.codes import ContactRequested
from outbox.compose import prefilled
from outbox.emails import Email
from tests.outbox.scene import CODE, EDITABLE, EDITED, OF_CODES, page

REQUEST = ContactRequested.of(CODE)
NAMES = [email.name for email in EDITABLE]


@pytest.mark.covers("F27", "F30")
def test_what_is_prefilled_can_be_sent_as_it_is(language: Language) -> None:
    subject, text = prefilled(REQUEST, language)
    assert email_refusals(subject, text, ()) == []
    assert "Orange" in subject
    assert "…9991" in subject
    assert "8933150319062099991" in text
    assert "Nordwind Logistics" in text
    assert text.endswith("\nAmélie Durand\n")
    sent = page(ContactRequested, language)
    assert sent.subject == subject
    assert text in sent.text


@pytest.mark.covers("F30")
@pytest.mark.parametrize("name", NAMES)
def test_what_a_user_edited_is_sent_as_it_was_written(name: str, language: Language) -> None:
    content = page(name, language, **EDITED)
    assert content.subject == "The code, please"
    assert "\nDear all,\n\nwe need <b>it</b> & soon:\nby {noon}.\n" in content.text
    assert ">Dear all,</p>" in content.html
    assert ">we need &lt;b&gt;it&lt;/b&gt; &amp; soon:<br>by {noon}.</p>" in content.html


@pytest.mark.parametrize(
    ("name", "language", "sentence"),
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
def test_the_reader_is_told_what_to_do_and_what_is_checked(name: str, language: str, sentence: str) -> None:
    assert sentence.lower() in page(name, Language(language)).text.lower()


@pytest.mark.parametrize(
    ("name", "subject"),
    [
        ("manager_notified", "QR code ready: eSIM of Orange, ICCID …9991"),
        (
            "contact_reminder",
            "Please send the QR code: eSIM of Orange, ICCID …9991 (reminder 2, qr-request-abcdefghijklmnop)",
        ),
        (
            "requester_no_code",
            "No QR code has come yet: eSIM of Orange, ICCID …9991 (qr-request-abcdefghijklmnop)",
        ),
    ],
)
def test_a_subject_says_what_for_people_first(name: str, subject: str) -> None:
    assert page(name).subject == subject
    assert page(name, iccid=None, iccid_tail=None).subject == subject.replace(", ICCID …9991", "")


@pytest.mark.parametrize("code_email", OF_CODES, ids=[email.name for email in OF_CODES])
def test_a_reader_of_the_text_only_is_sent_to_no_button(code_email: type[Email], language: Language) -> None:
    for text in (page(code_email, language).text, *prefilled(REQUEST, language)):
        assert not re.search("button|bouton", text)


def test_a_notification_has_the_ends_of_numbers_only() -> None:
    content = page("manager_notified")
    assert "…9991" in content.text
    assert "…5678" in content.text
    assert "8933150319062099991" not in content.text + content.html
    assert "612345678" not in content.text + content.html
    assert "612345678" not in page("contact_requested").text


@pytest.mark.covers("F29")
def test_all_who_were_written_to_are_named_however_many() -> None:
    cc = tuple(f"reader-{number}-{'x' * 40}@client.example" for number in range(20))
    assert ", ".join(cc) in page("contact_requested", cc=cc).text
