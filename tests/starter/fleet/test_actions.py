"""What a user may do to a line or a SIM, why not, and the shop that an order begins in."""

import pytest

from models.errors import NotFound
from models.orders.lifecycle import OrderKind, OrderStatus
from models.orders.rules import Action
from models.people.views import ContactRole
from store.session import Database
from tests.builders import (
    ANA,
    OPERATOR,
    DataDesks,
    acknowledge,
    ana,
    as_csv,
    empty_slot,
    iccid,
    item,
    line,
    place,
    process,
    run,
    world,
)

SWITCH, REPLACE, GENERATE = Action


async def codes(desks: DataDesks, target: str, database: Database) -> dict[Action, list[str]]:
    """Each action with the codes of its refusals; an offered action has none."""
    offers = await desks.fleet.actions(await ana(database), target)
    for offer in offers:
        assert offer.offered == (not offer.refusals)
    return {offer.action: [refusal.code for refusal in offer.refusals] for offer in offers}


async def add_qr_contact(database: Database) -> None:
    await run(
        database,
        "INSERT INTO contact_roles SELECT id, :role FROM contacts",
        role=ContactRole.ESIM_QR_CODE,
    )


@pytest.mark.covers("F1", "F4", "F7")
async def test_a_physical_sim_can_be_switched(database: Database) -> None:
    desks = await world(database)
    await add_qr_contact(database)
    assert [offer.label for offer in await desks.fleet.actions(await ana(database), "L-1")] == [
        "Switch to eSIM",
        "Replace the eSIM",
        "Generate an eSIM QR code",
    ]
    assert await codes(desks, "L-1", database) == {
        SWITCH: [],
        REPLACE: ["not_an_esim"],
        GENERATE: ["esim_needed"],
    }


@pytest.mark.covers("F6", "F7", "F25", "F26")
async def test_an_esim_can_be_replaced_and_its_qr_code_asked_for(database: Database) -> None:
    desks = await world(database, line(sim_type="esim"))
    assert await codes(desks, "L-1", database) == {
        SWITCH: ["already_esim"],
        REPLACE: [],
        GENERATE: ["no_qr_contact"],
    }
    await add_qr_contact(database)
    for target in ("L-1", "1", "+33639980001", "+33 6 39 98 00 01", "S-1", iccid(1)):
        assert (await codes(desks, target, database))[GENERATE] == []


@pytest.mark.covers("F2", "F3", "F41", "F61")
async def test_each_target_is_enabled_on_its_own(database: Database) -> None:
    desks = await world(
        database, *(line(slot, device="Phone", slot=slot, sim_type="esim") for slot in (1, 2, 3))
    )
    await add_qr_contact(database)
    await desks.profiles.create_profile(OPERATOR, None, "Clerk")
    await run(
        database,
        "UPDATE users SET profile_id = (SELECT id FROM authorised_actions_profiles WHERE name = 'Clerk')",
    )
    await desks.profiles.enable(OPERATOR, None, "Clerk", ["replace_esim:2", "generate_qr_code:3"])
    assert "not_enabled" in (await codes(desks, "L-1", database))[REPLACE]
    assert (await codes(desks, "L-2", database))[REPLACE] == []
    assert (await codes(desks, "L-2", database))[GENERATE] == ["not_enabled"]
    assert (await codes(desks, "L-3", database))[GENERATE] == []
    assert (await codes(desks, "S-3", database))[GENERATE] == []
    (refusal,) = (await desks.fleet.actions(await ana(database), "L-1"))[1].refusals
    assert "not enabled in your profile; contact your administrator" in refusal.sentence


@pytest.mark.covers("F2", "F53")
async def test_a_permission_withdrawn_before_the_order_refuses_it_and_after_does_not(
    database: Database,
) -> None:
    desks = await world(database, line(1), line(2))
    order = await place(database, 1)
    await desks.profiles.disable(OPERATOR, None, "Default", ["switch_to_esim"])
    refused = await place(database, 2)
    assert [refusal.code for refusal in refused.refusals] == ["not_enabled"]
    await acknowledge(database, order)
    await process(database, order, iccid(900))
    sim = (await desks.fleet.line(OPERATOR, "L-1")).sim
    assert sim is not None
    assert sim.iccid == iccid(900)


