"""What tests of the pages of travel eSIMs share: Rosa with an eSIM line, and what is read and sent."""

import html
import re

import httpx
import pytest

from starter.desks import Desks
from tests.callers.world import Known
from tests.portal.api.travel.journey import Journey
from tests.portal.api.travel.journey import journey as made

SUPPORT = "support@acme.example"


@pytest.fixture
async def journey(acme: Known, desks: Desks) -> Journey:
    """Rosa with an eSIM in use and two queued plans."""
    return await made(desks)


def words(answer: httpx.Response) -> str:
    """What is read on the page."""
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text)))


def chosen(plan: str, countries: str = "France", **other: str) -> dict[str, str]:
    """What the form of the plans sends."""
    return {"countries": countries, "plan": plan, "paying": "paid", "key": "one"} | other
