"""What each role may do, asked of every desk; and users who come, change and go."""

import asyncio
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from models.errors import NotFound, Refused
from models.people.callers import (
    PERMISSIONS,
    USER_ROLES,
    AllAccounts,
    OfAccount,
    OfDistributor,
    Permission,
    Role,
    UserKind,
)
from models.people.views import ContactRole
from starter import callers
from starter.desks import Desks
from store import origins
from store.people import users
from store.people.actors import actor_refusal
from tests.builders import ACCOUNT, OPERATOR, as_csv, empty_slot, item, until_blocked
from tests.callers.samples import SAMPLES
from tests.callers.walk import SAYS_WHY_NOT, answered
from tests.callers.world import BEN, BOLT, CLEO, ZED, Known, who
from tests.qr_world import codes_of

DORA = "dora@bolt.example"
SEEN_BY_A_DESK = ("OrderDesk.",)
"""All that a provider desk can name: the rest of the account does not exist for it."""


@pytest.mark.parametrize("role", [*USER_ROLES, Role.OPERATOR])
async def test_a_role_may_do_what_its_permissions_say(role: Role, desks: Desks, acme: Known) -> None:
    address = f"{role}@acme.example"
    caller = OPERATOR if role is Role.OPERATOR else await who(desks.database, address)
    assert caller.permissions == PERMISSIONS[role]
    for name, sample in SAMPLES.items():
        kind, said = await answered(sample.call(desks, caller, acme, ACCOUNT))
        if role is Role.PROVIDER_DESK and kind is NotFound:
            assert (
                not name.startswith(SEEN_BY_A_DESK)
                or sample.needs is Permission.PLACE_ORDERS
                or (name == "OrderDesk.orders")
            ), f"{name}: {said}"
            continue
        if name in SAYS_WHY_NOT and caller.may(sample.needs):
            continue
        places = name == "OrderDesk.cancel" and caller.may(Permission.PLACE_ORDERS)  # not acknowledged yet
        if caller.may(sample.needs) or places:
            assert "not_permitted" not in said, f"{name}: {said}"
        else:
            assert kind is Refused, f"{name}: {said}"
            assert "not_permitted" in said, f"{name}: {said}"
            of_travel = f'"permission":"{Permission.VIEW_TRAVEL}"' in said and sample.needs.endswith(
                "_travel"
            )
            assert f'"permission":"{sample.needs}"' in said or of_travel, f"{name}: {said}"


@pytest.mark.covers("F2")
async def test_no_action_is_offered_to_who_may_only_look(desks: Desks, acme: Known) -> None:
    offers = await desks.fleet.actions(await who(desks.database, BEN), "S-2")
    assert not any(offer.offered for offer in offers)
    codes = [[refusal.code for refusal in offer.refusals] for offer in offers]
    assert all("not_permitted" in found for found in codes)


async def test_a_provider_desk_sees_the_orders_of_its_distributor_alone(desks: Desks, acme: Known) -> None:
    desk = await who(desks.database, "provider_desk@acme.example")
    assert isinstance(desk.scope, OfDistributor)
    assert [order.id for order in await desks.orders.orders(desk)] == [acme.order]
    assert "user:1" in await desks.orders.people(desk, await desks.orders.order(desk, acme.order))
    await desks.catalogue.import_catalogue(OPERATOR, as_csv(item("Other pack", distributor="Elsewhere")))
    await desks.users.set_role(OPERATOR, ZED, "provider_desk", distributor="Elsewhere")
    elsewhere = await who(desks.database, ZED)
    assert await desks.orders.orders(elsewhere) == []
    for call in (
        desks.orders.order(elsewhere, acme.order),
        desks.orders.acknowledge(elsewhere, acme.order),
        desks.orders.cancel(elsewhere, acme.order),
    ):
        with pytest.raises(NotFound):
            await call


