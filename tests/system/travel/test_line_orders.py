"""eSIM lines and plans as staff order them by command, from the preview to the subscriber's e-mails."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import typer

from models.people.callers import Role
from starter.cli.commands import app
from tests.builders import ACCOUNT, OPERATOR, iccid
from tests.starter.shell import Said
from tests.starter.travel.files import esim, stock_file
from tests.system.scene import Scene
from tests.temporal_server import eventually
from tests.travel_world import (
    ASIA,
    SUE,
    add_esim_line,
    add_subscriber,
    add_travel_plan,
    assign_plan,
    travel_world,
)

ROSA = "rosa@home.example"
TREE: Any = typer.main.get_command(app)


async def a_shop(scene: Scene, *, stock: int = 1, **rosa: Any) -> None:
    """Rosa, the plans Euro 1 on profile 7 and Asia on profile 10, and so many eSIMs of profile 7."""
    await travel_world(scene.database)
    # each test has its own database, but Temporal is the same: another id, another workflow
    await scene.sql(
        "SELECT setval(pg_get_serial_sequence('esim_lines', 'id'), :first)",
        first=int(datetime.now(UTC).timestamp() * 1000),
    )
    await add_subscriber(scene.database, **rosa)
    await add_travel_plan(scene.database)
    await add_travel_plan(scene.database, "Asia", countries=ASIA, profile=10)
    if stock:
        file = scene.settings.data_dir / "stock.csv"
        file.write_bytes(stock_file(*(esim(number + 1) for number in range(stock))))
        await scene.typed("travel", "stock", "import", str(file))


async def sue(scene: Scene, *words: str, code: int = 0, typed: str = "", language: str = "en") -> Said:
    """What Sue of the support staff types after `esim-orders travel`."""
    return await scene.typed("--user", SUE, "--language", language, "travel", *words, code=code, typed=typed)


async def ordered(scene: Scene, *words: str) -> str:
    """The order that Sue places with these words."""
    placed = json.loads((await sue(scene, *words, "--yes", "--json")).out)
    return str(placed["order_id"])


async def a_line(scene: Scene, *words: str) -> str:
    """Rosa's eSIM line with Euro 1."""
    order = await ordered(scene, "add-line", "Rosa 1", "--plan", "Euro 1", *words)
    await scene.ended(order)
    return f"EL-{(await lines(scene))[0]['id']}"


async def lines(scene: Scene) -> list[Any]:
    found: list[Any] = json.loads((await sue(scene, "lines", "--json")).out)
    return found


