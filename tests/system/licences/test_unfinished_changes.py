"""What a provider or an owner was not notified of is seen where numbers, orders and requests are listed."""

import asyncio
import json
from typing import Any

import pytest

from models.language import Language
from models.licences.numbers import Change, Notice
from models.orders.lifecycle import HoldReason
from starter.operations.doctor import examine
from tests.builders import OPERATOR
from tests.system.licences.number_scene import a_number, a_request, changed, held_for, provider_notified
from tests.system.scene import Scene
from tests.temporal_server import eventually
from wording.labels import hold_sentence
from wording.licences.numbers import notice_words
from workflows.licences.messages import RequestLicences

REJECTED = "550 5.1.1 No such mailbox"
TAKEN = "250 2.0.0 taken"
WAYS = {Change.STOP_ESIM: Notice.STOP, Change.SUSPEND: Notice.SUSPEND}


async def typed(scene: Scene, *words: str, columns: int = 600) -> str:
    """What the command prints in a terminal of this width."""
    return (await asyncio.to_thread(lambda: scene.shell().run(*words, columns=columns))).out


async def read(scene: Scene, *words: str) -> Any:
    return json.loads(await typed(scene, *words, "--json"))


async def held(scene: Scene, number: int, what: Change) -> str:
    """The change whose e-mail the provider's mail server refuses."""
    scene.mailbox.answer = REJECTED
    _, handle = await changed(scene, number, what)
    await eventually(lambda: held_for(scene, handle.id), lambda found: found == [HoldReason.MAIL_REJECTED])
    return handle.id


@pytest.mark.covers("L30", "W11")
@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("what", WAYS)
async def test_a_held_notice_is_seen_with_its_number_until_it_is_sent(
    scene: Scene, what: Change, language: Language
) -> None:
    number = await a_number(scene)
    show = ("--language", language.value, "number", "show", f"N-{number}")
    of, words = await held(scene, number, what), notice_words(language)
    shown = await typed(scene, *show)
    (found,) = (await read(scene, *show))["unfinished_changes"]
    assert (found["id"], found["notice"], found["held_reason"]) == (of, WAYS[what], "mail_rejected")
    sim = f"S-{found['sim_id']}"
    asked, _, _ = words[WAYS[what]].partition("{since}")
    assert asked.format(distributor="Telvia", provider="Orange", sim=sim) in shown
    assert hold_sentence(HoldReason.MAIL_REJECTED, language) in shown
    command = words["continue"].format(change=of)
    assert command in shown
    listed = await typed(scene, *show[:2], "number", "list", columns=80)
    assert max(len(line) for line in listed.splitlines() if line.endswith("│")) <= 80
    assert words["label"].split()[0] in listed
    assert f"{sim}: {words['label']}" in await typed(scene, *show[:2], "number", "list")
    scene.mailbox.answer = TAKEN
    await typed(scene, *command.split("`")[1].split()[1:])
    await provider_notified(scene, of)
    assert words["label"] not in await typed(scene, *show)
    assert (await read(scene, *show))["unfinished_changes"] == []


@pytest.mark.covers("L30", "W11")
async def test_a_notice_is_seen_from_its_first_failed_attempt_on(scene: Scene) -> None:
    number = await a_number(scene)
    scene.mailbox.answer = "451 4.3.0 Later"
    _, handle = await changed(scene, number, Change.STOP_ESIM)
    words = notice_words(Language.EN)

    async def shown() -> str:
        return await typed(scene, "number", "show", f"N-{number}")

    _, _, by_itself = words["failed"].partition("{reason}")
    seen = await eventually(shown, lambda text: by_itself in text)
    assert "accepts no e-mails now." in seen
    assert words["continue"].format(change=handle.id) not in seen, "it is not held"
    assert words["label"] in await typed(scene, "number", "list")
    assert "no such numbers" in await typed(scene, "number", "list", "--held")
    scene.mailbox.answer = TAKEN
    await provider_notified(scene, handle.id)


@pytest.mark.covers("L30", "W11")
async def test_a_notice_that_no_worker_sends_is_overdue_after_a_while(scene: Scene) -> None:
    number = await a_number(scene)
    _, handle = await changed(scene, number, Change.STOP_ESIM)
    await handle.result()
    await scene.sql("UPDATE number_changes SET notified_at = NULL")
    words = notice_words(Language.EN)
    assert words["sending"] in await typed(scene, "number", "show", f"N-{number}")
    assert words["label"] not in await typed(scene, "number", "list")
    await scene.sql("UPDATE number_changes SET applied_at = applied_at - interval '3 minutes'")
    assert words["late"] in await typed(scene, "number", "show", f"N-{number}")
    assert words["label"] in await typed(scene, "number", "list")


@pytest.mark.covers("L30", "W5")
async def test_held_changes_are_listed_beside_held_orders(scene: Scene) -> None:
    number = await a_number(scene)
    assert "held, too" not in await typed(scene, "order", "list", "--held")
    assert "no such numbers" in await typed(scene, "number", "list", "--held")
    of = await held(scene, number, Change.DELETE)
    said = await typed(scene, "order", "list", "--held")
    assert "1 change of a number is held, too: esim-orders number list --held" in said
    listed = await typed(scene, "number", "list", "--held")
    assert f"N-{number}" in listed
    assert f"mail_rejected: {hold_sentence('mail_rejected', Language.EN)}" in listed
    assert [found["id"] for found in await read(scene, "number", "list", "--held")] == [number]
    checks = {check.name: check.sentence for check in await examine(OPERATOR, scene.settings)}
    assert f"number changes: mail_rejected 1 (N-{number})" in checks["held"]
    assert f"{of} (N-{number})" in checks["not_sent"]
    assert not any("+33612000001" in sentence for sentence in checks.values())


@pytest.mark.covers("L37", "W5")
async def test_held_requests_for_licences_are_listed_beside_held_orders(scene: Scene) -> None:
    await a_number(scene)
    scene.mailbox.answer = REJECTED
    of = await a_request(scene)
    assert await read(scene, "licence", "requests", "--held") == []
    start = RequestLicences.model_validate(
        {"request_id": of, "account_id": 1, "add_on": "voice_sms", "quantity": 3}
    )
    await scene.temporal.client.start_workflow(
        "EsimLicenceRequest", start, id=of, task_queue=scene.settings.task_queue
    )
    await eventually(lambda: held_for(scene, of), bool)
    said = await typed(scene, "order", "list", "--held")
    assert "1 request for licences is held, too: esim-orders licence requests --held" in said
    listed = await typed(scene, "licence", "requests", "--held")
    assert f"{of}" in listed
    assert "open (held: mail_rejected)" in listed
    assert hold_sentence("mail_rejected", Language.EN) in listed
    (found,) = await read(scene, "licence", "requests", "--held")
    assert (found["id"], found["held_reason"]) == (of, "mail_rejected")
