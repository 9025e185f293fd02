"""A pack is found by its name or id, within the account, with the eSIM that a line needs."""

import pytest

from models.errors import NotFound
from models.people.callers import AllAccounts, OfAccount
from store import lookups
from store.session import Database
from tests.builders import item, line, world


async def test_a_pack_is_found_with_the_esim_of_the_provider(database: Database) -> None:
    packs = (
        item("Mixed", item="A card", esim="no"),
        item("Mixed", item="Orange eSIM"),
        item("Mixed", item="SFR eSIM", provider="SFR"),
        item("1"),
        item("Theirs", account="Other"),
    )
    await world(database, line(1), line(2, provider="SFR"), line(3, account="Other"), packs=packs)
    async with database.transaction() as connection:
        acme = (await lookups.find_account(connection, AllAccounts(), "Acme")).id
        sfr = (await lookups.find_line(connection, OfAccount(acme), "L-2")).provider_id
        assert (await lookups.find_pack(connection, OfAccount(acme), "Mixed")).item == "Orange eSIM"
        assert (await lookups.find_pack(connection, OfAccount(acme), " Mixed ", sfr)).item == "SFR eSIM"
        assert (await lookups.find_pack(connection, OfAccount(acme), "P-1")).name == "Mixed"
        assert (await lookups.find_pack(connection, OfAccount(acme), "1")).name == "1"
        for text in ("Theirs", "P-3", "P-99", "mixed", "", "\0"):
            with pytest.raises(NotFound) as refused:
                await lookups.find_pack(connection, OfAccount(acme), text)
            assert refused.value.refusals[0].code == "unknown_pack"


async def test_a_line_is_found_with_its_account_and_provider(database: Database) -> None:
    await world(database, line(1, slot=3))
    async with database.transaction() as connection:
        key = await lookups.find_line(connection, AllAccounts(), "+33639980001")
        assert (key.id, key.account, key.slot, key.provider) == (1, "Acme", 3, "Orange")
        assert await lookups.find_line(connection, OfAccount(key.account_id), "l-1") == key
        with pytest.raises(NotFound, match=r"^There is no such line in the account\.$"):
            await lookups.find_line(connection, AllAccounts(), "+33639980002")
