"""A route that will go says since when and until when, and what replaces it."""

from datetime import date

import httpx
import pytest
from fastapi import FastAPI

from portal.api.caller import Door
from portal.api.document import completed, operations
from portal.api.ending import ending
from portal.api.rates import Rates
from portal.api.routing import router
from portal.http.attempts import Attempts
from portal.reference.operations import reference
from starter.desks import Desks
from tests.contract.openapi import api_of
from tests.portal.api.keys import Keyring

pytestmark = pytest.mark.covers("A13")
SINCE, UNTIL = date(2027, 1, 1), date(2028, 1, 1)


async def test_a_deprecated_route_says_when_it_goes(desks: Desks, keys: Keyring) -> None:
    routes = router("Old")

    @routes.get("/old", summary="Old", **ending(since=SINCE, until=UNTIL, successor="/new"))
    async def old() -> dict[str, str]:
        """It is replaced."""
        return {}

    app = FastAPI(description="About.")
    app.state.door = Door(desks, Rates(1), Attempts())
    app.include_router(routes)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://api") as client:
        answer = await client.get("/old", headers=await keys.of())

    assert answer.headers["Deprecation"] == "@1798761600"
    assert answer.headers["Sunset"] == "Sat, 01 Jan 2028 00:00:00 GMT"
    assert answer.headers["Link"] == '</api/v1/new>; rel="successor-version"'
    document = app.openapi()
    document["paths"]["/old"]["get"]["security"] = [{"api_key": ["view_orders"]}]
    ((_, _, operation),) = operations(completed(document, ["Old"]))
    assert {"Deprecation", "Sunset"} <= set(operation["responses"]["200"]["headers"])
    ((_, _, [shown]),) = reference(document, "http://api").groups
    assert shown.deprecated


def test_a_route_is_not_removed_within_a_year() -> None:
    with pytest.raises(ValueError, match="a year"):
        ending(since=SINCE, until=date(2027, 12, 31), successor="/new")


def test_every_deprecated_route_says_when_it_goes(app: FastAPI) -> None:
    for _, path, operation in operations(api_of(app).openapi()):
        answers = [answer for code, answer in operation["responses"].items() if code.startswith("2")]
        for answer in answers:
            assert ("Sunset" in answer["headers"]) is operation.get("deprecated", False), path
