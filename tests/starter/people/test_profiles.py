"""Authorised actions profiles and users."""

import pytest

from models.errors import NotFound, Refused
from models.orders.rules import TARGETS
from starter.people.users import UserDesk
from store.session import Database
from tests.builders import ANA, OPERATOR, line, world


async def refusal(call: object) -> str:
    """The code of the refusal that a call ends in."""
    with pytest.raises(Refused) as refused:
        await call  # type: ignore[misc]
    (reason,) = refused.value.refusals
    return reason.code


@pytest.mark.covers("F61")
async def test_a_new_profile_enables_nothing(database: Database) -> None:
    desks = await world(database)
    created = await desks.profiles.create_profile(OPERATOR, "Acme", " Clerk ")
    assert (created.name, created.enabled, created.is_default) == ("Clerk", (), False)
    assert [profile.name for profile in await desks.profiles.profiles(OPERATOR)] == ["Default", "Clerk"]


@pytest.mark.covers("F3", "F41")
async def test_targets_are_enabled_and_disabled(database: Database) -> None:
    desks = await world(database)
    await desks.profiles.create_profile(OPERATOR, None, "Clerk")
    one = await desks.profiles.enable(OPERATOR, None, "Clerk", ["switch_to_esim:2"])
    assert one.enabled == ("switch_to_esim:2",)
    section = await desks.profiles.enable(OPERATOR, None, "Clerk", ["Switch_to_esim", "switch_to_esim:2"])
    assert section.enabled == ("switch_to_esim:1", "switch_to_esim:2", "switch_to_esim:3")
    fewer = await desks.profiles.disable(OPERATOR, None, "Clerk", ["switch_to_esim:1", "replace_esim"])
    assert fewer.enabled == ("switch_to_esim:2", "switch_to_esim:3")
    assert (await desks.profiles.enable(OPERATOR, None, "Clerk", ["all"])).enabled == TARGETS
    assert (await desks.profiles.disable(OPERATOR, None, "Clerk", ["all"])).enabled == ()
    assert (await desks.profiles.profile(OPERATOR, None, "Default")).enabled == TARGETS


async def test_profiles_are_refused(database: Database) -> None:
    desks = await world(database, line(1), line(2, account="Other"))
    await desks.profiles.create_profile(OPERATOR, "Acme", "Clerk")
    assert await refusal(desks.profiles.create_profile(OPERATOR, "Acme", "Clerk")) == "profile_exists"
    assert await refusal(desks.profiles.create_profile(OPERATOR, "Acme", " ")) == "name_invalid"
    assert await refusal(desks.profiles.create_profile(OPERATOR, "Acme", "a\nb")) == "name_invalid"
    assert await refusal(desks.profiles.create_profile(OPERATOR, "Acme", "\0")) == "name_invalid"
    assert await refusal(desks.profiles.create_profile(OPERATOR, None, "Clerk")) == "account_needed"
    assert await refusal(desks.profiles.create_profile(OPERATOR, "Nobody", "Clerk")) == "unknown_account"
    assert (
        await refusal(desks.profiles.enable(OPERATOR, "Acme", "Clerk", ["switch_to_esim:4"]))
        == "unknown_target"
    )
    assert await refusal(desks.profiles.enable(OPERATOR, "Other", "Clerk", ["all"])) == "unknown_profile"
    assert await refusal(desks.profiles.profile(OPERATOR, "Acme", "\0")) == "unknown_profile"
    assert (await desks.profiles.profile(OPERATOR, "Acme", "Clerk")).enabled == ()
    assert (await desks.profiles.create_profile(OPERATOR, "Other", "Clerk")).account == "Other"


async def test_users(database: Database) -> None:
    desks = await world(database, line(1), line(2, account="Other"))
    await desks.profiles.create_profile(OPERATOR, "Acme", "Clerk")
    created = await desks.users.create_user(OPERATOR, "Acme", "Zo\u00e9", "Zoe@ACME.example", "Clerk")
    assert (created.email, created.profile, created.account) == ("Zoe@acme.example", "Clerk", "Acme")
    assert [(user.name, user.profile) for user in await desks.users.users(OPERATOR, "Acme")] == [
        ("Ana", "Default"),
        ("Zo\u00e9", "Clerk"),
    ]
    assert await desks.users.users(OPERATOR, "Other") == []
    assert await refusal(desks.users.create_user(OPERATOR, "Other", "Ana", ANA.upper())) == "email_in_use"
    assert (
        await refusal(desks.users.create_user(OPERATOR, "Acme", "Ana", "not an address")) == "email_invalid"
    )
    assert (
        await refusal(desks.users.create_user(OPERATOR, "Acme", "Ana", "a@b.example\r\nBcc: c@d.example"))
        == "email_invalid"
    )
    assert await refusal(desks.users.create_user(OPERATOR, "Acme", "", "b@acme.example")) == "name_invalid"
    assert (
        await refusal(desks.users.create_user(OPERATOR, "Other", "B", "b@acme.example", "Clerk"))
        == "unknown_profile"
    )
    assert len(await desks.users.users(OPERATOR)) == 2


async def test_without_an_account_there_is_nothing_to_administer(database: Database) -> None:
    with pytest.raises(NotFound, match="import a fleet first"):
        await UserDesk(database).create_user(OPERATOR, None, "Ana", ANA)
