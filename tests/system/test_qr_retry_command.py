"""`esim-orders qr retry` and `qr request --again`, as people at a shell type them."""

import asyncio
import json

import pytest

from starter.qr_desk import QrRequestDraft
from tests.builders import ANA
from tests.starter.shell import Said, Shell
from tests.system.qr_scene import QUENTIN, QrScene
from tests.system.scene import Scene

REFUSES = "550 5.1.1 No such user"
TAKES = "250 2.0.0 taken"


async def typed(scene: Scene, *words: str, code: int = 0) -> Said:
    settings = scene.settings
    where = {"ESIM_TEMPORAL_ADDRESS": settings.temporal_address, "ESIM_TASK_QUEUE": settings.task_queue}
    shell = Shell(settings.data_dir, settings.database_url, where)
    return await asyncio.to_thread(shell.process, "qr", *words, code=code)


@pytest.mark.covers("W5")
async def test_a_retry_says_whether_the_request_goes_on_or_is_held_again(scene: Scene) -> None:
    world = await QrScene.set_up(scene)
    scene.mailbox.answer = REFUSES
    request = await world.request()
    await world.held_for(request, "mail_rejected")
    again = await typed(scene, "retry", request, code=1)
    assert again.out == ""
    assert again.err.startswith(f"{request} is held again")
    assert json.loads((await typed(scene, "retry", request, "--json", code=1)).out)["outcome"] == "held_again"
    scene.mailbox.answer = TAKES
    assert (await typed(scene, "retry", request)).out == f"{request} goes on.\n"
    await scene.mailbox.got(QUENTIN)
    assert (await typed(scene, "withdraw", request)).out == f"{request}: withdrawn\n"
    assert (await typed(scene, "withdraw", request)).out == f"{request}: withdrawn already\n"


async def test_asking_again_says_what_was_done(scene: Scene) -> None:
    world = await QrScene.set_up(scene)
    draft = QrRequestDraft(sim=world.sim, again=True)
    made = await world.desk.request(await world.scene.ana(), draft)
    assert made.sentence == "No request was open. The request has been made."
    again = await typed(scene, "request", world.sim, "--user", ANA, "--again", "--yes")
    assert again.out.startswith("The request has been sent again (round 2).\n")
