"""A mail server or a provider is unavailable: from the first failed attempt on, operators read what has
not gone out, since when and why; once it has gone out, that it has.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from mail.smtp import SmtpMailer
from models.operations.not_sent import NotSentReason, NotSentView
from sandbox.ports import free_port
from settings import Settings
from starter.operations.doctor import examine
from store.operations import metrics
from tests.builders import OPERATOR, world
from tests.kinds.ways import current_details
from tests.mail.misbehaving import Answer, MisbehavingServer, hang
from tests.starter.shell import Shell
from tests.system import noticed_worker
from tests.system.qr_scene import QrScene, a_code
from tests.system.scene import Scene, a_mailbox
from tests.system.worker_process import WorkerProcess
from tests.temporal_server import comes_true, eventually
from worker import order_worker

ANSWERS_WITHIN = timedelta(seconds=0.5)
"""How long the worker waits for a mail server that says nothing."""
SENTENCES = {
    "mail_unavailable": "The mail server does not answer",
    "mail_configuration": "does not accept our login",
    "mail_uncertain": "may have arrived",
}


@asynccontextmanager
async def a_worker(scene: Scene, port: int) -> AsyncIterator[None]:
    """A worker that mails to this port."""
    settings = scene.settings.model_copy(update={"smtp_url": f"smtp://127.0.0.1:{port}"})
    async with (
        SmtpMailer(settings.smtp_url, settings.mail_from, timeout=ANSWERS_WITHIN) as mailer,
        order_worker(scene.temporal.client, scene.database, mailer, settings),
    ):
        yield


async def typed(scene: Scene, *arguments: str, code: int = 0, columns: int = 250) -> str:
    """What the command says."""
    shell = Shell(scene.settings.data_dir, scene.settings.database_url)
    return (await asyncio.to_thread(lambda: shell.run(*arguments, code=code, columns=columns))).out


async def found_by_doctor(settings: Settings) -> tuple[bool, str, tuple[str, ...]]:
    (check,) = [check for check in await examine(OPERATOR, settings) if check.name == "not_sent"]
    return check.ok, check.sentence, check.ids


async def counted(scene: Scene, what: str) -> dict[str, float]:
    """The gauge, by reason, where it is not 0."""
    async with scene.database.reading() as connection:
        found = await metrics.waiting_to_go_out(connection)
    return {reason: number for (of, reason), number in found.items() if number and of == what}


async def not_sent(scene: Scene, order_id: str) -> tuple[NotSentView, ...]:
    return (await scene.desk.order(OPERATOR, order_id)).not_sent


async def rows(scene: Scene) -> int:
    return len(await scene.sql("SELECT 1 FROM not_sent"))


@pytest.mark.covers("W3", "W11")
async def test_an_order_that_was_not_mailed_says_so_everywhere_until_it_is(idle_scene: Scene) -> None:
    scene, port = idle_scene, free_port()
    await world(scene.database)
    async with a_worker(scene, port):
        order_id = await scene.placed()
        (unsent,) = await eventually(lambda: not_sent(scene, order_id), bool)
        assert (unsent.step, unsent.reason, unsent.attempts) == ("submit_to_provider", "mail_unavailable", 1)
        assert unsent.recipients == ("contact:1",)

        shown = await typed(scene, "order", "show", order_id)
        assert "acknowledgement" not in shown
        assert "the order to go out: the provider does not have it yet" in shown
        assert "the order to the provider (" in shown
        assert "orders@telvia.example" in shown
        assert f"since {unsent.since:%Y-%m-%d %H:%M:%S}" in shown
        assert "(1 try). The mail server does not answer, or accepts no e-mails now." in shown
        assert "la commande à l\N{RIGHT SINGLE QUOTATION MARK}opérateur" in await typed(
            scene, "--language", "fr", "order", "show", order_id
        )
        listed = await typed(scene, "order", "list")
        assert "Submitted (not sent)" in listed
        assert order_id not in await typed(scene, "order", "list", "--held")
        (as_json,) = json.loads(await typed(scene, "order", "show", order_id, "--json"))["not_sent"]
        assert (as_json["reason"], as_json["attempts"]) == ("mail_unavailable", 1)
        details = await current_details(scene, order_id)
        assert "**Not sent yet**: Hand the order to the provider" in details
        assert "Waits for the provider's acknowledgement" not in details
        ok, sentence, ids = await found_by_doctor(scene.settings)
        assert not ok
        assert order_id in sentence
        assert "mail_unavailable 1" in sentence
        assert ids == (order_id,)
        assert await counted(scene, "order") == {"mail_unavailable": 1}

        (again,) = await eventually(
            lambda: not_sent(scene, order_id), lambda seen: seen[0].attempts > 1, within=20
        )
        assert again.since == unsent.since
        assert again.tried_at > unsent.tried_at
        async with a_mailbox(port) as mailbox:
            await comes_true(mailbox.recipients, within=40)
            await eventually(lambda: not_sent(scene, order_id), lambda seen: not seen)
            shown = await typed(scene, "order", "show", order_id)
            assert "the provider's acknowledgement" in shown
            assert "not sent" not in shown + await typed(scene, "order", "list")

            async def told() -> str:
                return await current_details(scene, order_id)

            details = await eventually(told, lambda page: "Handed to the provider" in page)
            assert "Not sent yet" not in details
            assert "Waits for the provider's acknowledgement" in details
    assert await found_by_doctor(scene.settings) == (True, "Everything that was to go out has gone out.", ())
    assert await counted(scene, "order") == {}
    assert await rows(scene) == 0


@pytest.mark.covers("W11")
@pytest.mark.parametrize(
    ("moment", "answer", "reason"),
    [
        ("GREETING", hang, "mail_unavailable"),
        ("EHLO", "421 4.3.2 closing", "mail_unavailable"),
        ("MAIL", "530 5.7.0 Authentication required", "mail_configuration"),
        ("RCPT", "450 4.2.1 Come back later", "mail_unavailable"),
        ("CONTENT", hang, "mail_uncertain"),
    ],
)
async def test_it_says_what_the_mail_server_does(
    idle_scene: Scene, moment: str, answer: Answer, reason: str
) -> None:
    scene = idle_scene
    await world(scene.database)
    async with MisbehavingServer({moment: answer}) as server, a_worker(scene, server.port):
        order_id = await scene.placed()
        (unsent,) = await eventually(lambda: not_sent(scene, order_id), bool)
        assert unsent.reason == reason
        assert SENTENCES[reason] in await typed(scene, "order", "show", order_id)


@pytest.mark.covers("W5", "W11")
async def test_what_is_held_has_still_not_gone_out_until_a_retry_sends_it(scene: Scene) -> None:
    await world(scene.database)
    scene.mailbox.answer = "550 5.1.1 No such user"
    order_id = await scene.placed()
    held = await eventually(lambda: scene.desk.order(OPERATOR, order_id), lambda seen: seen.holds)
    assert [unsent.reason for unsent in held.not_sent] == ["mail_rejected"]
    assert "Submitted (held: mail_rejected) (not sent)" in await typed(scene, "order", "list")
    scene.mailbox.answer = "250 2.0.0 taken"
    await scene.desk.retry(OPERATOR, order_id)
    await eventually(lambda: not_sent(scene, order_id), lambda seen: not seen)
    assert scene.mailbox.recipients() == ["orders@telvia.example"]


@pytest.mark.covers("W11")
async def test_an_order_that_moves_on_without_its_mail_does_not_wait_for_it(idle_scene: Scene) -> None:
    scene, port = idle_scene, free_port()
    await world(scene.database)
    async with a_worker(scene, port):
        order_id = await scene.placed()
        await eventually(lambda: not_sent(scene, order_id), bool)
        await scene.desk.cancel(OPERATOR, order_id)
        seen = await eventually(lambda: not_sent(scene, order_id), bool)
        assert {unsent.step for unsent in seen} <= {"send_email:people"}, "the provider never had the order"
        async with a_mailbox(port):
            await scene.ended(order_id)
    assert await rows(scene) == 0


@pytest.mark.covers("W11")
async def test_a_request_for_a_code_and_a_notification_say_that_they_were_not_mailed(
    idle_scene: Scene,
) -> None:
    scene, port = idle_scene, free_port()
    qr = await QrScene.set_up(scene)
    second = await qr.sim_of(2)
    ana = await scene.ana()
    async with a_worker(scene, port):
        request_id = await qr.request()
        await qr.desk.import_code(ana, second, str(a_code(2)))
        told = await qr.desk.notify(ana, second, "boss@acme.example")

        async def both() -> list[tuple[str, ...]]:
            waiting = await scene.desks.code_book.waiting(OPERATOR)
            return sorted((of.id, *(unsent.step for unsent in of.not_sent)) for of in waiting)

        wanted = sorted([(request_id, "ask_for_code"), (told.id, "send_notification")])
        await eventually(both, lambda seen: seen == wanted)
        listed = await typed(scene, "qr", "list")
        assert listed.count("(not sent)") == 2
        assert "The mail server does not answer" in listed
        assert request_id not in await typed(scene, "qr", "list", "--held")
        for sim, words in ((qr.sim, "the request to the distributor"), (second, "boss@acme.example")):
            history = await typed(scene, "qr", "history", sim)
            assert words in history
            assert "The mail server does not answer" in history
        details = await current_details(scene, request_id)
        assert "**Not sent yet**: Ask the distributor for the QR code" in details
        assert "Waits for the QR code" not in details
        details = await current_details(scene, told.id)
        assert "**Not sent yet**: Send the link that shows the QR code" in details
        assert set((await found_by_doctor(scene.settings))[2]) == {request_id, told.id}
        assert await counted(scene, "qr_request") == {"mail_unavailable": 1}
        assert await counted(scene, "qr_notification") == {"mail_unavailable": 1}
        async with a_mailbox(port):
            await eventually(both, lambda seen: seen == [(request_id,)], within=40)
            assert "Waits for the QR code" in await current_details(scene, request_id)
    assert await rows(scene) == 0


@pytest.mark.covers("W11")
async def test_a_mail_of_a_worker_that_was_killed_is_not_taken_for_sent(
    idle_scene: Scene, tmp_path: Path
) -> None:
    scene = idle_scene
    await world(scene.database)
    scene.mailbox.door = asyncio.Event()
    async with WorkerProcess(scene, tmp_path / "worker.log", noticed_worker.MODULE).running():
        order_id = await scene.placed()
        await comes_true(lambda: scene.mailbox.begun)
        assert await not_sent(scene, order_id) == ()
    # no worker is left that could record anything
    await scene.sql("UPDATE mails SET updated_at = updated_at - interval '3 minutes' RETURNING id")
    await scene.sql("UPDATE orders SET status_since = status_since - interval '3 minutes' RETURNING id")
    (unsent,) = await not_sent(scene, order_id)
    assert (unsent.reason, unsent.recipients) == (NotSentReason.INTERRUPTED, ("contact:1",))
    assert "an e-mail (" in await typed(scene, "order", "show", order_id)
    assert (await found_by_doctor(scene.settings))[2] == (order_id,)
    scene.mailbox.door.set()
    async with scene.worker():
        await eventually(lambda: not_sent(scene, order_id), lambda seen: not seen, within=40)
    assert await rows(scene) == 0
