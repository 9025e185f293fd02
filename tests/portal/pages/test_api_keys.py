"""API keys on pages: made with at most one's own permissions, shown once, revoked (A1, A2, A18)."""

import re

import pytest

from models.people.api_keys import parse_key
from models.people.callers import UserKind
from starter.desks import Desks
from tests.builders import ACCOUNT, OPERATOR, run
from tests.callers.world import BEN, BOLT, Known
from tests.portal.api.statements import counted
from tests.portal.pages.conftest import SignIn
from tests.portal.pages.hidden_fields import hidden
from tests.portal.pages.people import ADDRESS, ANA, CLEO

pytestmark = pytest.mark.covers("A1", "P11")
LIST = "/administration/api-keys"
BOTS = "/administration/service-users"
BOT = "bot@acme.example"
FORM = {"name": "Shop backend", "user": BOT, "access": "view", "days": "90", "key": "k-1"}


def key_of(page: str) -> str:
    """The key that the page shows."""
    (text,) = set(re.findall(r"esim_(?:test|live)_[0-9A-Za-z]{38}", page))
    return str(text)


@pytest.mark.covers("A18", "A2")
async def test_a_key_is_shown_once_and_opens_the_api_as_its_service_user(
    browser: SignIn, desks: Desks
) -> None:
    ana = await browser(ANA)
    form = (await ana.get(f"{LIST}/new")).text
    assert "Bot, Viewer" in form, "the only service user"
    sent = hidden(form) | {"name": "Shop backend", "access": "view", "days": "30"}
    made = await ana.post(LIST, data=sent)
    assert made.status_code == 200
    assert made.headers["Cache-Control"] == "no-store"
    text = key_of(made.text)
    assert parse_key(text) is not None
    allowed = await ana.get("/api/v1/orders", headers={"Authorization": f"Bearer {text}"})
    assert allowed.status_code == 200
    forbidden = await ana.get("/api/v1/webhooks", headers={"Authorization": f"Bearer {text}"})
    assert (forbidden.status_code, "manage_webhooks" in forbidden.text) == (403, True)

    again = await ana.post(LIST, data=sent)
    assert again.status_code == 422
    assert "This form has already made the key K-" in again.text
    for page in (again.text, (await ana.get(LIST)).text, (await ana.get(f"{LIST}/K-2")).text):
        assert text not in page
    rows = await run(desks.database, "SELECT name, permissions FROM api_keys WHERE name = 'Shop backend'")
    assert [set(row.permissions) for row in rows] == [
        {"view_inventory", "view_catalogue", "view_orders", "view_people", "view_licences"}
    ]
    assert "Not used yet" not in (await ana.get(f"{LIST}/K-2")).text, "its last use is recorded"


async def test_a_key_gets_nothing_that_its_user_or_its_maker_may_not_do(
    browser: SignIn, desks: Desks
) -> None:
    admin = await browser("administrator@acme.example")
    form = (await admin.get(f"{LIST}/new?user={BOT}")).text
    assert 'value="view_orders"' in form
    assert 'value="place_orders"' not in form, "a viewer's key cannot order"
    above = FORM | {"access": "chosen", "permissions": "place_orders"}
    refused = await admin.post(LIST, data=above)
    assert refused.status_code == 422
    assert 'value="Shop backend"' in refused.text
    none = await admin.post(LIST, data=FORM | {"access": "chosen"})
    assert none.status_code == 422
    owner = "buyer@acme.example"
    await desks.users.create_user(OPERATOR, ACCOUNT, "Buyer", owner, role="owner", kind=UserKind.SERVICE)
    offered = (await admin.get(f"{LIST}/new?user={owner}")).text
    assert 'value="place_orders"' in offered
    assert 'value="buy_licences"' not in offered, "an administrator may not"
    chosen = await admin.post(LIST, data=above | {"user": owner, "key": "k-2"})
    assert chosen.status_code == 200
    (row,) = await run(desks.database, "SELECT permissions FROM api_keys ORDER BY id DESC LIMIT 1")
    assert row.permissions == ["place_orders"]


