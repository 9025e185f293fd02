"""The log of e-mails on pages: to whom, about what, how far; never a text, a link or a code (P11)."""

import re
import tomllib
from pathlib import Path

import pytest

from models.language import Language
from starter.desks import Desks
from tests.builders import run
from tests.callers.world import BEN, Known
from tests.portal.api.statements import counted
from tests.portal.pages.conftest import SignIn
from tests.portal.pages.people import ANA, CLEO, Browser
from wording.emails import SUBJECTS
from wording.pages import page_texts

pytestmark = pytest.mark.covers("P11")
LIST = "/administration/e-mails"


def rows(page: str) -> list[str]:
    """The rows of the list, as text."""
    found = re.findall(r'<tr role="row" id="mail-\d+".*?</tr>', page, re.DOTALL)
    return [" ".join(re.sub(r"<[^>]+>", " ", row).split()) for row in found]


async def mails(desks: Desks, number: int, account: int = 1, **values: str) -> None:
    """E-mails about an order of the account."""
    known = {"template": "provider_order", "recipient": "contact:1", "state": "sent", "reason": None} | values
    await run(
        desks.database,
        "INSERT INTO mails (id, account_id, order_id, template, recipient, message_id, state, reason,"
        " attempts) SELECT CAST(:template AS text) || ' ' || CAST(:recipient AS text) || ' ' || n,"
        " CAST(:account AS bigint), o.id,"
        " CAST(:template AS text), CAST(:recipient AS text), concat('<', n, '@esim.example>'), :state,"
        " :reason, 2 FROM generate_series(1, :number) AS n,"
        " (SELECT id FROM orders ORDER BY id LIMIT 1) AS o RETURNING id",
        number=number,
        account=account,
        **known,
    )


async def test_each_email_says_to_whom_about_what_and_how_far_it_is(
    browser: SignIn, desks: Desks, acme: Known
) -> None:
    ana = await browser(ANA)
    await mails(desks, 1)
    await mails(desks, 1, recipient="user:1", template="user_invitation", state="sending")
    await mails(desks, 1, recipient="contact:99", state="failed", reason="mail_rejected")
    await mails(desks, 1, recipient="cc:1", template="copy_requested", state="unsent")
    page = (await ana.get(LIST)).text
    listed = rows(page)
    (contact,) = await run(desks.database, "SELECT name, email FROM contacts WHERE id = 1")
    (order,) = await run(desks.database, "SELECT id FROM orders ORDER BY id LIMIT 1")
    sent = next(row for row in listed if contact.email in row)
    for each in ("Order to the distributor", contact.name, "Sent", "2 attempts", order.id):
        assert each in sent, each
    assert any("Invitation of a user" in row and "Being sent" in row for row in listed)
    failed = next(row for row in listed if "Failed" in row)
    assert "Contact that is gone" in failed
    assert "refused" in failed, "why it failed"
    assert any("Recipient of a copy" in row for row in listed)
    assert f'href="/orders/{order.id}"' in page, "where it may be retried"


async def test_filters_find_by_address_order_and_status(browser: SignIn, desks: Desks) -> None:
    ana = await browser(ANA)
    await mails(desks, 1)
    await mails(desks, 2, recipient="user:1", state="failed", reason="mail_rejected")
    (contact,) = await run(desks.database, "SELECT email FROM contacts WHERE id = 1")
    (order,) = await run(desks.database, "SELECT id FROM orders ORDER BY id LIMIT 1")
    for query, number in (
        ({}, 4),  # one is kept there
        ({"to": contact.email.upper()}, 1),
        ({"to": "nobody@acme.example"}, 0),
        ({"state": "failed"}, 2),
        ({"state": "sent", "about": order.id, "to": contact.email}, 1),
        ({"about": "order-aaaaaaaaaaaaaaaa"}, 0),
    ):
        answer = await ana.get(LIST, params=query)
        assert (answer.status_code, len(rows(answer.text))) == (200, number), query
    for query in ({"state": "lost"}, {"colour": "red"}, {"cursor": "x"}):
        assert (await ana.get(LIST, params=query)).status_code == 422, query
    page = (await ana.get(LIST, params={"state": "failed", "to": contact.email})).text
    assert "No e-mail is as the filter asks for." in page
    assert f'href="{LIST}?state=failed"' in page, "the chip of the address is removed"


async def test_a_notification_is_found_by_the_address_it_was_sent_to(browser: SignIn, desks: Desks) -> None:
    ana = await browser(ANA)
    await run(
        desks.database,
        "INSERT INTO mails (id, account_id, qr_notification_id, template, recipient, message_id, state)"
        " SELECT id, account_id, id, 'manager_notified', 'manager', '<n@esim.example>', 'sent'"
        " FROM qr_notifications WHERE address = 'carl@acme.example' RETURNING id",
    )
    page = (await ana.get(LIST, params={"to": "carl@acme.example"})).text
    (row,) = rows(page)
    assert "Notification of the QR code" in row
    assert "carl@acme.example" in row
    assert re.search(r'href="/sims/S-\d+/qr"', page)


async def test_many_cost_as_many_statements_as_few_and_pages_go_on(browser: SignIn, desks: Desks) -> None:
    ana = await browser(ANA)
    costs = []
    for number, recipient in ((1, "contact:1"), (23, "contact:2"), (100, "contact:3")):
        await mails(desks, number, recipient=recipient)
        with counted(desks.database) as statements:
            page = (await ana.get(LIST)).text
        costs.append((len(rows(page)), len(statements)))
    assert [number for number, _ in costs] == [2, 25, 50]
    assert len({cost for _, cost in costs}) == 1
    seen: list[str] = []
    path = LIST
    while path:
        page = (await ana.get(path)).text
        seen += rows(page)
        (path,) = re.findall(r'rel="next" href="([^"]+)"', page) or [""]
        path = path.replace("&amp;", "&")
    assert len(seen) == 125


async def _emails(browser: Browser) -> int:
    return len(rows((await browser.get(LIST)).text))


async def test_another_firm_sees_none_and_who_may_not_see_the_audit_is_refused(
    browser: SignIn, desks: Desks
) -> None:
    await mails(desks, 3)
    ana, ben, cleo = [await browser(person) for person in (ANA, BEN, CLEO)]
    assert (await _emails(ana), await _emails(cleo)) == (4, 0)
    assert (await ben.get(LIST)).status_code == 403


def test_each_kind_of_email_has_words() -> None:
    kinds = {
        name
        for folder in SUBJECTS.values()
        for name in tomllib.loads((Path(folder) / "emails.en.toml").read_text("utf-8"))["emails"]
    }
    for language in Language:
        assert kinds <= page_texts(language)["mail_kinds"].keys()
