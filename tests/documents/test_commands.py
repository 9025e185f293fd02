"""A newcomer and an operator type what README, runbook and contract show, and all of it works.

Each block of a document is run as it stands; only placeholders in capitals are replaced. What a block
needs beforehand, such as an order that is held, is prepared by the function of its first command.
"""

import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from pathlib import Path

import pytest

from models.codes.activation import parse_activation_code
from models.identifiers import order_id
from sandbox.demo.qr_code import pdf_with
from tests.documents.blocks import TOP, Block, blocks
from tests.documents.scene import Names, Reader
from tests.starter.forked import forked_sandbox

USER = "ana@acme.example"
ADAM = "--user adam@acme.example "
AGENT = "gina.roux@acme.example"
TRAVELLER = "rosa.diaz@home.example"


@pytest.fixture(scope="module")
async def reader(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Reader]:
    folder, data = tmp_path_factory.mktemp("reader"), tmp_path_factory.mktemp("sandbox")
    async with forked_sandbox(data) as (_, addresses):
        yield Reader(folder, data, addresses)


# --- what blocks need beforehand ---------------------------------------------------------------------


async def first_order(reader: Reader) -> Names:
    return {"ORDER": order_id(1, "cart-4711")}


async def an_esim(reader: Reader) -> Names:
    listed = await reader.types('esim-orders fleet list --account "Acme Logistics" --without-code --json')
    sims = [sim for row in listed.splitlines() if (sim := json.loads(row)["sim"])]
    sim = next(sim for sim in sims if sim["distributor"] == "Telvia Distribution")
    code = parse_activation_code("LPA:1$smdp.orange.example$README-0001")
    (reader.folder / "code.pdf").write_bytes(pdf_with(code))
    (reader.folder / "codes.csv").write_text(f"iccid,activation_code\n{sim['iccid']},{code}\n")
    return {"SIM": f"S-{sim['id']}"}


async def agents_number(reader: Reader) -> Names:
    """The order of a number, the distributor's file, and the e-mail that the agent gets after its import."""
    code = parse_activation_code("LPA:1$smdp.orange.example$README-0002")
    (reader.folder / "agent.pdf").write_bytes(pdf_with(code))
    return {"ORDER": order_id(1, "assign-1"), "MAIL": mail_to_the_agent, "LINK": link_of_the_agent}


async def mail_to_the_agent(reader: Reader) -> str:
    """The number of the newest e-mail to the agent, as soon as it has arrived."""
    while True:
        mails = json.loads(await reader.types("esim-orders mail list --json"))
        if found := [mail["number"] for mail in mails if AGENT in mail["to"]]:
            return str(found[-1])


async def link_of_the_agent(reader: Reader) -> str:
    """The link that shows the QR code."""
    number = await mail_to_the_agent(reader)
    mail = json.loads(await reader.types(f"esim-orders mail show {number} --json"))
    return str(re.findall(r"http\S+/q/[\w-]+", mail["text"])[0])


async def placed(reader: Reader, line: str) -> str:
    command = f"esim-orders order switch {line} --user {USER} --pack P-1 --yes --json"
    return str(json.loads(await reader.types(command))["order_id"])


async def held_order(reader: Reader) -> Names:
    """An order that is held because the distributor had no contact; it has one again."""
    await reader.types(
        "esim-orders contact edit orders@telvia.example --account 'Acme Logistics' --no-role order"
    )
    order = await placed(reader, next(LINES))
    while order not in await reader.types("esim-orders order list --held --json"):
        pass
    await reader.types(
        "esim-orders contact edit orders@telvia.example --account 'Acme Logistics' --role order"
    )
    return {"ORDER": order}


async def terminated_order(reader: Reader) -> Names:
    order = await placed(reader, next(LINES))
    await reader.types(f"temporal workflow terminate -w {order}")
    return {}


async def pending_step(reader: Reader) -> Names:
    """An order whose mail is being tried, as the mail server is stopped."""
    await reader.types("esim-orders sandbox stop mailbox")
    order = await placed(reader, next(LINES))
    while True:
        described = json.loads(await reader.types(f"temporal workflow describe -w {order} -o json"))
        if pending := described.get("pendingActivities"):
            return {"ORDER": order, "ID": str(pending[0]["activityId"])}


async def acknowledged_line(reader: Reader) -> Names:
    """Line L-9 has an open order with a temporary eSIM; the other lines are those of the list."""
    order = await placed(reader, "L-9")
    await reader.types(f"esim-orders order acknowledge {order}")
    (reader.folder / "lines.txt").write_text("+33639980010\n+33639980012\n")
    return {}


async def another_ana(reader: Reader) -> Names:
    await reader.types('esim-orders user create "Ana Ruiz" ana.ruiz@acme.example --account "Acme Logistics"')
    return {}


async def order_file(reader: Reader) -> Names:
    """The file that the contract's first example shows, as `order.json`."""
    first = next(block for block in blocks("json") if block.document == "docs/contract.md")
    (reader.folder / "order.json").write_text(first.content)
    return {}


async def journey(reader: Reader) -> Names:
    """What the first block of the README brings, and the e-mail with the QR code."""
    for command in FIRST.commands[:3]:
        await reader.types(command)
    return {"MAIL": mail_to_the_traveller}


async def begun(reader: Reader) -> None:
    """The fleet, the packs and Ana are there, also where the first block was not typed into this sandbox."""
    if not reader.has_begun and USER not in await reader.types("esim-orders user list --json"):
        for command in FIRST.commands[:3]:
            await reader.types(command)
    reader.has_begun = True


