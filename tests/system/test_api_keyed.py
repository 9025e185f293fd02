"""Every call that takes an `Idempotency-Key` is made once per key, also of five at once, and its key is
refused with anything else that the call may say (A3).

The routes and the fields of their bodies are those of the OpenAPI document: a new one without a call, or
without another value, fails.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest

import portal
from models.people.callers import Role, UserKind
from portal.app import create_app
from starter.desks import Desks
from tests.builders import ACCOUNT, OPERATOR, run
from tests.portal.api.keys import Keyring
from tests.system.keyed_calls import CALLS, Call
from tests.system.keyed_document import keyed_bodies
from tests.system.keyed_others import OTHERS
from tests.system.keyed_world import keyed_world
from tests.system.scene import Scene

pytestmark = pytest.mark.covers("A3")
AT_ONCE = 5
BY_ITSELF = {
    "quantity_locked",
    "discard_not_confirmed",
    "licence_not_chosen",
    "email_not_chosen",
    "distributor_of_desk",
}
"""Why some calls are refused whether their key is new or not."""
SHOWN_ONCE = {"api_key_made", "webhook_made", "webhook_rotated", "webhook_ping_unanswered"}
"""Why the repeat of a call is refused whose answer has a secret, or is not there yet."""
OF_PLATFORM = ("/accounts", "/users", "/acknowledge", "/processed", "/licence-prices", " order_steps")
"""How the routes end of calls that an owner may not make."""
MADE_AT_ONCE = (
    "accounts agents api_keys authorised_actions_profiles contacts jobs licence_entries licence_purchases"
    " licence_requests licences line_reports number_changes order_notes orders subscribers travel_plans"
    " user_mails users webhook_calls webhooks"
)
"""The tables that calls write alone, and no worker after them."""


class Backend:
    """A backend with keys of the account and of the platform."""

    def __init__(self, scene: Scene, api: httpx.AsyncClient, headers: tuple[dict[str, str], ...]) -> None:
        self.ids: dict[str, str] = {}
        self._scene = scene
        self._api = api
        self._headers = headers

    async def send(self, route: str, path: Mapping[str, str], body: Any, key: str = "") -> httpx.Response:
        """The answer to a call whose path and body name records that are known by now."""
        method, address, *_ = route.split(" ")
        address = address.format_map({**self.ids, **path})
        owner, platform = self._headers
        headers = platform if route.endswith(OF_PLATFORM) else owner
        once = {"Idempotency-Key": f"{key} of {self._scene.settings.task_queue}"} if key else {}
        return await self._api.request(
            method, self.named(address), json=self.named(body), headers={**headers, **once}
        )

    def named(self, value: Any) -> Any:
        """The value with ids in the place of names."""
        match value:
            case str():
                return value.format_map(self.ids) if "{" in value else value
            case list():
                return [self.named(each) for each in value]
            case dict():
                return {name: self.named(each) for name, each in value.items()}
        return value

    async def seen(self) -> tuple[int, dict[str, int]]:
        """The origin of the last call, and how many rows each table has that calls write."""
        counts = ", ".join(f"(SELECT count(*) FROM {name}) AS {name}" for name in MADE_AT_ONCE.split())
        last = "(SELECT coalesce(max(id), 0) FROM origins) AS last"
        (row,) = await run(self._scene.database, f"SELECT {last}, {counts}")
        seen = dict(row._mapping)
        return seen.pop("last"), seen

    async def job_ended(self, job: str) -> None:
        """Wait until the rows of a job are done, which change records, too."""
        await self._scene.ended(job.lower().replace("j-", "job-"))

    async def makers(self, since: int) -> int:
        """How many calls after this one have changed something."""
        (row,) = await run(
            self._scene.database,
            "SELECT count(DISTINCT origin_id) AS calls FROM events WHERE origin_id > :since",
            since=since,
        )
        return int(row.calls)


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    """The committed document, of which another test asserts that it is that of the API."""
    return dict(json.loads((Path(portal.__path__[0]).parent / "docs/openapi.json").read_text()))


@pytest.fixture
async def backend(scene: Scene) -> AsyncIterator[Backend]:
    settings = scene.settings.model_copy(update={"api_calls_a_second": 10_000, "webhooks_to_loopback": True})
    desks = Desks.of(scene.temporal.client, scene.database, settings)
    ids = await keyed_world(scene)
    keys = Keyring(desks, OPERATOR)
    headers = (await keys.of(Role.OWNER), await keys.of_platform(account=ACCOUNT))
    for name in ("bot", "other_bot"):
        made = await desks.users.create_user(
            OPERATOR, ACCOUNT, name, f"{name}@bots.example", role=Role.OWNER, kind=UserKind.SERVICE
        )
        ids[name] = f"U-{made.id}"
    transport = httpx.ASGITransport(create_app(desks.links, settings, desks=desks))
    async with httpx.AsyncClient(transport=transport, base_url="https://portal.example/api/v1") as api:
        backend = Backend(scene, api, headers)
        backend.ids = ids
        yield backend


def test_every_call_and_field_of_the_document_is_walked(document: Mapping[str, Any]) -> None:
    bodies = keyed_bodies(document)
    assert {call.route for call in CALLS} == set(OTHERS) == set(bodies)
    for route, others in OTHERS.items():
        fields = {
            name for name, schema in bodies[route].get("properties", {}).items() if "const" not in schema
        }
        assert fields <= set(others.values), route


async def test_a_call_is_made_once_per_key_and_its_key_refuses_any_other_call(
    backend: Backend, document: Mapping[str, Any]
) -> None:
    bodies, wrong = keyed_bodies(document), []
    for number, call in enumerate(CALLS):
        wrong += [
            f"{call.route}: {each}" for each in await _walked(backend, call, f"{number}", bodies[call.route])
        ]
    assert wrong == [], "\n".join(wrong)


async def _walked(backend: Backend, call: Call, key: str, schema: Mapping[str, Any]) -> list[str]:
    """What is wrong with a call and everything that is sent under its key."""
    for step in call.first:
        prepared = await backend.send(f"POST {step.path}", {}, step.body)
        assert prepared.is_success, f"{step.path}: {prepared.text}"
    before, _ = await backend.seen()
    at_once = [backend.send(call.route, call.path, call.body, key) for _ in range(AT_ONCE)]
    answers = await asyncio.gather(*at_once)
    wrong = list(_not_once(answers))
    if (makers := await backend.makers(before)) > 1:
        wrong.append(f"{makers} of the calls at once changed something")
    made = [each.json().get("id") for each in answers if each.is_success]
    if not made:
        return wrong
    if "/jobs" in call.route:
        await backend.job_ended(made[0])
    if call.keep:
        backend.ids[call.keep] = made[0]
    last, rows = await backend.seen()
    again = await backend.send(call.route, call.path, call.body, key)
    if again.is_success and ("Idempotent-Replayed" not in again.headers or again.json().get("id") != made[0]):
        wrong.append(f"the repeat is not one: {again.text}")
    for what, path, body in _others(call, schema):
        answer = await backend.send(call.route, path, body, key)
        if not _refuses_key(answer):
            wrong.append(f"{what}: {answer.status_code} {answer.text[:200]}")
    _, rows_now = await backend.seen()
    changed = {name: count for name, count in rows_now.items() if rows[name] != count}
    if changed or await backend.makers(last):
        wrong.append(f"a repeat or a refused call changed something: {changed}")
    return wrong


def _not_once(answers: list[httpx.Response]) -> Iterator[str]:
    """What is wrong with the answers to the same call at once: one has made it, the others say so."""
    first = [each for each in answers if each.is_success and "Idempotent-Replayed" not in each.headers]
    if len(first) != 1:
        yield f"{len(first)} of the answers at once are no replay: {[each.text[:300] for each in answers]}"
    if len({each.json().get("id") for each in answers if each.is_success}) > 1:
        yield "two records at once"
    for each in answers:
        if not each.is_success and each.json()["code"] not in SHOWN_ONCE:
            yield f"at once: {each.status_code} {each.text[:300]}"


def _refuses_key(answer: httpx.Response) -> bool:
    if answer.status_code != 422:
        return False
    code = answer.json()["code"]
    return code in BY_ITSELF or code == "key_reused" or code.startswith("key_used")


def _others(
    call: Call, schema: Mapping[str, Any]
) -> Iterator[tuple[str, Mapping[str, str], Mapping[str, Any]]]:
    """The call with each field of its body changed, added and left out, and of other records in its path."""
    others = OTHERS[call.route]
    for name, value in others.values.items():
        each_other = value if isinstance(value, tuple) else (value,)
        if name.startswith("{"):
            place = name.strip("{}")
            yield from (
                (f"{place}={other}", {**call.path, place: other}, call.body)
                for other in each_other
                if other != call.path[place]
            )
            continue
        default, sent = schema["properties"][name].get("default"), call.body.get(name)
        if name in others.same and name not in call.body:
            continue
        for other in each_other:
            if other not in (sent, default if name not in call.body else sent):
                yield f"{name}={other}", call.path, {**call.body, name: other}
        needed = name in schema.get("required", ()) or name in others.same
        if name in call.body and not needed and sent != default:
            left = {field: value for field, value in call.body.items() if field != name}
            yield f"without {name}", call.path, left
