"""Sign-ins and links that are under way while their user may no longer act (P1, F53, F67)."""

import asyncio

import pytest

from models.people.sign_in import TokenPurpose, Visit
from starter.desks import Desks
from starter.people.passwords import Hasher
from starter.people.sign_in import begin
from store.people import accounts, passwords, sessions, users
from tests.builders import OPERATOR, run, until_blocked
from tests.callers.world import BOLT
from tests.portal.pages.conftest import SignIn, give_password, mailed_link
from tests.portal.pages.people import (
    ANA,
    CLEO,
    HOST,
    PASSWORD,
    SESSION,
    Browser,
    tried,
)


class Paused(Hasher):
    """Compares a password, and waits before it says so."""

    def __init__(self) -> None:
        super().__init__()
        self.compared, self.go_on = asyncio.Event(), asyncio.Event()

    async def verify(self, password: str, stored: str | None) -> tuple[bool, str | None]:
        found = await super().verify(password, stored)
        self.compared.set()
        await self.go_on.wait()
        return found


@pytest.mark.covers("P1", "P14")
@pytest.mark.parametrize("how", ["changed", "link"])
async def test_a_sign_in_under_way_does_not_outlast_a_change_of_the_password(
    how: str, browser: SignIn, visitor: Browser, desks: Desks
) -> None:
    ana, usual, paused = await browser(ANA), desks.sign_in.hasher, Paused()
    desks.sign_in.hasher = paused
    signing_in = asyncio.create_task(tried(visitor, ANA, PASSWORD))
    await paused.compared.wait()
    desks.sign_in.hasher = usual
    new = "black tea in the evening"
    if how == "changed":
        changed = await ana.post("/account/password", data={"old": PASSWORD, "new": new, "again": new})
    else:
        path = await mailed_link(desks, ANA, TokenPurpose.RESET)
        changed = await ana.post(path, data={"password": new, "again": new})
    assert changed.status_code == 303
    paused.go_on.set()
    assert (await signing_in).status_code == 422
    assert (await visitor.get("/account")).status_code == 303


@pytest.mark.covers("P1", "F53", "F67")
@pytest.mark.parametrize("way", ["sign-in", "link"])
@pytest.mark.parametrize("what", ["deactivated", "closed"])
async def test_who_may_not_act_any_more_begins_no_session_with_a_sign_in_under_way(
    what: str, way: str, visitor: Browser, desks: Desks
) -> None:
    await give_password(desks, CLEO)
    path = await mailed_link(desks, CLEO, TokenPurpose.RESET)
    cleo = await desks.users.user(OPERATOR, CLEO)
    async with desks.database.transaction() as connection:
        if what == "closed":
            await accounts.close(connection, cleo.account_id, OPERATOR.by)
        else:
            await users.set_active(connection, cleo.id, OPERATOR.by, active=False)
        new = {"password": PASSWORD, "again": PASSWORD}
        asked = tried(visitor, CLEO, PASSWORD) if way == "sign-in" else visitor.post(path, data=new)
        begun = asyncio.create_task(asked)
        await until_blocked(desks.database, begun)
    assert (await begun).status_code == (422 if way == "sign-in" else 410)
    assert SESSION not in visitor.cookies
    assert not await run(desks.database, "SELECT id FROM sessions")


@pytest.mark.covers("P1", "F53", "F67")
@pytest.mark.parametrize("what", ["deactivated", "closed"])
async def test_a_session_that_begins_just_before_ends_with_its_user(
    what: str, visitor: Browser, desks: Desks
) -> None:
    cleo = await desks.users.user(OPERATOR, CLEO)
    async with desks.database.transaction() as connection:
        begun, _ = await begin(connection, await sessions.keep(connection, cleo.id), Visit())
        end = desks.accounts.close(OPERATOR, BOLT) if what == "closed" else _deactivated(desks)
        ended = asyncio.create_task(end)
        await until_blocked(desks.database, ended)
    await ended
    await desks.accounts.reopen(OPERATOR, BOLT)
    await desks.users.activate_user(OPERATOR, CLEO)
    visitor.cookies.set(SESSION, begun.token, domain=HOST)
    assert (await visitor.get("/account")).status_code == 303


@pytest.mark.covers("P1", "F53")
async def test_a_link_that_is_being_accepted_leaves_no_session_of_who_is_deactivated(
    visitor: Browser, desks: Desks
) -> None:
    await give_password(desks, CLEO)
    path = await mailed_link(desks, CLEO, TokenPurpose.RESET)
    cleo = await desks.users.user(OPERATOR, CLEO)
    async with desks.database.transaction() as connection:
        await passwords.unchanged(connection, cleo.id, None)  # holds back the end of what accepts the link
        sent = {"password": PASSWORD, "again": PASSWORD}
        accepted = asyncio.create_task(visitor.post(path, data=sent))
        await until_blocked(desks.database, accepted)
        ended = asyncio.create_task(desks.users.deactivate_user(OPERATOR, CLEO))
        await until_blocked(desks.database, ended, waiting=2)
    assert (await accepted).status_code == 303
    await ended
    await desks.users.activate_user(OPERATOR, CLEO)
    assert (await visitor.get("/account")).status_code == 303


async def _deactivated(desks: Desks) -> object:
    return await desks.users.deactivate_user(OPERATOR, CLEO)
