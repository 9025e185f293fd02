"""What an administrator sets up, over HTTP: profiles, contacts, employees, groups, the account (A16, F41)."""

import httpx
import pytest

from starter.desks import Desks
from tests.builders import ACCOUNT, OPERATOR
from tests.callers.world import BEN, Known
from tests.portal.api.keys import Keyring

pytestmark = pytest.mark.covers("A16")


@pytest.mark.covers("F41")
async def test_a_profile_is_set_at_once_and_deleted_with_a_replacement(
    api: httpx.AsyncClient, keys: Keyring, desks: Desks
) -> None:
    headers = await keys.of()
    changed = await api.patch(
        "/profiles/Clerk", headers=headers, json={"name": "Clerks", "targets": ["switch_to_esim"]}
    )
    assert changed.json()["enabled"] == [f"switch_to_esim:{slot}" for slot in (1, 2, 3)]
    await desks.users.edit_user(OPERATOR, BEN, profile="Clerks")
    none = await api.patch("/profiles/Clerks", headers=headers, json={"targets": []})
    assert (none.json()["enabled"], none.json()["users"]) == ([], 1)
    used = await api.delete("/profiles/Clerks", headers=headers)
    assert used.json()["code"] == "profile_in_use"
    gone = await api.delete("/profiles/Clerks?replacement=Default", headers=headers)
    assert (gone.status_code, gone.content) == (204, b"")
    assert (await desks.users.user(OPERATOR, BEN)).profile == "Default"
    default = await api.delete("/profiles/Default", headers=headers)
    assert default.json()["code"] == "profile_is_default"


async def test_employees_and_groups_are_made_changed_and_removed(
    api: httpx.AsyncClient, keys: Keyring, acme: Known
) -> None:
    headers = await keys.of()
    gina = {"name": "Gina", "email": "gina@acme.example"}
    made = [await api.post("/employees", headers=headers, json=gina) for _ in range(2)]
    path = f"/employees/{made[0].json()['id']}"
    assert made[0].json() == made[1].json() == (await api.get(path, headers=headers)).json()
    changed = await api.patch(path, headers=headers, json={"name": "Gina R", "email": ""})
    assert (changed.json()["name"], changed.json()["email"]) == ("Gina R", None)
    assert (await api.delete(path, headers=headers)).status_code == 204
    assert (await api.get(path, headers=headers)).status_code == 404

    night = (await api.post("/groups", headers=headers, json={"name": "Night"})).json()
    assert night == (await api.get("/groups/Night", headers=headers)).json()
    renamed = await api.patch(f"/groups/{night['id']}", headers=headers, json={"name": "Late"})
    assert renamed.json() == night | {"name": "Late"}
    assert (await api.delete(f"/groups/{acme.group}", headers=headers)).status_code == 204
    listed = (await api.get("/groups", headers=headers)).json()["data"]
    assert acme.group not in {group["id"] for group in listed}


async def test_a_contact_is_removed_unless_open_work_needs_it(
    api: httpx.AsyncClient, keys: Keyring, desks: Desks, acme: Known
) -> None:
    headers = await keys.of()
    needed = await api.delete(f"/contacts/{acme.contact}", headers=headers)
    assert needed.json()["code"] == "person_needed"
    lea = await desks.contacts.add_contact(OPERATOR, ACCOUNT, "Telvia", "Lea", "lea@telvia.example")
    assert (await api.delete(f"/contacts/C-{lea.id}", headers=headers)).status_code == 204
    assert (await api.get(f"/contacts/C-{lea.id}", headers=headers)).status_code == 404


async def test_the_account_chooses_its_sender_and_its_reminders(
    api: httpx.AsyncClient, keys: Keyring
) -> None:
    headers = await keys.of()
    named = await api.patch("/account", headers=headers, json={"sender_name": "Acme IT"})
    assert named.json()["sender_name"] == "Acme IT"
    address = await api.patch("/account", headers=headers, json={"sender_name": "a@b.example"})
    assert address.json()["code"] == "sender_name_invalid"
    assert set((await api.get("/account/reminders", headers=headers)).json().values()) == {None}
    chosen = await api.put("/account/reminders", headers=headers, json={"qr_code_days": 5, "reminders": 0})
    assert chosen.json() == (await api.get("/account/reminders", headers=headers)).json()
    assert (chosen.json()["qr_code_days"], chosen.json()["reminders"]) == (5, 0)
    wrong = await api.put("/account/reminders", headers=headers, json={"qr_code_days": 0})
    assert wrong.json()["errors"][0]["pointer"] == "/qr_code_days"