@pytest.mark.covers("F5", "F53")
async def test_no_pack_with_an_esim_of_the_provider_no_order(database: Database) -> None:
    packs = (
        item("A card", esim="no"),
        item("Of another provider", provider="SFR"),
        item("Withdrawn", available="no"),
        item("Elsewhere in the shop", section="Devices"),
        item("Of another account", account="Other"),
    )
    desks = await world(database, line(1), line(2, account="Other"), packs=packs)
    assert (await codes(desks, "L-1", database))[SWITCH] == ["no_esim_pack"]
    shop = await desks.catalogue.shop(await ana(database), "L-1")
    assert (shop.packs, shop.chosen) == ((), None)
    assert [refusal.code for refusal in shop.refusals] == ["no_esim_pack"]
    await desks.catalogue.import_catalogue(OPERATOR, as_csv(item("Withdrawn")))
    assert (await codes(desks, "L-1", database))[SWITCH] == []


@pytest.mark.covers("F8")
async def test_the_shop_shows_esims_of_the_lines_provider(database: Database) -> None:
    packs = (
        item("Orange 20"),
        item("Orange 20", item="Orange 20 card", esim="no"),
        item("Both", item="SFR eSIM", provider="SFR"),
        item("Both", item="Orange eSIM", provider="ORANGE"),
        item("SFR", provider="SFR"),
        item("Orange tablet", section="Devices"),
        item("Orange withdrawn", available="no"),
        item("Orange of another account", account="Other"),
    )
    desks = await world(database, line(1), line(2, account="Other"), packs=packs)
    shop = await desks.catalogue.shop(await ana(database), "L-1")
    assert shop.action is SWITCH
    assert [(pack.name, pack.item, pack.provider, pack.section) for pack in shop.packs] == [
        ("Both", "Orange eSIM", "Orange", "SIM Cards"),
        ("Orange 20", "An eSIM", "Orange", "SIM Cards"),
    ]
    assert shop.chosen is None


@pytest.mark.covers("F10")
async def test_a_single_esim_is_chosen(database: Database) -> None:
    desks = await world(database, line(sim_type="esim"), packs=(item(), item("SFR", provider="SFR")))
    shop = await desks.catalogue.shop(await ana(database), "L-1")
    assert shop.action is REPLACE
    assert shop.chosen is not None
    assert shop.chosen.name == "Orange pack"


@pytest.mark.covers("F9", "F11", "F52")
async def test_what_is_ordered_is_checked_again(database: Database) -> None:
    desks = await world(database, packs=(item(), item("SFR pack", provider="SFR")))
    other = next(pack.id for pack in await desks.catalogue.catalogue(OPERATOR) if pack.provider == "SFR")
    for changes, code in (
        ({"pack_id": other}, "pack_not_eligible"),
        ({"quantity": 2}, "quantity_locked"),
        ({"quantity": 0}, "quantity_locked"),
        ({"discard_confirmed": False}, "discard_not_confirmed"),
        ({"kind": OrderKind.REPLACE_ESIM}, "not_an_esim"),
    ):
        answer = await place(database, 1, **changes)
        assert answer.status is OrderStatus.REFUSED
        assert [refusal.code for refusal in answer.refusals] == [code]
    assert (await place(database)).accepted


@pytest.mark.covers("F46")
async def test_an_open_order_refuses_another_and_is_named(database: Database) -> None:
    desks = await world(database)
    order = await place(database)
    (refusal,) = (await desks.catalogue.shop(await ana(database), "L-1")).refusals
    assert refusal.code == "open_order"
    assert order.order_id in refusal.sentence
    assert (await desks.fleet.line(OPERATOR, "L-1")).open_order == order.order_id


@pytest.mark.covers("F13", "F14", "F16", "F17", "F45")
async def test_a_temporary_esim_is_marked_and_is_no_target(database: Database) -> None:
    desks = await world(database)
    order = await place(database)
    await acknowledge(database, order)
    found = await desks.fleet.line(OPERATOR, "L-1")
    assert found.sim is not None
    assert (found.sim.iccid, found.sim.state, found.sim.employee) == (iccid(1), "active", "Employee 1")
    assert found.temporary is not None
    assert (found.temporary.mark, found.temporary.iccid) == ("SIM-Temp", None)
    assert (found.temporary.employee, found.temporary.groups) == ("Employee 1", ("Lyon", "Sales"))
    assert (await desks.fleet.lines(OPERATOR)) == [found]
    for refused in (await codes(desks, f"S-{found.temporary.id}", database)).values():
        assert "sim_temporary" in refused


