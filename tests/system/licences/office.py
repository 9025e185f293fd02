"""An account with an administrator, agents, numbers and two licences, and the desks that they use."""

from collections.abc import Awaitable
from dataclasses import dataclass
from typing import Any

import pytest

from models.errors import Refused
from models.licences.views import NumberView
from starter.licences.agents import AgentDesk
from starter.licences.assignments import AssignDraft, AssignmentDesk
from starter.licences.numbers import NumberDesk
from tests.builders import OPERATOR, as_csv, iccid
from tests.licences_world import ADAM, add_licence, licences_world, number_msisdn
from tests.starter.licences.files import number_row, unused
from tests.system.scene import Scene

HUGO = "hugo@acme.example"
FREE = ("voice_sms_data", "Voice+SMS+Data")


@dataclass
class Office:
    """Adam's desks, and the account's numbers 1 (Gina), 2 (Gina) and 3 (no agent)."""

    scene: Scene
    numbers: NumberDesk
    agents: AgentDesk
    assignments: AssignmentDesk

    @property
    def key(self) -> str:
        """An idempotency key of this test alone: all tests' orders are on one Temporal server."""
        return f"mine of {self.scene.settings.task_queue}"

    async def number(self, number: int = 1) -> NumberView:
        return await self.numbers.number(OPERATOR, number_msisdn(number))

    async def assign(self, number: int = 1, *, user: str = ADAM, **changes: Any) -> str:
        draft = {"number": number_msisdn(number), "add_on": FREE[0]} | changes
        adam = await self.scene.ana(user)
        return (await self.assignments.assign(adam, AssignDraft.model_validate(draft))).order_id

    async def active(self, number: int = 1) -> str:
        """Give the number an active eSIM; the order's id."""
        order_id = await self.assign(number)
        await self.scene.desk.acknowledge(OPERATOR, order_id, iccid=iccid(500 + number))
        await self.scene.desk.processed(OPERATOR, order_id)
        return order_id


@pytest.fixture
async def office(scene: Scene) -> Office:
    await licences_world(scene.database)
    for _ in range(2):
        await add_licence(scene.database)
    known = (scene.temporal.client, scene.database, scene.settings)
    office = Office(scene, NumberDesk(*known), AgentDesk(*known), AssignmentDesk(*known))
    rows = [number_row(n, phone_supports_esim="yes") for n in (1, 2)]
    await office.numbers.import_numbers(OPERATOR, as_csv(*rows, unused(3, phone_supports_esim="")))
    return office


async def codes(call: Awaitable[Any]) -> list[str]:
    with pytest.raises(Refused) as refused:
        await call
    return [refusal.code for refusal in refused.value.refusals]
