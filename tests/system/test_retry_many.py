"""`esim-orders order retry --query Q`: many that are held, of whatever kind, go on at once."""

import asyncio
import json
from collections import Counter
from typing import Any

import pytest

from tests.builders import line, world
from tests.starter.shell import Said
from tests.system.qr_scene import QUENTIN, QrScene
from tests.system.scene import Scene
from tests.temporal_server import eventually

REFUSES = "550 5.1.1 No such user"
TAKES = "250 2.0.0 taken"
ORDERS = 7


async def retry(scene: Scene, *more: str, code: int = 0, typed: str = "") -> Said:
    return await scene.typed("order", "retry", *more, code=code, typed=typed)


async def retried(scene: Scene, *more: str, code: int = 0) -> Any:
    return json.loads((await retry(scene, *more, "--yes", "--json", code=code)).out)


async def many_held(scene: Scene, count: int = ORDERS) -> list[str]:
    """Orders that are held since the provider's mail server refuses its address; Temporal knows of all."""
    await world(scene.database, *(line(number) for number in range(1, count + 1)))
    scene.mailbox.answer = REFUSES
    ids = await asyncio.gather(*(scene.placed(number) for number in range(1, count + 1)))
    await all_held(scene, count)
    return list(ids)


async def all_held(scene: Scene, count: int) -> None:
    ours = f"TaskQueue = '{scene.settings.task_queue}' AND HoldReason IS NOT NULL"

    async def look() -> int:
        return (await scene.temporal.client.count_workflows(ours)).count

    await eventually(look, lambda found: found == count)

    async def rows() -> int:
        return int((await scene.sql("SELECT count(*) FROM holds"))[0][0])

    await eventually(rows, lambda found: found == count)


@pytest.mark.covers("W5")
async def test_all_go_on_once_the_mail_server_takes_mails_and_each_gets_one(scene: Scene) -> None:
    ids = await many_held(scene)
    again = await retried(scene, "--reason", "mail_rejected", code=1)
    assert again["outcomes"] == [{"outcome": "held_again", "reason": "mail_rejected", "count": ORDERS}]
    await all_held(scene, ORDERS)

    scene.mailbox.answer = TAKES
    done = await retried(scene, "--query", "Provider = 'Orange' OR Provider = 'SFR'")
    assert done["outcomes"] == [{"outcome": "continues", "reason": "mail_rejected", "count": ORDERS}]
    assert {one["id"] for one in done["each"]} == set(ids)
    await scene.mailbox.got(*["orders@telvia.example"] * ORDERS)
    assert max(Counter(mail.message_id for mail in scene.mailbox.mails).values()) == 1


@pytest.mark.covers("W5")
async def test_a_person_is_asked_with_the_count_and_reads_a_summary(scene: Scene) -> None:
    await many_held(scene, 3)
    declined = await retry(scene, "--all-held", code=2, typed="n\n")
    assert "Retry 3 orders?" in declined.err
    assert "nothing was done." in declined.err
    again = await retry(scene, "--all-held", code=1, typed="y\n")
    assert "held again" in again.out
    assert "Held again: order-" in again.out
    scene.mailbox.answer = TAKES
    await all_held(scene, 3)
    said = await asyncio.to_thread(
        lambda: scene.shell().terminal("order", "retry", "--all-held", answers=("y",), columns=100)
    )
    assert "settled" in said, "a terminal shows how far it is"
    assert "continues" in said


@pytest.mark.covers("W5")
async def test_only_what_the_query_selects_goes_on(scene: Scene) -> None:
    await many_held(scene, 2)
    for nothing in (("--reason", "no_processing"), ("--query", "OrderStatus = 'provider_processing'")):
        assert (await retry(scene, *nothing, "--yes")).out == "Nothing of that is held.\n"
    assert (await retried(scene, "--query", "Provider = 'SFR'"))["retried"] == 0


async def test_brackets_of_a_query_do_not_reach_what_is_not_held(scene: Scene) -> None:
    await world(scene.database, line(1))
    order = await scene.placed(1)

    async def listed() -> int:
        return (await scene.temporal.client.count_workflows(f"WorkflowId = '{order}'")).count

    await eventually(listed, lambda found: found == 1)
    this = f"WorkflowId = '{order}'"
    around = f"{this}) OR ({this}"
    assert (await retry(scene, "--query", around, "--yes")).out == "Nothing of that is held.\n"
    further = await retry(scene, "--query", f"{this})) OR (({this}", "--yes", code=2)
    assert further.err.startswith("Temporal does not understand this query")


async def test_without_a_worker_none_is_taken_up(idle_scene: Scene) -> None:
    async with idle_scene.worker():
        await many_held(idle_scene, 2)
    said = await retry(idle_scene, "--all-held", "--yes", code=3)
    assert said.err == "No worker has processed some of the retries yet; it may do so later.\n"
    assert "not executed yet" in said.out


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ((), "Name some by their ids, or choose many with --query, --reason, --all-held or"),
        (("--all-held", "--without-workflow"), "Name some by their ids, or choose many"),
        (("order-aaaaaaaaaaaaaaaa", "--all-held"), "Name some by their ids, or choose many"),
        (("--reason", "mail_rejected", "--all-held"), "Name some by their ids, or choose many"),
        (("--reason", "bad weather"), "There is no such reason; there are mail_unavailable"),
        (("--query", "this is no query"), "Temporal does not understand this query"),
        (("--query", "Provider='\x01'"), "Temporal does not understand this query"),
        (("--query", f"Provider='{'x' * 2000}'"), "Temporal does not understand this query"),
    ],
)
async def test_what_selects_nothing_that_can_be_meant_is_refused(
    scene: Scene, arguments: tuple[str, ...], sentence: str
) -> None:
    said = await retry(scene, *arguments, code=2)
    assert said.err.startswith(sentence)
    assert len(said.err.splitlines()) == 1


@pytest.mark.covers("W5")
async def test_requests_for_qr_codes_go_on_with_the_same_command(scene: Scene) -> None:
    qr = await QrScene.set_up(scene, line(1, sim_type="esim"), line(2))
    scene.mailbox.answer = REFUSES
    request, order = await qr.request(), await scene.placed(2)
    await qr.held_for(request, "mail_rejected")
    await all_held(scene, 2)
    again = await retried(scene, "--all-held", code=1)
    assert again["outcomes"] == [{"outcome": "held_again", "reason": "mail_rejected", "count": 2}]
    scene.mailbox.answer = TAKES
    await all_held(scene, 2)
    done = await retried(scene, "--all-held")
    assert {(one["id"], one["kind"], one["outcome"]) for one in done["each"]} == {
        (request, "qr_request", "continues"),
        (order, "order", "continues"),
    }
    await scene.mailbox.got(QUENTIN, "orders@telvia.example")
