"""What is done to the people of an account is an event that says who did it, without names and addresses."""

import json

import pytest

from models.errors import Refused
from models.people.callers import AllAccounts
from starter import callers
from starter.people.accounts import AccountDesk
from starter.people.erasure import erase
from store import events
from store.session import Database
from tests.builders import ACCOUNT, ANA, OPERATOR, DataDesks, run, world

BEN = "ben@acme.example"
NEW = "billing@telvia.example"


async def _told(database: Database, reference: str) -> list[tuple[str, dict[str, object]]]:
    async with database.reading() as connection:
        found = await events.of(connection, AllAccounts(), reference)
    return [(event.type, event.data) for event in found]


@pytest.mark.covers("S5")
async def test_what_becomes_of_a_user_is_kept_once(database: Database) -> None:
    desks = await world(database)
    boss = callers.operator(origin_id=77)
    made = await desks.users.create_user(boss, ACCOUNT, "Ben", BEN)
    clerk = await desks.profiles.create_profile(boss, ACCOUNT, "Clerk")
    for _ in range(2):  # again, it changes nothing
        await desks.users.set_role(boss, BEN, "provider_desk", distributor="Telvia")
        await desks.users.set_user_language(boss, BEN, "fr")
        await desks.users.edit_user(boss, BEN, name="Benno", profile="Clerk")
        await desks.users.deactivate_user(boss, BEN)
    for _ in range(2):
        await desks.users.activate_user(boss, BEN)
    of_ben = {"user": made.id}
    assert await _told(database, made.actor) == [
        ("user.created", {**of_ben, "role": "manager", "kind": "person"}),
        ("user.role_changed", {**of_ben, "role": "provider_desk", "distributor_id": 1}),
        ("user.language_changed", {**of_ben, "language": "fr"}),
        ("user.renamed", of_ben),
        ("user.profile_changed", {**of_ben, "profile": clerk.id}),
        ("user.deactivated", of_ben),
        ("user.activated", of_ben),
    ]
    who = "SELECT DISTINCT account_id, actor, origin_id, audience FROM events WHERE about[1] = :ben"
    assert await run(database, who, ben=made.actor) == [(1, "operator", 77, "account")]


async def test_what_becomes_of_a_profile_is_kept(database: Database) -> None:
    desks = await world(database)
    made = await desks.profiles.create_profile(OPERATOR, ACCOUNT, "Clerk")
    for _ in range(2):
        await desks.profiles.enable(OPERATOR, ACCOUNT, "Clerk", ["switch_to_esim:2", "switch_to_esim:1"])
    await desks.profiles.disable(OPERATOR, ACCOUNT, "Clerk", ["switch_to_esim:2", "replace_esim"])
    await desks.profiles.enable(OPERATOR, ACCOUNT, "Clerk", [])
    of_clerk = {"profile": made.id}
    assert await _told(database, f"profile:{made.id}") == [
        ("profile.created", of_clerk),
        ("profile.targets_enabled", {**of_clerk, "targets": ["switch_to_esim:1", "switch_to_esim:2"]}),
        ("profile.targets_disabled", {**of_clerk, "targets": ["switch_to_esim:2"]}),
    ]


async def test_what_becomes_of_a_contact_is_kept(database: Database) -> None:
    desks = await world(database)
    made = await desks.contacts.add_contact(OPERATOR, ACCOUNT, "Telvia", "Bill", NEW, ["order"])
    for _ in range(2):
        await desks.contacts.edit_contact(
            OPERATOR, ACCOUNT, NEW, name="Bill B", add_roles=["esim_qr_code"], remove_roles=["order"]
        )
    await desks.contacts.edit_contact(OPERATOR, ACCOUNT, NEW, email="bill@telvia.example", language="fr")
    of_bill = {"contact": made.id}
    assert await _told(database, f"contact:{made.id}") == [
        ("contact.created", {**of_bill, "distributor": 1, "roles": ["order"]}),
        (
            "contact.changed",
            {**of_bill, "fields": ["name"], "roles_given": ["esim_qr_code"], "roles_taken": ["order"]},
        ),
        (
            "contact.changed",
            {**of_bill, "fields": ["email", "language"], "roles_given": [], "roles_taken": []},
        ),
    ]


async def test_how_an_account_is_written_to_is_kept(database: Database) -> None:
    await world(database)
    accounts = AccountDesk(database)
    for _ in range(2):
        await accounts.set_language(OPERATOR, ACCOUNT, "fr")
        await accounts.set_contact(OPERATOR, ACCOUNT, "office@acme.example")
    await accounts.set_contact(OPERATOR, ACCOUNT, None)
    assert await _told(database, "account:1") == [
        ("account.created", {"account": 1}),
        ("account.language_changed", {"language": "fr"}),
        ("account.contact_changed", {"given": True}),
        ("account.contact_changed", {"given": False}),
    ]


async def test_no_event_of_people_outlives_their_erasure_with_a_name(database: Database) -> None:
    desks = await world(database)
    made = await desks.users.create_user(OPERATOR, ACCOUNT, "Ben Okri", BEN)
    await desks.contacts.add_contact(OPERATOR, ACCOUNT, "Telvia", "Bill Brand", NEW, ["order"])
    await desks.contacts.edit_contact(OPERATOR, ACCOUNT, NEW, name="Bill Bold", email="bold@telvia.example")
    await AccountDesk(database).set_contact(OPERATOR, ACCOUNT, BEN)
    await erase(OPERATOR, database, BEN)
    kept = json.dumps([list(row) for row in await run(database, "SELECT data, about, actor FROM events")])
    for personal in ("Ben", "Okri", "Bill", "Bold", "@"):
        assert personal not in kept
    assert [name for name, _ in await _told(database, made.actor)] == ["user.created", "person.erased"]


async def test_a_change_that_is_refused_is_no_event(database: Database) -> None:
    desks: DataDesks = await world(database)
    before = await run(database, "SELECT count(*) FROM events")
    for call in (
        desks.users.create_user(OPERATOR, ACCOUNT, "Ana", ANA),
        desks.profiles.create_profile(OPERATOR, ACCOUNT, "Default"),
        desks.contacts.add_contact(OPERATOR, ACCOUNT, "Telvia", "Again", "orders@telvia.example"),
    ):
        with pytest.raises(Refused):
            await call
    assert await run(database, "SELECT count(*) FROM events") == before
