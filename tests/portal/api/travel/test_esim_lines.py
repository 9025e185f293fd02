"""eSIM lines over HTTP: suspended, resumed, plans revoked, e-mails sent again (T32, T33, T43)."""

import pytest

from models.people.callers import Role
from starter.desks import Desks
from tests.builders import run
from tests.portal.api.keys import Keyring
from tests.portal.api.travel.journey import ICCID, Client, Journey, client

pytestmark = pytest.mark.covers("A7", "A16")


@pytest.mark.covers("T33")
async def test_a_line_is_suspended_with_a_reason_and_resumed(owner: Client, journey: Journey) -> None:
    line = f"/esim-lines/{ICCID}"

    suspended = await owner.post(f"{line}/suspend", {"reason": "Phone lost."})

    assert (suspended["id"], suspended["esim_state"]) == (journey.line, "suspended")
    assert suspended["suspended_at"] is not None
    assert await owner.post(f"{line}/suspend", {"reason": "Again."}) == suspended
    resumed = await owner.post(f"{line}/resume", {})
    assert resumed["esim_state"] == "active"
    assert await owner.post(f"{line}/resume", {}) == resumed
    assert await owner.refused("POST", f"{line}/suspend", {"reason": " "}) == "suspension_without_reason"
    assert await owner.refused("POST", f"{line}/suspend", {}) == "body_invalid"


@pytest.mark.covers("T32")
async def test_a_queued_plan_is_revoked_and_one_in_use_is_not(owner: Client, journey: Journey) -> None:
    await owner.post(f"/esim-lines/{journey.line}/connections", {"country": "FR"})

    line = await owner.post(f"/assigned-plans/{journey.asia}/revoke")

    assert [each["state"] for each in line["plans"]] == ["active", "revoked"]
    assert await owner.post(f"/assigned-plans/{journey.asia}/revoke") == line
    assert await owner.refused("POST", f"/assigned-plans/{journey.euro}/revoke") == "plan_not_queued"


async def test_the_etag_of_a_line_changes_with_it(owner: Client, journey: Journey) -> None:
    line = f"/esim-lines/{journey.line}"
    first = await owner.send("GET", line, None)
    known = {**owner.headers, "If-None-Match": first.headers["ETag"]}

    assert (await owner.api.get(line, headers=known)).status_code == 304
    await owner.post(f"{line}/connections", {"country": "FR"})
    assert (await owner.api.get(line, headers=known)).status_code == 200


@pytest.mark.covers("T43")
async def test_an_email_is_chosen_or_refused_with_every_reason(
    owner: Client, journey: Journey, desks: Desks
) -> None:
    resend = f"/esim-lines/{journey.line}/resend"
    await run(desks.database, "UPDATE subscribers SET email = NULL WHERE name = 'Rosa 7'")

    answer = await owner.send("POST", resend, {"email": "qr_code"})

    codes = [each["code"] for each in answer.json()["refusals"]]
    assert codes == ["line_without_code", "subscriber_without_address"]
    both = {"email": "qr_code", "order": "order-aaaaaaaaaaaaaaaa"}
    assert await owner.refused("POST", resend, both) == "email_not_chosen"
    for order in ("order-aaaaaaaaaaaaaaaa", "no such", "9" * 200):
        unknown = {"email": "confirmation", "order": order}
        assert await owner.refused("POST", resend, unknown) == "unknown_order"
    assert await owner.refused("POST", resend, {"email": "qr_code"}, key=" ") == "idempotency_key_needed"


@pytest.mark.covers("T1")
@pytest.mark.parametrize(
    ("held", "needed"), [(["view_travel"], "sell_travel"), (["sell_travel", "view_orders"], "view_travel")]
)
async def test_selling_needs_its_permission_and_the_sight_of_travel_esims(
    held: list[str], needed: str, journey: Journey, keys: Keyring, owner: Client
) -> None:
    some = await client(owner.api, keys, Role.SUPPORT, permissions=held)

    answer = await some.send("POST", f"/esim-lines/{journey.line}/suspend", {"reason": "Lost."})

    assert answer.status_code == 403
    assert answer.json()["refusals"][0]["parameters"] == {"permission": needed}