async def test_the_service_user_is_made_or_chosen_first(browser: SignIn, desks: Desks) -> None:
    cleo = await browser(CLEO)
    empty = (await cleo.get(f"{LIST}/new")).text
    assert "There is no service user yet" in empty
    form = hidden((await cleo.get(f"{BOTS}/new")).text)
    wrong = await cleo.post(BOTS, data=form | {"name": "Till", "email": "x", "role": "manager"})
    assert (wrong.status_code, 'value="Till"' in wrong.text) == (422, True)
    sent = form | {"name": "Till", "email": "till@bolt.example", "role": "manager"}
    made = [await cleo.post(BOTS, data=sent) for _ in range(2)]
    assert [answer.status_code for answer in made] == [303, 303]
    users = await desks.users.users(OPERATOR, BOLT, kind=UserKind.SERVICE)
    assert [(user.name, user.role) for user in users] == [("Till", "manager")]
    assert made[0].headers["Location"] == f"{LIST}/new?user=U-{users[0].id}"
    assert "Till is made." in (await cleo.get(made[0].headers["Location"])).text
    foreign = await cleo.post(LIST, data=FORM)
    unknown = await cleo.post(LIST, data=FORM | {"user": "U-999999"})
    assert (foreign.status_code, unknown.status_code) == (422, 422)
    assert foreign.text.replace(BOT, "U-999999") == unknown.text


async def test_a_revoked_key_is_refused_at_once(browser: SignIn) -> None:
    ana = await browser(ANA)
    text = key_of((await ana.post(LIST, data=FORM)).text)
    bearer = {"Authorization": f"Bearer {text}"}
    assert (await ana.get("/api/v1/orders", headers=bearer)).status_code == 200
    asked = (await ana.get(f"{LIST}/K-2/revoke")).text
    assert "Revoke Shop backend?" in asked
    assert "Orders and jobs that it started continue." in asked
    assert (await ana.get("/api/v1/orders", headers=bearer)).status_code == 200, "asking changes nothing"
    done = await ana.post(f"{LIST}/K-2/revoke")
    assert done.headers["Location"] == f"{LIST}/K-2"
    page = (await ana.get(f"{LIST}/K-2")).text
    assert "Shop backend is revoked." in page
    assert f'href="{LIST}/K-2/revoke"' not in page
    assert (await ana.get("/api/v1/orders", headers=bearer)).status_code == 401


async def test_a_key_that_ends_is_marked(browser: SignIn, desks: Desks) -> None:
    ana = await browser(ANA)
    await ana.post(LIST, data=FORM | {"days": "30"})
    assert "Expires soon" not in (await ana.get(LIST)).text
    for interval, state in (("3 days", "Expires soon"), ("-1 minute", "Expired")):
        await run(
            desks.database,
            "UPDATE api_keys SET created_at = now() - interval '9 days',"
            " expires_at = now() + CAST(:left AS text)::interval WHERE name = 'Shop backend' RETURNING id",
            left=interval,
        )
        assert f"<span>{state}</span>" in (await ana.get(LIST)).text
    assert f'href="{LIST}/K-2/revoke"' not in (await ana.get(f"{LIST}/K-2")).text


async def test_who_may_not_manage_keys_sees_none_and_a_sign_in_must_be_recent(
    browser: SignIn, desks: Desks, acme: Known
) -> None:
    ben, ana = await browser(BEN), await browser(ANA)
    for path in (LIST, f"{LIST}/new", f"{LIST}/{acme.api_key}"):
        assert (await ben.get(path)).status_code == 403
    await run(
        desks.database, "UPDATE sessions SET confirmed_at = confirmed_at - interval '31 minutes' RETURNING id"
    )
    assert (await ana.get(LIST)).status_code == 200
    for path in (f"{LIST}/new", f"{LIST}/{acme.api_key}/revoke"):
        assert (await ana.get(path)).headers["Location"] == f"/sign-in/again?next={path}"
    late = await ana.post(LIST, data=FORM, headers={"Referer": f"{ADDRESS}{LIST}/new"})
    assert late.status_code == 403
    (row,) = await run(desks.database, "SELECT count(*) AS n FROM api_keys")
    assert row.n == 1


async def test_a_list_of_many_keys_costs_as_many_statements_as_one_of_few(
    browser: SignIn, desks: Desks
) -> None:
    ana = await browser(ANA)
    with counted(desks.database) as few:
        await ana.get(LIST)
    for number in range(24):
        await desks.api_keys.create(OPERATOR, f"Key {number}", user=BOT)
    with counted(desks.database) as many:
        page = (await ana.get(LIST)).text
    assert page.count('<tr role="row" id="K-') == 25
    assert len(many) == len(few)
