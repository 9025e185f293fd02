"""What the e-mails about orders say to each of their readers."""

from datetime import UTC, datetime

import pytest

from models.language import Language
from outbox.emails import Email
from outbox.swaps import TO_PROVIDER
from tests.outbox.scene import OF_ORDERS, ORDER, SINCE, page


@pytest.mark.parametrize("order_email", OF_ORDERS, ids=[email.name for email in OF_ORDERS])
def test_every_email_begins_with_the_order_and_shows_the_facts_of_its_reader(
    order_email: type[Email], language: Language
) -> None:
    content = page(order_email, language)
    begins = {"en": "Order order-7f3a9c21: ", "fr": "Commande order-7f3a9c21 : "}[language]
    assert content.subject.startswith(begins)
    for row in set(order_email.rows) & ORDER.keys():
        assert str(ORDER[row]) in content.text
        assert str(ORDER[row]) in content.html


@pytest.mark.parametrize("name", sorted(TO_PROVIDER))
def test_a_distributor_does_not_learn_who_uses_the_line(name: str, language: Language) -> None:
    assert not {"employee_name"} & set(TO_PROVIDER[name].__dataclass_fields__)
    content = page(name, language)
    assert "Lefèvre" not in content.text + content.html


@pytest.mark.parametrize(
    ("name", "language", "kind", "sentence"),
    [
        ("provider_order", "en", "switch_to_esim", "Please acknowledge receipt"),
        (
            *("provider_order", "en", "replace_esim"),
            "the eSIM in place is discarded automatically. This cannot be undone.",
        ),
        ("provider_order", "fr", "switch_to_esim", "la carte SIM en place est mise au rebut automatiquement"),
        ("provider_reminder_acknowledge", "en", "switch_to_esim", "not yet received your acknowledgement"),
        ("provider_reminder_acknowledge", "fr", "switch_to_esim", "pas encore reçu votre accusé"),
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
    name: str, language: str, kind: str, sentence: str
) -> None:
    content = page(name, Language(language), kind=kind)
    assert sentence in content.text
    assert sentence in content.html


@pytest.mark.parametrize(
    ("name", "seen"),
    [
        ("provider_reminder_acknowledge", SINCE),
        ("provider_reminder_process", SINCE),
        ("provider_cancelled", dict.fromkeys(Language, "Leaves the company")),
        ("requester_cancelled", dict.fromkeys(Language, "Leaves the company")),
    ],
)
def test_the_reader_learns_why_and_since_when(
    name: str, seen: dict[Language, str], language: Language
) -> None:
    content = page(name, language)
    times = 1 + (seen is SINCE)  # a reminder has a link, which works until the same moment here
    assert content.text.count(seen[language]) == content.html.count(seen[language]) == times


def test_a_moment_needs_a_time_zone() -> None:
    naive = datetime(2026, 11, 19, 9, 30)  # noqa: DTZ001 - the point of it
    with pytest.raises(ValueError, match="time zone"):
        page("provider_reminder_process", waiting_since=naive)


def test_moments_are_in_utc(language: Language) -> None:
    seen = {
        "en": "since 1 January 2026, 00:00 UTC.",
        "fr": "depuis le 1er\u00a0janvier 2026 à 0\u00a0h\u00a000\u00a0UTC.",
    }[language]
    since = datetime(2026, 1, 1, 0, 0, tzinfo=UTC)
    assert seen in page("provider_reminder_process", language, waiting_since=since).text
