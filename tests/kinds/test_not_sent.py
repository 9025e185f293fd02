"""A provider that is not reached by mail: a call that fails is seen from its first attempt on, too."""

import asyncio

import pytest

from models.operations.not_sent import NotSentView
from models.orders.lifecycle import OrderStatus
from models.orders.placement import ProviderAnswer
from tests.builders import OPERATOR
from tests.kinds.instant import Instant, InstantPort
from tests.kinds.ways import current_details, order, placed
from tests.starter.shell import Shell
from tests.system.scene import Scene
from tests.temporal_server import eventually


class Unreachable:
    """The provider's port while its provider does not answer."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._answers = asyncio.Event()
        self.asked = 0
        submit, withdraw = InstantPort.submit, InstantPort.withdraw

        async def submits(port: InstantPort, order_id: str, kind: str, retries: int) -> ProviderAnswer:
            self._ask()
            return await submit(port, order_id, kind, retries)

        async def withdraws(port: InstantPort, order_id: str, kind: str, retries: int) -> None:
            self._ask()
            await withdraw(port, order_id, kind, retries)

        monkeypatch.setattr(InstantPort, "submit", submits)
        monkeypatch.setattr(InstantPort, "withdraw", withdraws)

    def _ask(self) -> None:
        self.asked += 1
        if not self._answers.is_set():
            raise ConnectionError("SENTINEL: the provider does not answer")

    def is_back(self) -> None:
        self._answers.set()


async def not_sent(scene: Scene, order_id: str) -> tuple[NotSentView, ...]:
    return (await order(scene, order_id)).not_sent


@pytest.mark.covers("W3", "W11")
async def test_a_call_to_a_provider_that_failed_is_seen_until_it_succeeds(
    open_scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene, provider = open_scene, Unreachable(monkeypatch)
    order_id = await placed(scene, Instant())
    (unsent,) = await eventually(lambda: not_sent(scene, order_id), bool)
    assert (unsent.step, unsent.reason, unsent.recipients) == ("submit_to_provider", "unexpected", ())
    shell = Shell(scene.settings.data_dir, scene.settings.database_url)
    shown = (await asyncio.to_thread(shell.run, "order", "show", order_id, columns=200)).out
    assert "the order to the provider, since" in shown
    assert "the order to go out" in shown
    assert "SENTINEL" not in shown
    assert "**Not sent yet**: Hand the order to the provider" in await current_details(scene, order_id)
    provider.is_back()
    await scene.ended(order_id)
    assert await not_sent(scene, order_id) == ()
    assert "Not sent yet" not in await current_details(scene, order_id)


@pytest.mark.covers("W11")
async def test_a_cancel_that_the_provider_does_not_know_of_is_seen(
    open_scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene = open_scene
    order_id = await placed(scene, Instant(answered=False))
    await eventually(lambda: current_details(scene, order_id), lambda page: "Handed to the provider" in page)
    provider = Unreachable(monkeypatch)
    await scene.desk.cancel(OPERATOR, order_id)
    (unsent,) = await eventually(lambda: not_sent(scene, order_id), bool)
    assert unsent.step == "withdraw_from_provider"
    assert (await order(scene, order_id)).status is OrderStatus.CANCELLED
    provider.is_back()
    await scene.ended(order_id)
    assert await not_sent(scene, order_id) == ()
