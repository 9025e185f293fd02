"""Origins of calls with an API key: recorded once for each change, and not for what is refused (A17)."""

from dataclasses import replace

import httpx
import pytest
from sqlalchemy import func, select

from portal.app import create_app
from starter.desks import Desks
from store.origins import OriginRow
from tests.builders import ACCOUNT
from tests.portal.api.keys import Keyring
from tests.portal.api.statements import counted

pytestmark = pytest.mark.covers("A1", "A17")


async def test_a_call_above_the_limit_records_nothing(keys: Keyring, desks: Desks) -> None:
    headers = await keys.of()
    slow = desks.settings.model_copy(update={"api_calls_a_second": 0.1})
    app = create_app(desks.links, slow, desks=replace(desks, settings=slow))
    path = "/api/v1/users/ben@acme.example/activate"

    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="https://a.example") as api:
        assert (await api.post(path, headers=headers)).status_code == 200
        before = await _origins(desks)
        with counted(desks.database) as statements:
            refused = await api.post(path, headers=headers)

    assert statements == []
    assert (refused.status_code, refused.json()["code"]) == (429, "too_many_calls")
    assert refused.headers["Retry-After"]
    assert await _origins(desks) == before


@pytest.mark.covers("A4")
@pytest.mark.parametrize("yes", ["true", "True", "YES", "1"])
async def test_a_dry_run_records_nothing(
    yes: str, api: httpx.AsyncClient, keys: Keyring, desks: Desks
) -> None:
    headers = await keys.of()
    before = await _origins(desks)
    body = {"lines": ["L-1"], "employee": "new@acme.example", "name": "New"}

    answer = await api.post("/lines/employee", headers=headers, params={"dry_run": yes}, json=body)

    assert answer.json()["dry_run"] is True
    assert await _origins(desks) == before


async def _origins(desks: Desks) -> int:
    async with desks.database.reading() as connection:
        return await connection.scalar(select(func.count()).select_from(OriginRow)) or 0


async def test_a_key_that_has_called_before_records_its_origin_with_the_look_at_it(
    keys: Keyring, desks: Desks
) -> None:
    headers = await keys.of()
    app = create_app(desks.links, desks.settings, desks=desks)
    path = "/api/v1/users/ben@acme.example/activate"
    before = await _origins(desks)

    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="https://a.example") as api:
        with counted(desks.database) as first:
            assert (await api.post(path, headers=headers)).status_code == 200
        with counted(desks.database) as second:
            assert (await api.post(path, headers=headers)).status_code == 200

    assert len(second) == len(first) - 1
    async with desks.database.reading() as connection:
        rows = (await connection.execute(select(OriginRow.__table__).order_by(OriginRow.id))).all()[before:]
    recorded = [(row.actor, row.surface, row.session, row.address) for row in rows]
    assert len(recorded) == 2
    assert recorded[0] == recorded[1]
    assert len({row.request_id for row in rows} - {None}) == 2


@pytest.mark.parametrize("wrong", ["revoked", "deactivated", "closed", "account named", "parameter"])
async def test_a_refused_call_records_no_origin_although_its_key_has_called_before(
    wrong: str, api: httpx.AsyncClient, keys: Keyring, desks: Desks
) -> None:
    headers = await keys.of()
    assert (await api.get("/orders", headers=headers)).status_code == 200
    key, *_ = await desks.api_keys.keys(keys.operator)
    path = "/users/ben@acme.example/activate"
    match wrong:
        case "revoked":
            await desks.api_keys.revoke(keys.operator, key.key_id)
        case "deactivated":
            await desks.users.deactivate_user(keys.operator, f"U-{key.user_id}")
        case "closed":
            await desks.accounts.close(keys.operator, ACCOUNT)
        case "account named":
            headers |= {"Esim-Account": ACCOUNT}
        case "parameter":
            path += "?dry=true"
    before = await _origins(desks)

    answer = await api.post(path, headers=headers)

    assert 400 <= answer.status_code < 500, answer.text
    assert await _origins(desks) == before
