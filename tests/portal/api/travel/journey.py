"""What tests of travel eSIMs over HTTP share: Rosa's eSIM line with plans, and a client with a key."""

import json
import uuid
from dataclasses import dataclass
from typing import Any

import httpx

from models.people.callers import Role
from starter.desks import Desks
from tests.builders import ACCOUNT, OPERATOR, iccid
from tests.portal.api.keys import Keyring
from tests.travel_world import SUE, add_esim_line, add_subscriber, add_travel_plan, assign_plan

NUMBER = "+12125550007"
ICCID = iccid(70_007)


@dataclass
class Client:
    """Calls the API with a key; each POST has an idempotency key of its own, unless it names one."""

    api: httpx.AsyncClient
    headers: dict[str, str]

    async def get(self, path: str, status: int = 200, **query: Any) -> Any:
        answer = await self.api.get(path, params=query, headers=self.headers)
        assert answer.status_code == status, answer.text
        return answer.json()

    async def send(
        self, method: str, path: str, body: Any, *, key: str | None = None, **query: Any
    ) -> httpx.Response:
        named = {"Idempotency-Key": key or uuid.uuid4().hex, "Content-Type": "application/json"}
        content = json.dumps(body)  # ASCII: a surrogate is sent as an escape
        headers = self.headers | named
        return await self.api.request(method, path, content=content, params=query, headers=headers)

    async def post(self, path: str, body: Any = None, status: int = 200, **more: Any) -> Any:
        answer = await self.send("POST", path, body, **more)
        assert answer.status_code == status, answer.text
        return answer.json()

    async def refused(self, method: str, path: str, body: Any = None, **more: Any) -> str:
        """The code of a call that is refused; which status it has is declared with it."""
        answer = await self.send(method, path, body, **more)
        assert answer.headers["Content-Type"] == "application/problem+json", answer.text
        assert 400 <= answer.status_code < 500, answer.text
        return str(answer.json()["code"])


async def client(api: httpx.AsyncClient, keys: Keyring, role: Role = Role.OWNER, **more: Any) -> Client:
    return Client(api, await keys.of(role, **more))


@dataclass
class Journey:
    """A subscriber with an eSIM in use and two queued plans, for Europe and for Asia."""

    subscriber: str
    line: str
    euro: str
    asia: str


async def journey(desks: Desks) -> Journey:
    database = desks.database
    await desks.users.create_user(OPERATOR, ACCOUNT, "Sue", SUE, role=Role.SUPPORT)
    rosa = await add_subscriber(database, 7, email="seven@home.example")
    line = await add_esim_line(database, rosa, 7)
    euro = await assign_plan(database, line, await add_travel_plan(database, "Euro week"))
    asia = await assign_plan(database, line, await add_travel_plan(database, "Asia week", countries=("JP",)))
    return Journey(f"SB-{rosa}", f"EL-{line}", f"PA-{euro}", f"PA-{asia}")
