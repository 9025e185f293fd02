"""Invitations and links to another password: from the call to the e-mail, and to the session (P1)."""

import re
from collections.abc import AsyncIterator

import pytest

from portal.app import create_app
from starter.desks import Desks
from tests.builders import ACCOUNT, OPERATOR, line, run, world
from tests.portal.pages.people import ADDRESS, PASSWORD, Browser, browsing
from tests.system.licences.number_scene import held_for
from tests.system.scene import Scene
from tests.temporal_server import eventually

ADA = "ada@acme.example"
SESSION = "__Host-esim-session"


@pytest.fixture
async def desks(scene: Scene) -> Desks:
    await world(scene.database, line(1))
    made = Desks.of(scene.temporal.client, scene.database, scene.settings)
    await made.users.create_user(OPERATOR, ACCOUNT, "Ada", ADA, role="administrator")
    return made


@pytest.fixture
async def visitor(desks: Desks) -> AsyncIterator[Browser]:
    settings = desks.settings.model_copy(update={"portal_url": ADDRESS})
    async with browsing(create_app(desks.links, settings, desks=desks)) as client:
        yield client


async def mailed_path(scene: Scene, number: int, to: str = ADA) -> str:
    """The path of the link in the e-mail of this number."""
    await eventually(lambda: _count(scene), lambda count: count >= number)
    mail = scene.mailbox.mails[number - 1]
    assert mail.to == [to]
    found = re.search(r"http\S+?(/(?:invitation|reset)/\S+)", mail.text)
    assert found, mail.text
    return found[1]


async def _count(scene: Scene) -> int:
    return len(scene.mailbox.mails)


@pytest.mark.covers("P1")
async def test_the_first_administrator_is_invited_from_the_command_line(
    scene: Scene, desks: Desks, visitor: Browser
) -> None:
    said = await scene.typed("user", "invite", ADA)
    assert ADA in said.out
    path = await mailed_path(scene, 1)
    for _ in range(2):  # a mail scanner opens it, too
        page = await visitor.get(path)
        assert page.status_code == 200
        assert ADA in page.text
    weak = await visitor.post(path, data={"password": "short", "again": "short"})
    assert weak.status_code == 422
    assert "at least 12 characters" in weak.text
    chosen = await visitor.post(path, data={"password": PASSWORD, "again": PASSWORD})
    assert (chosen.status_code, chosen.headers["Location"]) == (303, "/")
    assert ADA in (await visitor.get("/account")).text
    again = await visitor.post(path, data={"password": PASSWORD, "again": PASSWORD})
    assert again.status_code == 410
    assert "not valid any more" in again.text
    await visitor.post("/sign-out")
    signed_in = await visitor.post("/sign-in", data={"email": ADA, "password": PASSWORD})
    assert signed_in.status_code == 303
    (row,) = await run(scene.database, "SELECT digest FROM mailed_tokens")
    assert path.rpartition("/")[2].encode() not in bytes(row.digest)


@pytest.mark.covers("P1", "S9")
async def test_asking_for_another_password_tells_nobody_who_is_a_user(
    scene: Scene, desks: Desks, visitor: Browser
) -> None:
    texts = set()
    for address in ("nobody@acme.example", ADA):
        answer = await visitor.post("/forgot", data={"email": address})
        assert answer.status_code == 200
        texts.add(answer.text)
    assert len(texts) == 1
    path = await mailed_path(scene, 1)
    assert path.startswith("/reset/")
    assert (await visitor.get(path.replace("/reset/", "/invitation/"))).status_code == 410
    await visitor.post(path, data={"password": PASSWORD, "again": PASSWORD})
    first = visitor.cookies[SESSION]
    await visitor.post("/forgot", data={"email": ADA})
    new = "black tea in the evening"
    await visitor.post(await mailed_path(scene, 2), data={"password": new, "again": new})
    visitor.cookies.clear()
    visitor.cookies.set(SESSION, first, domain="portal.example")
    assert (await visitor.get("/account")).status_code == 303  # the reset has ended it
    await visitor.post("/forgot", data={"email": ADA})
    assert (await visitor.post("/forgot", data={"email": ADA})).status_code == 429
    await desks.mailed.settled()
    await eventually(lambda: _unfinished(scene), lambda left: left == 0)
    assert scene.mailbox.recipients() == [ADA] * 3


async def _unfinished(scene: Scene) -> int:
    (row,) = await run(scene.database, "SELECT count(*) AS n FROM user_mails WHERE done_at IS NULL")
    return int(row.n)


@pytest.mark.covers("P1", "W5")
async def test_an_invitation_that_cannot_be_sent_is_held_until_it_is_retried(
    scene: Scene, desks: Desks, visitor: Browser
) -> None:
    scene.mailbox.answers = {ADA: "550 5.1.1 No such mailbox"}
    await desks.mailed.invite(OPERATOR, ADA)
    (mail,) = await run(scene.database, "SELECT id FROM user_mails")
    await eventually(lambda: held_for(scene, mail.id), lambda found: found == ["mail_rejected"])
    assert await run(scene.database, "SELECT digest FROM mailed_tokens") == []  # none was sent
    scene.mailbox.answers = {}
    said = await scene.typed("order", "retry", "--reason", "mail_rejected", "--yes")
    assert "e-mail to a user" in said.out
    assert await scene.temporal.client.get_workflow_handle(mail.id).result() == "sent"
    assert (await visitor.get(await mailed_path(scene, 1))).status_code == 200
    assert await held_for(scene, mail.id) == []


@pytest.mark.covers("P1")
async def test_an_expired_link_and_that_of_a_deactivated_user_lead_nowhere(
    scene: Scene, desks: Desks, visitor: Browser
) -> None:
    await desks.mailed.invite(OPERATOR, ADA)
    path = await mailed_path(scene, 1)
    await desks.users.deactivate_user(OPERATOR, ADA)
    assert (await visitor.get(path)).status_code == 410
    await desks.users.activate_user(OPERATOR, ADA)
    assert (await visitor.get(path)).status_code == 410, "it ended with the deactivation"
    await desks.mailed.invite(OPERATOR, ADA)
    path = await mailed_path(scene, 2)
    assert (await visitor.get(path)).status_code == 200
    await run(scene.database, "UPDATE mailed_tokens SET expires_at = esim_now()")
    assert (await visitor.get(path)).status_code == 410
    assert (await visitor.get("/reset/no-such-token")).status_code == 410


@pytest.mark.covers("P1", "W5")
async def test_a_link_that_was_asked_for_before_the_password_changed_is_not_sent(
    scene: Scene, desks: Desks, visitor: Browser
) -> None:
    await desks.mailed.invite(OPERATOR, ADA)
    path = await mailed_path(scene, 1)
    await visitor.post(path, data={"password": PASSWORD, "again": PASSWORD})
    scene.mailbox.answers = {ADA: "550 5.1.1 No such mailbox"}
    await visitor.post("/forgot", data={"email": ADA})
    await desks.mailed.settled()
    (mail,) = await run(scene.database, "SELECT id FROM user_mails WHERE purpose = 'reset'")
    await eventually(lambda: held_for(scene, mail.id), lambda found: found == ["mail_rejected"])
    new = "black tea in the evening"
    changed = await visitor.post("/account/password", data={"old": PASSWORD, "new": new, "again": new})
    assert changed.status_code == 303
    scene.mailbox.answers = {}
    await scene.typed("order", "retry", "--reason", "mail_rejected", "--yes")
    await scene.temporal.client.get_workflow_handle(mail.id).result()
    assert len(scene.mailbox.mails) == 1, "the invitation only"
    assert await held_for(scene, mail.id) == []
