"""Webhooks on pages: made, tried, changed, rotated and deleted (A11, issue 15)."""

import asyncio
import re
from typing import Any

import pytest

from models.event_types import SUBJECTS
from models.events import EVENT_TYPES, Audience
from models.language import Language
from portal.pages.administration.event_types import KEYS, groups
from starter.desks import Desks
from tests.builders import until_blocked
from tests.callers.world import BEN, Known
from tests.portal.pages.conftest import SignIn
from tests.portal.pages.hidden_fields import hidden
from tests.portal.pages.people import ANA, CLEO
from tests.portal.pages.webhook_pages import LIST, caller, desks, made, receiver
from tests.webhooks.receiver import Receiver

__all__ = ["desks", "receiver"]
pytestmark = pytest.mark.covers("A11", "P11")


async def test_an_endpoint_is_made_with_chosen_groups_and_its_secret_is_shown_once(
    browser: SignIn, desks: Desks, receiver: Receiver
) -> None:
    ana = await browser(ANA)
    shown = hidden((await ana.get(f"{LIST}/new")).text)
    form = shown | {"url": receiver.url, "description": "Stock", "which": "chosen"}
    nothing = await ana.post(LIST, data=form)
    assert nothing.status_code == 422
    assert "Tick at least one group or one event." in nothing.text
    assert f'value="{receiver.url}"' in nothing.text
    path, secret = await made(ana, receiver, **form, groups="orders", types="qr.imported")
    assert secret.startswith("whsec_")
    again = await ana.post(LIST, data=form | {"groups": "orders", "types": "qr.imported"})
    assert again.status_code == 422
    assert f"already made {path.rpartition('/')[2]}, whose secret was shown once" in again.text
    for page in (again.text, (await ana.get(LIST)).text, (await ana.get(path)).text):
        assert secret not in page
    webhook = await desks.webhooks.webhook((await caller(desks)), path.rpartition("/")[2])
    assert set(webhook.types) == {*SUBJECTS["Orders and SIMs"], "qr.imported"}
    assert "Orders and SIMs, 1 type of event" in (await ana.get(LIST)).text
    edit = (await ana.get(f"{path}/edit")).text
    assert 'name="groups" value="orders" checked' in edit
    assert 'name="types" value="qr.imported" checked' in edit
    assert 'name="types" value="order.submitted" checked' in edit, "a single of a whole group"
    assert 'name="types" value="user.created" checked' not in edit


async def test_what_an_address_may_not_be_is_said_beside_it(browser: SignIn) -> None:
    ana = await browser(ANA)
    for url, said in (
        ("ftp://shop.example", "begins with https:"),
        ("https://10.0.0.1/hooks", "public"),
        ("https://no-such-host.invalid/", "host"),
    ):
        answer = await ana.post(LIST, data={"url": url, "which": "all"})
        assert answer.status_code == 422, url
        assert 'aria-invalid="true"' in answer.text
        error = re.search(r'id="url-error">.*?<span>(.*?)</span>', answer.text, re.DOTALL)
        assert error, url
        assert said in error[1], error[1]


async def test_a_ping_shows_what_the_receiver_answers(browser: SignIn, receiver: Receiver) -> None:
    ana = await browser(ANA)
    path, secret = await made(ana, receiver)

    async def pinged() -> str:
        answer = await ana.post(f"{path}/test")
        assert (answer.status_code, answer.headers["Location"]) == (303, path)
        return (await ana.get(path)).text

    taken = await pinged()
    assert "The receiver took the ping" in taken
    assert "Answered with status 204" in taken
    assert "The receiver took the ping" not in (await ana.get(path)).text, "it is said once"
    assert receiver.requests[-1].verified(secret)["type"] == "webhook.ping"
    receiver.always(500)
    receiver.text = "<b>no such shop</b>"
    refused = await pinged()
    assert "The receiver did not take the ping" in refused
    assert "&lt;b&gt;no such shop&lt;/b&gt;" in refused
    receiver.always(302)
    assert "Answered with status 302, and redirects are not followed" in await pinged()
    receiver.dies()
    assert "The connection failed: nothing listens there" in await pinged()


def sent_as_shown(page: str) -> dict[str, str | list[str]]:
    """The form of an endpoint as a browser sends it, with its ticks."""
    ticks = {
        name: re.findall(rf'name="{name}" value="([^"]+)" checked', page) for name in ("groups", "types")
    }
    return hidden(page) | {"description": "Stock", "which": "chosen"} | ticks


async def test_an_event_that_is_unticked_wins_over_its_whole_group(
    browser: SignIn, desks: Desks, receiver: Receiver
) -> None:
    ana, orders = await browser(ANA), {*SUBJECTS["Orders and SIMs"]}
    path, _ = await made(ana, receiver, which="chosen", groups="orders")

    async def types() -> set[str]:
        return {*(await desks.webhooks.webhook(await caller(desks), path.rpartition("/")[2])).types}

    async def form() -> dict[str, str | list[str]]:
        return sent_as_shown((await ana.get(f"{path}/edit")).text) | {"url": receiver.url}

    as_shown = await form()
    assert {*as_shown["types"]} == orders
    assert (await ana.post(f"{path}/edit", data=as_shown)).status_code == 303
    assert await types() == orders
    fewer = as_shown | {"types": sorted(orders - {"order.submitted"})}
    assert (await ana.post(f"{path}/edit", data=fewer)).status_code == 303
    assert await types() == orders - {"order.submitted"}
    whole = await form() | {"groups": ["orders"]}
    assert (await ana.post(f"{path}/edit", data=whole)).status_code == 303
    assert await types() == orders, "a group that is ticked now means all of it"
    without = await form() | {"groups": ["jobs"]}
    assert (await ana.post(f"{path}/edit", data=without)).status_code == 303
    assert await types() == {*SUBJECTS["Jobs"]}, "a group that is unticked alone takes its events with it"