@pytest.mark.covers("F18", "F19", "F20", "F55")
async def test_a_discarded_sim_is_findable_and_offers_nothing(database: Database) -> None:
    desks = await world(database)
    order = await place(database)
    await acknowledge(database, order)
    await process(database, order, iccid(900))
    discarded = await desks.fleet.sim(OPERATOR, "S-1")
    assert (discarded.state, discarded.groups, discarded.employee) == ("discarded", (), None)
    assert (discarded.holder, discarded.mark) == (None, "")
    assert discarded.discarded_at is not None
    for refused in (await codes(desks, "S-1", database)).values():
        assert "sim_discarded" in refused
    found = await desks.fleet.line(OPERATOR, "L-1")
    assert found.sim is not None
    assert (found.sim.iccid, found.sim.mark, found.temporary) == (iccid(900), "", None)


@pytest.mark.covers("F55")
async def test_an_empty_slot_offers_nothing(database: Database) -> None:
    desks = await world(database, empty_slot())
    offered = await codes(desks, "L-1", database)
    for refused in offered.values():
        assert "slot_empty" in refused
    assert "no_qr_contact" not in offered[GENERATE], "no distributor of an absent SIM is blamed"
    assert [
        refusal.code for refusal in (await desks.catalogue.shop(await ana(database), "L-1")).refusals
    ] == ["slot_empty"]


async def test_what_another_account_has_does_not_exist(database: Database) -> None:
    desks = await world(database, line(1), line(2, account="Other"))
    theirs, unknown = "+33639980002", "+33639989999"
    assert (await desks.fleet.line(OPERATOR, theirs)).account == "Other"
    for ask in (desks.fleet.actions, desks.catalogue.shop, desks.fleet.line):
        told = set()
        for text in (theirs, unknown, "L-2", "L-999", "2", "not a line", "P-1", "", "\0", "\udcff"):
            with pytest.raises(NotFound) as refused:
                await ask(await ana(database), text)
            told.add(refused.value.refusals)
        ((refusal,),) = told
        assert (refusal.code, refusal.sentence) == ("unknown_line", "There is no such line in the account.")
    for text in ("S-2", iccid(2), "S-999", iccid(999)):
        with pytest.raises(NotFound, match=r"^There is no such SIM in the account\.$"):
            await desks.fleet.actions(await ana(database), text)


async def test_a_user_is_found_by_address_or_id(database: Database) -> None:
    desks = await world(database)
    for text in (ANA, "ANA@acme.example", "U-1", "u-1", "1"):
        assert (await desks.catalogue.shop(await ana(database, text), "L-1")).packs != ()
    for text in ("U-9", "nobody@acme.example", "", "\0"):
        with pytest.raises(NotFound) as refused:
            await desks.catalogue.shop(await ana(database, text), "L-1")
        assert refused.value.refusals[0].code == "unknown_user"


async def test_lines_are_listed_by_account_group_and_device(database: Database) -> None:
    desks = await world(
        database,
        line(3, device="B", management_groups="Night"),
        line(1, device="A", slot=2),
        line(2, device="A"),
        line(4, account="Other", device="A"),
    )

    async def numbers(account: str | None = None, **filters: object) -> list[int]:
        return [int(found.msisdn[-1]) for found in await desks.fleet.lines(OPERATOR, account, **filters)]  # type: ignore[arg-type]

    assert await numbers() == [2, 1, 3, 4]
    assert await numbers("Acme") == [2, 1, 3]
    assert await numbers(group="Night") == [3]
    assert await numbers("Acme", group="Sales", device="A") == [2, 1]
    assert await numbers(limit=2, offset=1) == [1, 3]
    assert await numbers(group="nobody's") == []
    with pytest.raises(NotFound):
        await numbers("Nobody")


async def test_a_group_finds_a_line_whose_sim_alone_is_in_it(database: Database) -> None:
    desks = await world(database)
    await run(database, "DELETE FROM line_groups")
    assert len(await desks.fleet.lines(OPERATOR, group="Sales")) == 1
