"""Pages in the reader's language."""

import re
from pathlib import Path
from string import Formatter
from typing import Any

import httpx
import pytest

from models.codes.requests import RequestStatus
from models.errors import Refused
from models.language import Language
from portal.links import pages, templates
from tests.portal.desk import DOWNLOAD, UPLOAD, InventedDesk
from wording.pages import page_texts

PLACES = list(Path(templates.TEMPLATES).rglob("*.jinja"))


def leaves(table: dict[str, Any], path: str = "") -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in table.items():
        found |= leaves(value, f"{path}{key}.") if isinstance(value, dict) else {path + key: value}
    return found


def test_all_languages_say_the_same() -> None:
    english = said_in(Language.EN)
    for language in Language:
        said = said_in(language)
        assert set(said) == set(english)
        for key, value in said.items():
            assert type(value) is type(english[key])
            if isinstance(value, str):
                assert _names(value) == _names(english[key]), key


def said_in(language: Language) -> dict[str, Any]:
    return leaves(dict(page_texts(language)))


def _names(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name is not None}


def test_no_word_is_left_over() -> None:
    used = " ".join(path.read_text() for path in PLACES)
    by_name = (
        "problem.",
        "problems.",
        "refusals.",
        "api_problems.",
        "page_problem.",
        "page_problems.",
        "flash.",
        "qr_states.",
        "form_errors.",
        "roles.",
        "choose.",
        "grid_words.",
        "inventory.in_bulk.",
        "job_words.",
        "import_words.",
        "search_kinds.",
        "actors.",
        *("imports.missing", "imports.empty"),
        "administration_",
        "profiles.hints.",
        *("reminder_words.", "reminder_hints.", "account_settings.between"),
        *("contact_roles.", "contact_role_words.", "languages.", "contacts.confirm_first"),
        *("profiles.on_line", "profiles.on_sim"),
        "people_states.",
        *("key_states.", "key_modes.", "key_days.", "api_keys.mode_hint.", "api_keys.made_before"),
        *("mail_states.", "mail_recipients.", "mail_kinds.", "mail_log.filter_unknown"),
        *(
            "audit_surfaces.",
            "audit.filter_unknown",
            "audit.actor",
            "audit.type",
            "audit.since",
            "audit.until",
        ),
        *("webhook_states.", "webhook_short.", "webhook_why.", "webhook_outcomes.", "event_groups."),
        *(
            f"webhooks.{name}"
            for name in (
                "made_before",
                "rotated_before",
                "choose_types",
                "types_",
                "changed_meanwhile",
            )
        ),
        "catalogue.filter_unknown",
        "people.link.",
        "edits.changed_to",
        "travel_words.",
        *("travel_placed.", "travel_change.", "travel_add.line.", "travel_add.plan."),
        *("sign_in.ended", "sign_in.unsaved"),
        "role_words.",
        *("numbers.views.", "number.types.", "number.esim_states."),
        *("number_replace.reasons.", "number_replace.details.", "licence_change.kinds."),
        *("number_change.choose_agent", "agents.email_stays"),
        "frame.places.",
        "held.",
        "order.waits.",
        "order_step.",
        "orders.filter_unknown",
        "orders.to",
        "problem_pages.advice.",
        "problem_pages.subjects.",
        *(f"reference.{place}" for place in ("path", "query", "header")),
        *(f"over.{status}." for status in RequestStatus),
        "dashboard.",
        *("desk.none_of.", "desk.waiting.", "desk.steps.", "order_step_of_number."),
        "order_link_of_number.",
        *("order_link.", "order_links.states."),
    )
    for key in said_in(Language.EN):
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
