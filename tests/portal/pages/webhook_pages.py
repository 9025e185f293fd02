"""Webhooks as pages make them, whose receiver is on this machine."""

import re
from collections.abc import AsyncIterator

import pytest

from models.people.callers import Caller
from starter import callers
from starter.desks import Desks
from tests.portal.pages.hidden_fields import hidden
from tests.portal.pages.people import ANA, Browser
from tests.webhooks.receiver import Receiver, a_receiver

LIST = "/administration/webhooks"


@pytest.fixture
def desks(desks: Desks) -> Desks:
    """Where webhooks may be sent to this machine."""
    return Desks.of(
        desks.client, desks.database, desks.settings.model_copy(update={"webhooks_to_loopback": True})
    )


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with a_receiver() as one:
        yield one


async def made(browser: Browser, receiver: Receiver, **form: str) -> tuple[str, str]:
    """The path of a new endpoint, and its secret."""
    shown = hidden((await browser.get(f"{LIST}/new")).text)
    sent = shown | {"url": receiver.url, "description": "Stock", "which": "all"} | form
    answer = await browser.post(LIST, data=sent)
    assert answer.status_code == 200, answer.text
    (secret,) = set(re.findall(r"whsec_[\w+/=]+", answer.text.replace("&#43;", "+")))
    (path,) = re.findall(rf'class="button primary" href="({LIST}/WH-\d+)"', answer.text)
    return str(path), str(secret)


async def caller(desks: Desks) -> Caller:
    return await callers.user(desks.database, ANA)