async def test_a_provider_desk_has_a_distributor_and_nobody_else_has_one(desks: Desks) -> None:
    create = desks.users.create_user
    with pytest.raises(Refused) as refused:
        await create(OPERATOR, ACCOUNT, "Dora", "dora@acme.example", role="provider_desk")
    assert codes_of(refused) == ["distributor_of_desk"]
    with pytest.raises(Refused) as refused:
        await create(OPERATOR, ACCOUNT, "Dora", "dora@acme.example", role="viewer", distributor="Telvia")
    assert codes_of(refused) == ["distributor_of_desk"]
    for unknown in ("operator", "boss", ""):
        with pytest.raises(Refused) as refused:
            await create(OPERATOR, ACCOUNT, "Dora", "dora@acme.example", role=unknown)
        assert codes_of(refused) == ["unknown_user_role"]


async def test_nobody_gives_or_takes_more_than_they_have(desks: Desks) -> None:
    administrator = await who(desks.database, "administrator@acme.example")
    with pytest.raises(Refused) as refused:
        await desks.users.set_role(administrator, ZED, "provider_desk", distributor="Telvia")
    assert codes_of(refused) == ["role_above_yours"]
    for change in (desks.users.deactivate_user, desks.users.activate_user):
        with pytest.raises(Refused) as refused:
            await change(administrator, "provider_desk@acme.example")
        assert codes_of(refused) == ["role_above_yours"]
    edits: tuple[dict[str, Any], ...] = ({"name": "Other"}, {"profile": "Default"})
    for edit in edits:
        with pytest.raises(Refused) as refused:
            await desks.users.edit_user(administrator, "owner@acme.example", **edit)
        assert codes_of(refused) == ["role_above_yours"]
    changed = await desks.users.set_role(administrator, ZED, "manager")
    assert changed.role is Role.MANAGER


async def test_nobody_takes_their_own_access_away(desks: Desks) -> None:
    cleo = await who(desks.database, CLEO)
    await desks.users.create_user(OPERATOR, BOLT, "Dora", DORA, role="owner")
    await desks.profiles.create_profile(OPERATOR, BOLT, "Night shift")
    for call in (
        desks.users.deactivate_user(cleo, CLEO),
        desks.users.set_role(cleo, CLEO, "viewer"),
        desks.users.edit_user(cleo, CLEO, role="administrator"),
        desks.users.edit_user(cleo, CLEO, profile="Night shift"),
    ):
        with pytest.raises(Refused) as refused:
            await call
        assert codes_of(refused) == ["own_user"]
    assert (await desks.users.edit_user(cleo, CLEO, role="owner", language="fr")).role is Role.OWNER
    assert (await desks.users.edit_user(cleo, CLEO, name="Cleopatra")).name == "Cleopatra", "the own name"
    with pytest.raises(NotFound):
        await desks.users.edit_user(cleo, DORA, profile="Clerk")
    assert (await desks.users.edit_user(cleo, DORA, profile="Night shift")).profile == "Night shift"


async def test_an_account_keeps_a_person_who_may_manage_its_users(desks: Desks) -> None:
    bot, service = "bot@bolt.example", UserKind.SERVICE
    await desks.users.create_user(OPERATOR, BOLT, "Bot", bot, role="owner", kind=service)
    by_key = await who(desks.database, bot)
    for call in (
        desks.users.deactivate_user(by_key, CLEO),
        desks.users.set_role(by_key, CLEO, "viewer"),
    ):
        with pytest.raises(Refused) as refused:
            await call
        assert codes_of(refused) == ["last_who_manages_users"]
    assert (await desks.users.set_role(by_key, CLEO, "administrator")).role is Role.ADMINISTRATOR
    await desks.users.create_user(OPERATOR, BOLT, "Dora", DORA, role="administrator")
    assert (await desks.users.deactivate_user(by_key, CLEO)).deactivated_at
    with pytest.raises(Refused):
        await desks.users.deactivate_user(by_key, DORA)
    assert (await desks.users.deactivate_user(OPERATOR, DORA)).deactivated_at, "the operator gives it back"


