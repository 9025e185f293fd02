"""The pages over the two firms' database, in browsers of signed-in people; Temporal is unavailable."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import cache

import pytest
from fastapi import FastAPI
from pwdlib import PasswordHash

from models.people.sign_in import TokenPurpose, Visit
from starter.desks import Desks
from starter.people.sign_in import begin
from store.people import passwords, user_mails
from tests.builders import OPERATOR
from tests.callers.conftest import acme, database_url, firms  # noqa: F401  fixtures
from tests.portal.api.conftest import ADDRESS, api_settings, app, desks  # noqa: F401  fixtures
from tests.portal.pages.people import HOST, PASSWORD, SESSION, Browser, browsing

SignIn = Callable[[str], Awaitable[Browser]]


@pytest.fixture
async def visitor(app: FastAPI) -> AsyncIterator[Browser]:  # noqa: F811
    """A browser in which nobody is signed in."""
    async with browsing(app) as client:
        yield client


@pytest.fixture
async def browser(app: FastAPI, desks: Desks) -> AsyncIterator[SignIn]:  # noqa: F811
    """Opens the browser of a person who is signed in: `ana = await browser(ANA)`."""
    opened: list[Browser] = []

    async def signed_in(address: str) -> Browser:
        await give_password(desks, address)
        user = await desks.users.user(OPERATOR, address)
        async with desks.database.transaction() as connection:
            begun, _ = await begin(connection, user, Visit())
        client = browsing(app)
        client.cookies.set(SESSION, begun.token, domain=HOST)
        opened.append(client)
        return client

    yield signed_in
    for client in opened:
        await client.aclose()


async def give_password(desks: Desks, address: str) -> None:  # noqa: F811
    """Give a user the password that all people of the tests have."""
    user = await desks.users.user(OPERATOR, address)
    async with desks.database.transaction() as connection:
        await passwords.renew_hash(connection, user, await asyncio.to_thread(_hash))


async def mailed_link(desks: Desks, address: str, purpose: TokenPurpose) -> str:  # noqa: F811
    """The path of a link as it is mailed to a user."""
    user = await desks.users.user(OPERATOR, address)
    async with desks.database.transaction() as connection:
        mail, _ = await user_mails.record(connection, user, purpose, OPERATOR.by)
        token, _ = await user_mails.mint(connection, mail)
    return f"/{purpose.value}/{token}"


@cache
def _hash() -> str:
    """Its hash: made once, as that takes long."""
    return PasswordHash.recommended().hash(PASSWORD)


__all__ = ["ADDRESS"]
