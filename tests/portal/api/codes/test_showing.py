"""A QR code is shown over HTTP to a key that may see it, as text or as a picture, and that is recorded."""

from io import BytesIO

import httpx
import pytest
from PIL import Image

from models.people.callers import Role
from starter.desks import Desks
from tests.builders import iccid, run
from tests.callers.world import Known
from tests.portal.api.keys import Keyring
from tests.qr.scanner import scan
from tests.qr.test_draw import shown_svg
from tests.qr_world import code

pytestmark = pytest.mark.covers("A15")
_SERVED = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}

_DISCARD = (
    "UPDATE sims SET state = 'discarded', holder = NULL, employee_id = NULL, discarded_at = esim_now()"
    " WHERE id = 1"
)


async def test_a_code_is_shown_as_text_with_links_that_install_it(
    api: httpx.AsyncClient, keys: Keyring, acme: Known
) -> None:
    answer = await api.post(f"/sims/{acme.esim}/qr-code/show", headers=await keys.of())

    assert answer.status_code == 200
    shown = answer.json()
    assert shown["activation_code"] == str(code(1))
    assert (shown["sim"], shown["version"]) == (acme.esim, 1)
    assert (shown["server"], shown["matching_id"]) == ("smdp.example.com", "QR-SECRET-MATCHING-ID-0001")
    assert shown["confirmation_code_required"] is False
    assert set(shown["install"]) == {"ios", "android"}
    assert {name: answer.headers[name] for name in _SERVED} == _SERVED


async def test_a_code_is_shown_as_a_picture_that_a_phone_scans_and_no_cache_keeps(
    api: httpx.AsyncClient, keys: Keyring, acme: Known
) -> None:
    headers = await keys.of()
    asked = f"/sims/{acme.esim}/qr-code/show"

    png = await api.post(asked, params={"format": "png"}, headers=headers)
    svg = await api.post(asked, params={"format": "svg"}, headers=headers)

    assert (png.headers["Content-Type"], svg.headers["Content-Type"]) == ("image/png", "image/svg+xml")
    assert scan(Image.open(BytesIO(png.content))) == [str(code(1))]
    assert scan(shown_svg(svg.text)) == [str(code(1))]
    for answer, name in ((png, "esim-qr-S-1.png"), (svg, "esim-qr-S-1.svg")):
        assert answer.headers["Content-Disposition"] == f'attachment; filename="{name}"'
        assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert {name: answer.headers[name] for name in _SERVED} == _SERVED
        assert answer.headers["RateLimit"], "it counts as a call"


@pytest.mark.covers("A17")
async def test_the_history_says_which_key_saw_the_code_and_from_where(
    api: httpx.AsyncClient, keys: Keyring, desks: Desks, acme: Known
) -> None:
    answer = await api.post(f"/sims/{acme.esim}/qr-code/show", headers=await keys.of())

    (seen,) = await run(
        desks.database,
        "SELECT o.actor, surface, session, request_id FROM events JOIN origins o ON o.id = origin_id"
        " WHERE type = 'qr.shown'",
    )
    assert seen.surface == "api"
    assert seen.session.startswith("K-")
    assert seen.actor.startswith("user:")
    assert seen.request_id == answer.headers["Request-Id"]


async def test_a_look_shows_no_code_and_changes_nothing(
    api: httpx.AsyncClient, keys: Keyring, acme: Known
) -> None:
    headers = await keys.of()

    assert (await api.get(f"/sims/{acme.esim}/qr-code/show", headers=headers)).status_code == 405
    history = await api.get(f"/sims/{acme.esim}/qr-code/history", headers=headers)

    assert history.json()["versions"][0]["current"] is True
    assert "QR-SECRET" not in history.text
    assert "qr.shown" not in [event["type"] for event in history.json()["events"]]


async def test_who_may_only_look_at_the_inventory_sees_no_code(
    api: httpx.AsyncClient, keys: Keyring, acme: Known
) -> None:
    refused = await api.post(f"/sims/{acme.esim}/qr-code/show", headers=await keys.of(Role.VIEWER))

    assert refused.status_code == 403
    assert refused.json()["refusals"][0]["parameters"] == {"permission": "view_qr_codes"}


async def test_the_code_of_a_discarded_esim_is_not_shown_any_more(
    api: httpx.AsyncClient, keys: Keyring, desks: Desks, acme: Known
) -> None:
    headers = await keys.of()
    await run(desks.database, "DELETE FROM sim_groups WHERE sim_id = 1")
    await run(desks.database, _DISCARD)

    for shown_as in ("json", "png", "svg"):
        refused = await api.post(
            f"/sims/{acme.esim}/qr-code/show", params={"format": shown_as}, headers=headers
        )
        assert (refused.status_code, refused.json()["code"]) == (422, "sim_discarded")
        assert refused.headers["Content-Type"] == "application/problem+json"


async def test_an_esim_without_a_code_and_an_unknown_format_are_refused(
    api: httpx.AsyncClient, keys: Keyring, acme: Known
) -> None:
    headers = await keys.of()

    without = await api.post("/sims/S-3/qr-code/show", headers=headers)
    unknown = await api.post(f"/sims/{acme.esim}/qr-code/show", params={"format": "pdf"}, headers=headers)

    assert (without.status_code, without.json()["code"]) == (404, "no_qr_code_yet")
    assert (unknown.status_code, unknown.json()["errors"][0]["parameter"]) == (422, "format")


@pytest.mark.covers("A7")
@pytest.mark.parametrize("name", ["S-1", "%2B33639980001", iccid(1), f"{iccid(1)[:4]}%20{iccid(1)[4:]}"])
async def test_a_sim_is_named_by_its_id_its_iccid_or_the_phone_number(
    name: str, api: httpx.AsyncClient, keys: Keyring
) -> None:
    answer = await api.post(f"/sims/{name}/qr-code/show", headers=await keys.of())

    assert answer.status_code == 200, answer.text
    assert answer.json()["sim"] == "S-1"