async def test_two_owners_who_deactivate_each_other_leave_one(desks: Desks) -> None:
    await desks.users.create_user(OPERATOR, BOLT, "Dora", DORA, role="owner")
    cleo, dora = await desks.users.user(OPERATOR, CLEO), await who(desks.database, DORA)
    by_cleo = await who(desks.database, CLEO)
    async with desks.database.transaction() as connection:
        other = await desks.users.user(OPERATOR, DORA)
        assert await users.others_may_manage(connection, other)
        await users.set_active(connection, other.id, by_cleo.by, active=False)
        call = asyncio.create_task(desks.users.deactivate_user(dora, f"U-{cleo.id}"))
        await until_blocked(desks.database, call)
    with pytest.raises(Refused) as refused:
        await call
    assert codes_of(refused) == ["last_who_manages_users"]


async def test_of_two_edits_at_once_the_second_is_told(desks: Desks) -> None:
    """B's form was shown before A took the role away, and is saved while A's edit is under way."""
    shown = await desks.users.set_role(OPERATOR, ZED, "manager")
    was = {"name": shown.name, "role": shown.role, "profile": shown.profile}
    async with desks.database.transaction() as connection:
        await users.set_role(connection, shown.id, Role.VIEWER, None, OPERATOR.by)
        edit = desks.users.edit_user(OPERATOR, ZED, name="Zoe", role=shown.role, was=was)
        call = asyncio.create_task(edit)
        await until_blocked(desks.database, call)
    with pytest.raises(Refused) as refused:
        await call
    assert codes_of(refused) == ["user_changed"]
    now = await desks.users.user(OPERATOR, ZED)
    assert (now.name, now.role) == (shown.name, Role.VIEWER)


async def test_edits_of_each_other_at_once_wait_for_each_other(desks: Desks) -> None:
    await desks.users.create_user(OPERATOR, BOLT, "Dora", DORA, role="owner")
    cleo, dora = await who(desks.database, CLEO), await who(desks.database, DORA)
    for n in range(8):
        edits = (
            desks.users.edit_user(cleo, DORA, name=f"Dora {n}", role="owner", was={"role": "owner"}),
            desks.users.edit_user(dora, CLEO, name=f"Cleo {n}", role="owner", was={"role": "owner"}),
            desks.users.edit_user(dora, CLEO, name="C", role="owner", was={"name": await _name(desks, CLEO)}),
            desks.users.edit_user(cleo, CLEO, name="D", was={"name": await _name(desks, CLEO)}),
        )
        done = await asyncio.gather(*edits, return_exceptions=True)
        assert not [each for each in done[:2] if isinstance(each, BaseException)]
        told = [each for each in done[2:] if isinstance(each, Refused)]
        assert told, "two edits of one name, of which both were shown the old one"
        assert all(each.refusals[0].code == "user_changed" for each in told)


async def _name(desks: Desks, user: str) -> str:
    return (await desks.users.user(OPERATOR, user)).name


@pytest.mark.covers("F53")
async def test_a_deactivated_user_cannot_be_named_until_activated_again(desks: Desks, acme: Known) -> None:
    gone = await desks.users.deactivate_user(OPERATOR, acme.user)
    assert gone.deactivated_at is not None
    again = await desks.users.deactivate_user(OPERATOR, ZED)
    assert again.deactivated_at == gone.deactivated_at
    with pytest.raises(Refused) as refused:
        await callers.user(desks.database, ZED)
    assert codes_of(refused) == ["user_deactivated"]
    assert (await desks.users.activate_user(OPERATOR, acme.user)).deactivated_at is None
    assert (await callers.user(desks.database, ZED)).actor == f"user:{acme.user.removeprefix('U-')}"


