"""The detail of a device and of a SIM in a browser (P4)."""

import re
from html import unescape

import pytest

from models.language import Language
from models.refusals import DECLARED
from portal.pages.codes.words import CodeWords
from starter.desks import Desks
from store import events
from store.session import Database
from tests.builders import acknowledge, iccid, place, process, run
from tests.callers.world import Known
from tests.portal.pages.conftest import SignIn
from tests.portal.pages.people import ANA, Browser


def words_of(page: str) -> str:
    """What a page says, without its markup."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


async def _said(browser: Browser, path: str) -> str:
    answer = await browser.get(path, follow_redirects=True)
    assert answer.status_code == 200, path
    return words_of(answer.text[answer.text.index("<main") :])


@pytest.mark.covers("P4", "F17")
async def test_a_device_says_where_its_open_order_is(browser: SignIn, desks: Desks) -> None:
    ana, order = await browser(ANA), await place(desks.database, 2)
    assert f"Open order {order.order_id} Submitted" in await _said(ana, "/lines/L-2")
    await acknowledge(desks.database, order)
    said = await _said(ana, "/lines/L-2")
    assert f"Open order {order.order_id} Provider processing in progress" in said
    temporary = said[said.index("A temporary eSIM of the open order") :][:400]
    assert "Employee Employee 2" in temporary


@pytest.mark.covers("P4", "P15")
async def test_a_device_says_a_thing_once(browser: SignIn, acme: Known, desks: Desks) -> None:
    ana = await browser(ANA)
    await run(desks.database, "UPDATE qr_requests SET status = 'withdrawn' WHERE id = :id", id=acme.request)
    said = await _said(ana, "/lines/L-3")
    assert said.count("Generate an eSIM QR code") == 1
    assert said.count("Groups of the line") == 0
    await run(desks.database, "DELETE FROM line_groups WHERE line_id = 3")
    assert "Groups of the line" in await _said(ana, "/lines/L-3"), "they differ from those of the SIM"


@pytest.mark.covers("P4", "F20")
async def test_a_discarded_sim_leads_to_its_former_line_and_to_the_order(
    browser: SignIn, desks: Desks
) -> None:
    ana, order = await browser(ANA), await place(desks.database, 2)
    await acknowledge(desks.database, order, iccid(777))
    await process(desks.database, order, iccid(777))
    page = (await ana.get("/inventory/sims/S-2")).text
    assert "Former line +33639980002 " in words_of(page)
    assert 'href="/lines/L-2"' in page
    assert f'href="/orders/{order.order_id}"' in page


@pytest.mark.covers("P4")
async def test_the_history_says_to_whom_why_and_of_which_order(
    browser: SignIn, acme: Known, desks: Desks
) -> None:
    ana, database = await browser(ANA), desks.database
    await event(
        database,
        (acme.order, "line:4"),
        "mail.sent",
        {"mail": "x", "to": acme.contact.replace("C-", "contact:")},
    )
    (group,) = await run(database, "SELECT id, name FROM management_groups ORDER BY id LIMIT 1")
    await event(database, ("line:4",), "line.groups_changed", {"mode": "add", "groups": [group.id]})
    page = (await ana.get("/lines/L-4", follow_redirects=True)).text
    history = page[page.index('id="history"') :]
    said = words_of(history)
    assert "An e-mail was sent" in said
    (contact,) = await run(database, "SELECT name FROM contacts WHERE id = :id", id=int(acme.contact[2:]))
    assert f"To {contact.name}." in said
    assert group.name in said
    assert "The quantity of an eSIM for a line is 1." in said, "why an order was refused"
    for order in (acme.order, acme.refused):
        assert f'href="/orders/{order}"' in history


@pytest.mark.covers("P4", "F32")
async def test_the_history_of_a_qr_code_says_to_whom(browser: SignIn, acme: Known, desks: Desks) -> None:
    ana, contact = await browser(ANA), acme.contact.replace("C-", "contact:")
    await event(desks.database, (acme.request, "sim:3"), "mail.sent", {"mail": "x", "to": contact})
    page = (await ana.get("/sims/S-3/qr")).text
    said = words_of(page[page.index('id="history"') :])
    (row,) = await run(desks.database, "SELECT name FROM contacts WHERE id = :id", id=int(acme.contact[2:]))
    assert f"· Automatic To {row.name}." in said


@pytest.mark.covers("P4", "F35")
async def test_why_an_import_of_a_qr_code_was_refused_is_said(browser: SignIn, desks: Desks) -> None:
    ana = await browser(ANA)
    await event(
        desks.database, ("sim:3",), "qr.import_refused", {"codes": ["already_imported", "of_next_version"]}
    )
    for path in ("/lines/L-3", "/sims/S-3/qr"):
        page = (await ana.get(path, follow_redirects=True)).text
        said = words_of(page[page.index('id="history"') :])
        assert "An import of a QR code was refused" in said
        assert DECLARED["already_imported"].sentence in said, path
        assert "of_next_version" not in said


@pytest.mark.covers("P4", "P5")
async def test_why_nothing_is_offered_is_said_to_every_role(browser: SignIn, desks: Desks) -> None:
    ana = await browser(ANA)
    assert "No action is offered" not in await _said(ana, "/lines/L-2")
    await run(desks.database, "UPDATE order_packs SET available = false")
    said = await _said(ana, "/lines/L-2")
    assert f"No action is offered for this line at the moment. {DECLARED['no_esim_pack'].sentence}" in said


@pytest.mark.covers("P4", "P8")
@pytest.mark.parametrize("language", ["en", "fr"])
async def test_who_did_it_is_said_in_words(language: str, browser: SignIn, acme: Known, desks: Desks) -> None:
    ana, about = await browser(ANA), (acme.order, "line:4")
    await run(desks.database, "UPDATE users SET language = :it", it=language)
    async with desks.database.transaction() as connection:
        for actor in ("link:2", "operator"):
            await events.append(connection, 1, about, actor, ("mail.sent", {"mail": "x", "to": "manager"}))
    words = {
        "en": ("By a mailed link", "Operator of the platform", "To Manager."),
        "fr": ("Par un lien envoyé", "Exploitant de la plateforme", "À Gestionnaire."),
    }
    for path in ("/lines/L-4", f"/orders/{acme.order}"):
        said = await _said(ana, path)
        for each in words[language]:
            assert each in said, path
        assert "link:2" not in said
        assert "manager." not in said
    assert CodeWords(Language(language), {}).person("link:2") == words[language][0]


async def event(database: Database, about: tuple[str, ...], kind: str, data: dict[str, object]) -> None:
    """Something that happened by itself."""
    async with database.transaction() as connection:
        await events.append(connection, 1, about, "system", (kind, data))