async def mail_to_the_traveller(reader: Reader) -> str:
    """The number of the e-mail with the QR code, as soon as that and the confirmation have arrived."""
    while True:
        mails = json.loads(await reader.types("esim-orders mail list --json"))
        found = [mail for mail in mails if TRAVELLER in mail["to"]]
        if len(found) == 2:
            return str(next(mail["number"] for mail in found if "eSIM" in mail["subject"]))


async def shop_backend(reader: Reader) -> Names:
    """The portal's address, and a key of the user that the block creates."""
    return {"PORTAL": reader.addresses.portal_url, "KEY": key_of_the_shop}


async def key_of_the_shop(reader: Reader) -> str:
    made = await reader.types("esim-orders api-key create shop --user shop@acme.example --json")
    return str(json.loads(made)["key"])


async def nothing(reader: Reader) -> Names:
    return {}


LINES = iter(["L-11", "L-13", "L-14", "L-23", "L-25", "L-27"])
PREPARED: Mapping[str, Callable[[Reader], Awaitable[Names]]] = {
    "esim-orders fleet import": first_order,
    "esim-orders contact add": an_esim,
    'esim-orders user create "Olga Owner"': agents_number,
    'esim-orders user create "Shop backend"': shop_backend,
    "esim-orders order list --held": held_order,
    "esim-orders order retry --reason": held_order,
    "temporal workflow start --type RetryHeld": held_order,
    "esim-orders order retry --without-workflow": terminated_order,
    "temporal activity pause": pending_step,
    "esim-orders fleet set-employee": acknowledged_line,
    "esim-orders person erase": another_ana,
    "temporal workflow execute-update-with-start": order_file,
}
"""By how the first command of a block begins."""

RUN = [block for block in blocks("sh") if block.reason is None and "clock advance" not in block.content]
FIRST = RUN[0]
WITH_A_CLOCK = [block for block in blocks("sh") if block.reason is None and block not in RUN]


@pytest.mark.covers("W12")
@pytest.mark.timeout(300)
@pytest.mark.parametrize("block", RUN, ids=map(str, RUN))
async def test_a_block_of_commands_works_as_it_stands(reader: Reader, block: Block) -> None:
    if block != FIRST:
        await begun(reader)
    prepare = next(
        (prepare for begins, prepare in PREPARED.items() if block.commands[0].startswith(begins)), nothing
    )
    printed = await reader.follows(block, await prepare(reader))
    assert len(printed) == len(block.commands)


@pytest.mark.covers("T5", "T16", "W12")
@pytest.mark.timeout(300)
async def test_a_travel_plan_lives_its_days_as_the_readme_shows(tmp_path: Path) -> None:
    (block,) = WITH_A_CLOCK
    folder, data = tmp_path / "reader", tmp_path / "sandbox"
    folder.mkdir()
    data.mkdir()
    async with forked_sandbox(data, None, "--clock") as (_, addresses):
        reader = Reader(folder, data, addresses)
        printed = dict(zip(block.commands, await reader.follows(block, await journey(reader)), strict=True))
    (line,) = [said for command, said in printed.items() if "travel line " in command]
    states = [re.search(rf"PA-{number} .*?(queued|active|expired)", line) for number in (1, 2)]
    assert [state and state[1] for state in states] == ["expired", "queued"]
    assert max(map(len, block.content.splitlines())) <= 80


@pytest.mark.covers("W4", "W12")
@pytest.mark.timeout(120)
async def test_the_python_of_the_readme_takes_an_order_to_its_end(reader: Reader) -> None:
    _, program = [block for block in blocks("python") if block.document == "README.md"]
    await begun(reader)
    (reader.folder / "place.py").write_text(program.content)
    printed = await reader.types(f"PYTHONPATH={TOP} python place.py")
    assert re.search(r"status=.*processed", printed)


@pytest.mark.covers("W4", "W12")
@pytest.mark.timeout(120)
async def test_the_client_of_the_readme_follows_an_order_to_its_end(reader: Reader) -> None:
    program, _ = [block for block in blocks("python") if block.document == "README.md"]
    (reader.folder / "follow.py").write_text(program.content)
    await begun(reader)
    await reader.types(
        'esim-orders user create Backend backend@acme.example --account "Acme Logistics" --service'
    )
    printed = await reader.types(
        f"ESIM_ORDERS_URL={reader.addresses.portal_url} PYTHONPATH={TOP / 'client' / 'src'} "
        "ESIM_ORDERS_API_KEY=$(esim-orders api-key create backend --user backend@acme.example) "
        "python follow.py"
    )
    assert re.findall(r"^(order\.\w+)", printed, re.M) == ["order.submitted", "order.cancelled"]


@pytest.mark.covers("L25")
def test_the_story_of_an_agents_number_fits_a_narrow_page_and_shows_its_link_end() -> None:
    (story,) = [block for block in RUN if "esim-orders number assign" in block.content.replace(ADAM, "")]
    assert max(map(len, story.content.splitlines())) <= 80
    looked = [command.partition("# ")[2][:3] for command in story.commands if command.startswith("curl")]
    assert looked == ["200", "410"]


def test_the_worked_example_of_an_order_id_is_right() -> None:
    text = (TOP / "docs" / "contract.md").read_text()
    account, key, order = re.search(
        r"account (\d+) and the key `([\w-]+)` make `(order-\w{16})`", text
    ).groups()  # type: ignore[union-attr]
    assert order_id(int(account), key) == order
    assert order in next(block for block in blocks("json") if block.document == "docs/contract.md").content