async def test_who_is_no_user_is_unknown(desks: Desks) -> None:
    for text in ("U-99999", "nobody@acme.example", "", "\0"):
        with pytest.raises(NotFound) as refused:
            await callers.user(desks.database, text)
        assert codes_of(refused) == ["unknown_user"]


async def test_a_caller_imports_for_its_own_account_alone(desks: Desks) -> None:
    cleo = await who(desks.database, CLEO)
    assert isinstance(cleo.scope, OfAccount)
    for account in (ACCOUNT, "New"):
        with pytest.raises(Refused) as refused:
            await desks.fleet.import_fleet(cleo, as_csv(empty_slot(70, account=account)))
        said = refused.value.refusals[0].sentence
        assert said.startswith("Line 2: account: it is not the account that the file is imported for;")
    report = await desks.fleet.import_fleet(cleo, as_csv(empty_slot(70, account="Bolt")))
    assert report.created["lines"] == 1
    assert isinstance(OPERATOR.scope, AllAccounts)


async def test_an_origin_is_kept_and_carried(desks: Desks) -> None:
    async with desks.database.transaction() as connection:
        origin = await origins.record(
            connection, actor="user:1", surface="portal", session="s-1", address="192.0.2.1"
        )
    assert (await callers.user(desks.database, "U-1", origin_id=origin)).origin_id == origin


@pytest.mark.covers("S5")
async def test_a_step_asks_who_its_actor_is(desks: Desks, acme: Known) -> None:
    async with desks.database.transaction() as connection:
        users = {user.email: user for user in await desks.users.users(OPERATOR)}
        ana, cleo = users["ana@acme.example"], users[CLEO]
        dora = users["provider_desk@acme.example"]
        assert dora.distributor_id is not None

        async def asked(
            actor: str, permission: Permission = Permission.REPORT_PROCESSED, distributor: int | None = None
        ) -> str | None:
            refusal = await actor_refusal(
                connection,
                actor,
                ana.account_id,
                permission=permission,
                origin_id=None,
                distributor_id=distributor,
            )
            return refusal.code if refusal else None

        contact = f"contact:{acme.contact.removeprefix('C-')}"
        for ours in ("operator", "provider", "system"):
            assert await asked(ours) is None
        assert await asked(ana.actor, Permission.PLACE_ORDERS) is None
        assert await asked(ana.actor) == "not_permitted"
        assert await asked(cleo.actor) == "unknown_actor"
        assert await asked(dora.actor, distributor=dora.distributor_id) is None
        assert await asked(dora.actor) == "unknown_actor"
        assert await asked(dora.actor, distributor=dora.distributor_id + 1) == "unknown_actor"
        assert await asked(contact, distributor=dora.distributor_id) == "unknown_actor", (
            "orders are not theirs"
        )
        await desks.contacts.edit_contact(OPERATOR, None, acme.contact, add_roles=(ContactRole.ORDER,))
        assert await asked(contact, distributor=dora.distributor_id) is None
        assert await asked(contact) == "unknown_actor"
        assert await asked(contact, Permission.PLACE_ORDERS, dora.distributor_id) == "not_permitted"
        assert await asked(contact, distributor=dora.distributor_id + 1) == "unknown_actor"
        for nonsense in ("user:", "user:x", "link:1", "user:99999", "Ana", "contact:" + "9" * 19):
            assert await asked(nonsense, distributor=dora.distributor_id) == "unknown_actor"
    await desks.users.deactivate_user(OPERATOR, "ana@acme.example")
    async with desks.database.transaction() as connection:
        assert await asked_of_ana(connection, ana.account_id, ana.actor) == "user_deactivated"


async def asked_of_ana(connection: AsyncConnection, account_id: int, actor: str) -> str | None:
    needed = Permission.PLACE_ORDERS
    refusal = await actor_refusal(connection, actor, account_id, permission=needed, origin_id=None)
    return refusal.code if refusal else None
