"""`esim-orders person erase`: afterwards nothing in the database says that there was such a person."""

import asyncio
import json
from functools import partial
from typing import Any

import pytest

from models.errors import Refused
from models.people.views import ContactRole
from starter.codes.drafts import QrRequestDraft
from tests.builders import ANA, OPERATOR, iccid, item, line, run, world
from tests.starter.shell import Said, Shell
from tests.system.qr_scene import QrScene, a_code
from tests.system.scene import Scene
from tests.temporal_server import eventually

ADDRESS = "sentinella@acme.example"
NAME = "Sentinella Grandi"


@pytest.fixture
def shell(scene: Scene) -> Shell:
    return Shell(scene.settings.data_dir, scene.settings.database_url)


async def erase(shell: Shell, *arguments: str, code: int = 0, typed: str = "") -> Said:
    run = partial(shell.process, typed=typed) if typed else shell.run
    return await asyncio.to_thread(lambda: run("person", "erase", *arguments, code=code))


async def everything(scene: Scene) -> str:
    """All that the database holds, as text."""
    tables = await scene.sql("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    found = []
    for (table,) in tables:
        found += [str(row[0]) for row in await scene.sql(f"SELECT row_to_json(t)::text FROM {table} t")]
    return "\n".join(found).lower()


async def a_life(scene: Scene) -> QrScene:
    """Somebody ordered, cancelled with a note, wrote a letter, has SIMs and was told of a code."""
    await world(
        scene.database,
        line(1, sim_type="esim", employee_name=NAME, employee_email=ADDRESS),
        line(2, employee_name=NAME, employee_email=ADDRESS.upper()),
        packs=(item(),),
    )
    qr = QrScene(scene)
    await scene.desks.users.create_user(OPERATOR, "Acme", NAME, ADDRESS)
    await qr.contact("codes@telvia.example", ContactRole.ESIM_QR_CODE)
    qr.sim = await qr.sim_of(1)
    order = await scene.placed(2, user=ADDRESS)
    await eventually(lambda: scene.events(order), lambda events: "mail.sent" in events)
    (user,) = await scene.sql("SELECT id FROM users WHERE email = :address", address=ADDRESS)
    await scene.desk.cancel(await scene.ana(f"U-{user.id}"), order, reason=f"{NAME} leaves")
    await scene.ended(order)
    other = await scene.acknowledged(2)
    await scene.desk.cancel(OPERATOR, other, reason=f"as {NAME.lower()} <{ADDRESS}> said on the phone")
    await scene.ended(other)
    wish = {"sim": qr.sim, "subject": "Please", "text": f"Regards, {NAME}", "cc": (ADDRESS,)}
    request = (
        await qr.desk.request(await scene.ana(ADDRESS), QrRequestDraft.model_validate(wish))
    ).request_id
    await qr.upload_link("codes@telvia.example")
    await qr.desk.import_code(await scene.ana(), qr.sim, str(a_code()))
    await qr.desk.notify(OPERATOR, qr.sim, to=ADDRESS)
    await qr.download_link(ADDRESS)
    await eventually(lambda: scene.events(order), lambda events: "order.cancelled" in events)
    await scene.ended(request)
    await eventually(lambda: scene.sql("SELECT 1 FROM mails WHERE state = 'sending'"), lambda rows: not rows)
    return qr


@pytest.mark.covers("W6")
async def test_nothing_of_the_person_is_left_and_all_else_is(scene: Scene, shell: Shell) -> None:
    await a_life(scene)
    before = {row[0]: row for row in await scene.sql("SELECT id, status, placed_by FROM orders")}
    told = "SELECT count(*) FROM events WHERE type NOT IN ('person.erased', 'link.revoked')"
    events = await scene.sql(told)
    assert ADDRESS in await everything(scene)
    declined = await erase(shell, ADDRESS, code=2, typed="n\n")
    assert "1 user, 1 employee, 2 SIMs left without a user, 1 e-mail text written" in declined.err
    assert "nothing was done." in declined.err
    assert ADDRESS in await everything(scene)

    said = await erase(shell, ADDRESS, "--yes", "--json")
    erased = json.loads(said.out)["erased"]
    assert (erased["users"], erased["employees"], erased["notes"], erased["notifications"]) == (1, 1, 1, 1)
    left = await everything(scene)
    for sentinel in (ADDRESS, NAME.lower(), "sentinella", "grandi"):
        assert sentinel not in left
    assert "as erased <erased> said on the phone" in left
    assert {row[0]: row for row in await scene.sql("SELECT id, status, placed_by FROM orders")} == before
    assert await scene.sql(told) == events
    for order_id in before:
        assert (await scene.desk.order(OPERATOR, order_id)).events, "the story is still told"
    (kept,) = await scene.sql("SELECT actor, data FROM erasures")
    assert kept.actor == "operator"
    assert len(kept.data["users"]) == 1
    assert (await erase(shell, ADDRESS, "--yes", code=2)).err == (
        "No person is known by this address, name or reference.\n"
    )


async def test_an_erased_user_may_do_nothing_any_more(scene: Scene, shell: Shell) -> None:
    await a_life(scene)
    (user,) = await scene.sql("SELECT id FROM users WHERE email = :address", address=ADDRESS)
    await erase(shell, NAME.upper(), "--yes")
    with pytest.raises(Refused) as refused:
        await scene.ana(f"U-{user.id}")
    assert [reason.code for reason in refused.value.refusals] == ["user_deactivated"]


@pytest.mark.covers("W6")
async def test_what_is_open_keeps_whom_it_needs(scene: Scene, shell: Shell) -> None:
    qr = await QrScene.set_up(scene, line(1, sim_type="esim"), line(2))
    order, request = await scene.acknowledged(2), await qr.request()
    await qr.upload_link()
    needed: dict[str, Any] = {
        ANA: (order, request),
        "employee2@acme.example": (order,),
        "quentin@telvia.example": (request,),
        "orders@telvia.example": (order,),
    }
    for address, by in needed.items():
        refused = await erase(shell, address, "--yes", code=2)
        assert all(name in refused.err for name in by)
        assert address not in refused.err
    await erase(shell, "employee1@acme.example", "--yes")
    await scene.desk.processed(OPERATOR, order, iccid=iccid(901))
    await scene.ended(order)
    await erase(shell, "employee2@acme.example", "--yes")
    assert (await scene.line(2)).sim.employee is None  # type: ignore[union-attr]
    await qr.desk.withdraw(OPERATOR, request)
    await erase(shell, "quentin@telvia.example", "--yes")
    assert "quentin" not in await everything(scene)


async def test_a_name_that_several_people_have_is_asked_about(scene: Scene, shell: Shell) -> None:
    same = {"employee_name": "Jo Martin"}
    await world(
        scene.database,
        line(1, **same, employee_email="jo@acme.example"),
        line(2, **same, employee_email="jo.martin@acme.example"),
    )
    refused = await erase(shell, "jo martin", "--yes", code=2)
    assert refused.err.startswith("Several people have this name; name one: employee:")
    reference = refused.err.split("name one: ")[1].split(", ")[0]
    assert (await erase(shell, reference, "--yes")).out == "Erased: 1 employee, 1 SIM left without a user.\n"
    left = await run(scene.database, "SELECT email FROM employees")
    assert len(left) == 1


@pytest.mark.parametrize("who", ["nobody@acme.example", "Nobody At All", "user:99", "  ", "a\0b"])
async def test_who_is_not_known_is_told_so(scene: Scene, shell: Shell, who: str) -> None:
    said = await asyncio.to_thread(lambda: shell.run("person", "erase", who, "--yes", code=2))
    assert said.err == "No person is known by this address, name or reference.\n"


async def test_that_it_was_done_is_for_ever(scene: Scene) -> None:
    await scene.sql("INSERT INTO erasures (actor) VALUES ('operator')")
    for change in ("DELETE FROM erasures", "UPDATE erasures SET actor = 'x'", "TRUNCATE erasures"):
        with pytest.raises(Exception, match=r"erasures|only be added|append"):
            await scene.sql(change)