@pytest.mark.parametrize(
    "change", [{"url": "/moved"}, {"types": ["order.processed"]}, {"description": "Warehouse"}]
)
async def test_a_form_that_shows_what_was_changed_meanwhile_puts_nothing_back(
    browser: SignIn, desks: Desks, receiver: Receiver, change: dict[str, Any]
) -> None:
    ana = await browser(ANA)
    path, _ = await made(ana, receiver)
    stale = hidden((await ana.get(f"{path}/edit")).text)
    stale |= {"url": receiver.url, "description": "Stale", "which": "all"}
    name = path.rpartition("/")[2]
    change = {key: receiver.url + value if key == "url" else value for key, value in change.items()}
    saved = await desks.webhooks.edit(await caller(desks), name, **change)
    late = await ana.post(f"{path}/edit", data=stale)
    assert late.status_code == 422
    assert "was changed meanwhile" in late.text
    assert f'value="{saved.url}"' in late.text
    assert f'value="{saved.description}"' in late.text
    assert await desks.webhooks.webhook(await caller(desks), name) == saved
    again = hidden(late.text) | {"url": saved.url, "description": "Fresh", "which": "all"}
    assert (await ana.post(f"{path}/edit", data=again)).status_code == 303


async def test_of_two_forms_at_once_only_the_first_is_saved(
    browser: SignIn, desks: Desks, receiver: Receiver
) -> None:
    ana = await browser(ANA)
    path, _ = await made(ana, receiver)
    form = hidden((await ana.get(f"{path}/edit")).text) | {"url": receiver.url, "which": "all"}
    async with desks.database.transaction() as connection:
        await connection.exec_driver_sql("UPDATE webhooks SET description = 'Warehouse'")
        late = asyncio.create_task(ana.post(f"{path}/edit", data=form | {"description": "Shop"}))
        await until_blocked(desks.database, late)
    assert (await late).status_code == 422
    webhook = await desks.webhooks.webhook(await caller(desks), path.rpartition("/")[2])
    assert webhook.description == "Warehouse"


async def test_a_rotated_secret_signs_at_once_and_the_one_before_for_a_while(
    browser: SignIn, receiver: Receiver
) -> None:
    ana = await browser(ANA)
    path, before = await made(ana, receiver)
    asked = (await ana.get(f"{path}/rotate")).text
    assert "they carry two signatures" in asked
    assert "whsec_" not in asked
    rotated = await ana.post(f"{path}/rotate", data=hidden(asked) | {"hours": "24"})
    (secret,) = set(re.findall(r"whsec_[\w+/=]+", rotated.text.replace("&#43;", "+")))
    assert secret != before
    repeated = await ana.post(f"{path}/rotate", data=hidden(asked) | {"hours": "24"})
    assert repeated.status_code == 422
    assert "This form has already made another secret" in repeated.text
    await ana.post(f"{path}/test")
    for each in (before, secret):
        assert receiver.requests[-1].verified(each)
    assert "Both secrets sign until" in (await ana.get(path)).text
    at_once = await ana.post(f"{path}/rotate", data={"hours": "0"})
    assert at_once.status_code == 200
    assert "Both secrets sign until" not in at_once.text


async def test_a_deleted_endpoint_is_gone(browser: SignIn, receiver: Receiver) -> None:
    ana = await browser(ANA)
    path, _ = await made(ana, receiver)
    asked = (await ana.get(f"{path}/delete")).text
    assert "What was not sent yet is never sent." in asked
    assert (await ana.get(path)).status_code == 200
    assert (await ana.post(f"{path}/delete")).headers["Location"] == LIST
    assert (await ana.get(path)).status_code == 404


async def test_who_may_not_manage_them_and_who_is_of_another_firm_sees_none(
    browser: SignIn, acme: Known
) -> None:
    ben, cleo = await browser(BEN), await browser(CLEO)
    assert (await ben.get(LIST)).status_code == 403
    assert (await cleo.get(f"{LIST}/{acme.webhook}")).status_code == 404
    assert "No webhook yet" in (await cleo.get(LIST)).text
    ana = await browser(ANA)
    assert acme.webhook in (await ana.get(LIST)).text


async def test_the_page_of_types_has_every_type_in_words_with_an_example(browser: SignIn) -> None:
    page = (await (await browser(ANA)).get(f"{LIST}/events")).text
    for name, audience in EVENT_TYPES.items():
        assert (f"&#34;type&#34;: &#34;{name}&#34;" in page) is (audience is Audience.ACCOUNT), name
    assert "A webhook got another secret" in page
    assert "For users who may see orders." in page
    assert [*KEYS.values()] == [*SUBJECTS], "a new subject has words of its own"
    assert all(group.title for language in Language for group in groups(language))