def flat(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.covers("T7", "T8", "T11", "T39")
async def test_a_line_is_previewed_confirmed_and_named_after_the_only_country(scene: Scene) -> None:
    await a_shop(scene)
    words = ("add-line", "+12125550001", "--plan", "euro 1", "--country", "Frankreich")
    assert "No country has this name" in (await sue(scene, *words, code=2)).err
    words = (*words[:-1], "Espagne")
    said = await sue(scene, *words, code=2, typed="n\n")
    assert flat(said.err).startswith(
        "TP-1 Euro 1: France, Germany, Italy, Spain; 1 GB, 30 days from the first connection there, $9.90. "
        "A new eSIM of profile 7 (1 in stock); the line is Spain."
    )
    assert await scene.sql("SELECT 1 FROM orders") == []
    order = await ordered(scene, *words)
    await scene.ended(order)
    await scene.mailbox.got(ROSA, ROSA)
    (line,) = await lines(scene)
    assert (line["name"], line["subscriber"], line["sim_state"]) == ("Spain", "Rosa 1", "active")
    assert [(plan["plan"], plan["state"]) for plan in line["plans"]] == [("Euro 1", "queued")]
    named = [mail.subject for mail in scene.mailbox.mails if "Spain" in mail.subject + mail.text]
    assert len(named) == 2


@pytest.mark.covers("T8", "T17", "T39")
async def test_without_stock_the_preview_says_that_the_order_waits_and_it_does(scene: Scene) -> None:
    await a_shop(scene, stock=0)
    words = ("add-line", "SB-1", "--plan", "TP-1", "--country", "FR", "--country", "DE")
    for language, sentence in (
        ("en", "No eSIM of profile 7 is in stock: the order waits for one. The line is Euro 1."),
        ("fr", "est en stock : la commande en attend une."),
    ):
        said = await sue(scene, *words, code=2, typed="n\n", language=language)
        assert sentence in flat(said.err.replace("\u00a0", " "))
    order = await ordered(scene, *words)

    async def shown() -> Any:
        return json.loads((await scene.typed("order", "show", order, "--json")).out)

    seen = await eventually(shown, lambda found: [hold["reason"] for hold in found["holds"]] == ["no_stock"])
    assert seen["details"]["line_name"] == "Euro 1"
    assert await lines(scene) == []


@pytest.mark.covers("T2", "T18", "T19", "T20", "T39")
async def test_a_complimentary_line_is_refused_with_rule_and_counts_and_a_paid_one_is_not(
    scene: Scene,
) -> None:
    await a_shop(scene, stock=2, plan="family", bundles=1)
    words = ("add-line", "Rosa 1", "--plan", "Euro 1", "--complimentary")
    assert "free of charge" in flat((await sue(scene, *words, code=2, typed="n\n")).err)
    line = await a_line(scene, "--complimentary")
    said = await sue(scene, *words, "--yes", code=2)
    assert "Bundles of the subscriber: 1; complimentary eSIMs: 1" in flat(said.err)
    shown = (await sue(scene, "line", line)).out
    assert "active, complimentary" in shown
    await scene.ended(await ordered(scene, *words[:-1]))
    assert [one["complimentary"] for one in await lines(scene)] == [False, True]


@pytest.mark.covers("T14", "T16", "T39")
async def test_a_plan_is_previewed_with_its_esim_and_one_of_another_profile_points_to_add_line(
    scene: Scene,
) -> None:
    await a_shop(scene)
    line = await a_line(scene, "--country", "Italy")
    await scene.mailbox.got(ROSA, ROSA)
    said = await sue(scene, "add-plan", line, "--plan", "Asia", "--yes", code=2)
    assert "needs profile 10" in flat(said.err)
    assert "esim-orders travel add-line" in flat(said.err)
    said = await sue(scene, "add-plan", iccid(80_001), "--plan", "Euro 1", code=2, typed="n\n")
    assert f"It goes on {line} Italy, ICCID {iccid(80_001)}." in flat(said.err)
    await scene.ended(await ordered(scene, "add-plan", iccid(80_001), "--plan", "Euro 1"))
    await scene.mailbox.got(ROSA, ROSA, ROSA)
    assert "QR code" not in scene.mailbox.mails[-1].subject
    assert [plan["plan"] for plan in (await lines(scene))[0]["plans"]] == ["Euro 1", "Euro 1"]


@pytest.mark.covers("T24")
async def test_no_plan_goes_on_an_esim_in_stock_or_discarded(scene: Scene) -> None:
    await a_shop(scene, stock=2)
    for words in (
        ("add-plan", iccid(80_001), "--plan", "Euro 1"),
        ("replace", iccid(80_001), "--reason", "deleted"),
    ):
        assert "This eSIM is in stock: it is on no line." in (await sue(scene, *words, code=2)).err
    await a_line(scene)
    await scene.ended(await ordered(scene, "replace", iccid(80_001), "--reason", "new_phone"))
    said = await sue(scene, "add-plan", iccid(80_001), "--plan", "Euro 1", code=2)
    assert "The line has no eSIM in use." in said.err
    said = await sue(scene, "add-plan", iccid(99_999), "--plan", "Euro 1", code=2)
    assert "There is no such eSIM line" in said.err


@pytest.mark.covers("T34")
async def test_an_esim_is_replaced_for_a_reason_and_its_plans_stay(scene: Scene) -> None:
    await a_shop(scene, stock=2)
    line = await a_line(scene)
    said = await sue(scene, "replace", line, "--reason", "boredom", code=2)
    assert "one of: new_phone, deleted" in flat(said.err)
    said = await sue(scene, "replace", line, "--reason", "new-phone", code=2, typed="n\n")
    assert f"The eSIM of {line} is replaced; its plans stay on the line." in flat(said.err)
    assert "A new eSIM of profile 7 (1 in stock)." in flat(said.err)
    await scene.ended(await ordered(scene, "replace", line, "--reason", "new-phone"))
    (seen,) = await lines(scene)
    assert (seen["iccid"], seen["sim_state"]) == (iccid(80_002), "active")
    assert [plan["state"] for plan in seen["plans"]] == ["queued"]


async def test_the_same_key_orders_once_and_another_order_under_it_is_refused(scene: Scene) -> None:
    await a_shop(scene, stock=2, plan="family", bundles=1)
    key = f"trip of {scene.settings.task_queue}"
    words = ("add-line", "Rosa 1", "--plan", "Euro 1", "--complimentary", "--key", key)
    first = await ordered(scene, *words)
    assert await ordered(scene, *words) == first
    await scene.ended(first)
    again = await sue(scene, *words, typed="y\n")
    assert again.out.strip().startswith(f"{first}: ")
    assert len(await lines(scene)) == 1
    other = await sue(scene, "add-line", "Rosa 1", "--plan", "Asia", "--key", key, "--yes", code=2)
    assert first in other.err


@pytest.mark.covers("T7", "T27")
async def test_what_cannot_be_sold_is_refused_with_every_reason(idle_scene: Scene) -> None:
    scene = idle_scene
    await a_shop(scene, stock=0, email=None)
    await add_travel_plan(scene.database, "Moon", countries=("FR",), profile=None)
    said = await sue(scene, "add-line", "Rosa 1", "--plan", "Moon", "--country", "Japan", code=2)
    assert "no e-mail address" in said.err
    assert "has no IMSI profile" in said.err
    assert "does not cover: Japan." in said.err
    said = await sue(scene, "add-line", "Rosa 1", "--plan", "Mars", code=2)
    assert "There is no such travel plan" in said.err
    words = ("add-line", "Rosa 1", "--plan", "Moon", "--country", "Japan", "--country", "DE")
    said = await sue(scene, *words, code=2, language="fr")
    assert "ne couvre pas : Allemagne, Japon." in flat(said.err)
    said = await sue(scene, "add-line", "Rosa 9", "--plan", "Moon", code=2)
    assert "There is no such subscriber" in said.err
    await add_subscriber(scene.database, 2)
    await scene.sql("UPDATE subscribers SET name = 'Rosa 1'")
    said = await sue(scene, "add-line", "rosa 1", "--plan", "Moon", code=2)
    assert "SB-1, SB-2" in said.err


@pytest.mark.covers("T13", "T30")
async def test_a_line_is_read_with_its_plans_reports_and_next_due_time(scene: Scene) -> None:
    await a_shop(scene, stock=2)
    await add_subscriber(scene.database, 2)
    line = await a_line(scene, "--country", "FR")
    await sue(scene, "connect", line, "--country", "901")
    await sue(scene, "connect", line, "--country", "France")
    shown = flat((await sue(scene, "line", line)).out)
    for part in ("SB-1 Rosa 1", "PA-1", "active", "next due", "at sea or in the air", "started"):
        assert part in shown
    read = json.loads((await sue(scene, "line", iccid(80_001), "--json")).out)
    assert [report["outcome"] for report in read["reports"]] == ["started", "at_sea_or_in_the_air"]
    assert read["due_at"] == read["plans"][0]["ends_at"]
    listed = (await sue(scene, "lines", "--subscriber", "+12125550001")).out
    assert line in listed
    assert line not in (await sue(scene, "lines", "--subscriber", "SB-2")).out
    second = await a_line(scene)
    out = (await scene.typed("travel", "lines", "--limit", "1")).out
    assert (second in out, line in out) == (True, False)


NEEDED = {
    "subscriber": "SB-1",
    "plan": "Euro 1",
    "phone": "+12125550077",
    "line": "EL-1",
    "name": "EL-1",
    "esim": "S-1",
    "countries": "France",
    "country": "France",
    "reason": "deleted",
    "used": "1",
    "data": "1 GB",
    "price": "1",
    "currency": "USD",
}
"""What each required argument and option of the commands is given, and more where one needs it."""
MORE = {("resend",): ("--qr-code",), ("plans", "pin"): ("7",), ("usage",): ("--key", "1")}
INSTEAD = {("revoke", "plan"): "PA-1"}
LATER = {"simulate": "no sandbox with a clock"}
"""Commands that are refused for another reason first."""


def travel_commands() -> Iterator[tuple[str, ...]]:
    """Every command of the group `travel`, with what it needs."""

    def leaves(command: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
        for name, found in command.commands.items():
            if hasattr(found, "commands"):
                yield from leaves(found, (*path, name))
            else:
                yield (*path, name), found

    for path, command in leaves(TREE.commands["travel"], ()):
        words = list(path)
        for parameter in command.params:
            if parameter.name == "file":
                words.append("FILE")
            elif parameter.required:
                value = INSTEAD.get((path[-1], parameter.name)) or NEEDED[parameter.name]
                words += [value] if parameter.param_type_name == "argument" else [parameter.opts[0], value]
        yield (*words, *MORE.get(path, ()))


@pytest.mark.covers("T1")
async def test_no_command_of_travel_serves_who_is_not_of_the_staff(idle_scene: Scene) -> None:
    scene = idle_scene
    await travel_world(scene.database)
    line = await add_esim_line(scene.database, await add_subscriber(scene.database))
    await assign_plan(scene.database, line, await add_travel_plan(scene.database))
    for name, role in (("vera", Role.VIEWER), ("mona", Role.MANAGER)):
        await scene.desks.users.create_user(OPERATOR, ACCOUNT, name, f"{name}@acme.example", role=role)
    file = scene.settings.data_dir / "file.csv"
    file.write_text("name,phone,plan\nRosa 3,+12125550003,family\n")
    known = list(travel_commands())
    assert len(known) > 25
    for words in known:
        typed = [str(file) if word == "FILE" else word for word in words]
        for user in ("vera@acme.example", "mona@acme.example"):
            said = await scene.typed("--user", user, "travel", *typed, code=2)
            assert not said.out, words
            assert "Rosa" not in said.err, words
            assert LATER.get(words[0], "Your role does not allow this") in said.err, (words, said.err)
