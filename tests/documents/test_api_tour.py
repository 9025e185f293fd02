"""The tour of docs/api.md: its commands are typed as they stand there, and answer what stands below them."""

import asyncio
import json
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from typing import Any

import pytest

from sandbox.ports import free_port
from tests.documents.blocks import TOP, Block, blocks
from tests.documents.scene import SECONDS, Reader
from tests.starter.forked import forked_sandbox

PORTAL = "http://127.0.0.1:8090"
"""The portal's address in the document."""
RECEIVER = ":8700/"
"""The port of the receiver of webhooks in the document."""
_END = "-- end of a block --"
_NOTHING_IS_LEFT = "trap 'kill $(jobs -p) 2> /dev/null || true' EXIT\n"


def steps() -> list[tuple[Block, Block | None]]:
    """Each block of commands, with the answer that stands below it."""
    found = [each for each in blocks("sh", "json", "http") if each.document == "docs/api.md"]
    pairs: list[tuple[Block, Block | None]] = []
    for block in found:
        if block.language == "sh":
            pairs.append((block, None))
        else:
            assert pairs[-1][1] is None, f"{block} is the answer to nothing"
            pairs[-1] = (pairs[-1][0], block)
    return pairs


STEPS = steps()


@dataclass(frozen=True)
class Tour:
    """What `esim-orders up` announces, and what each block prints."""

    announced: str
    printed: list[str]


@pytest.fixture(scope="module")
async def tour(tmp_path_factory: pytest.TempPathFactory) -> Tour:
    """All blocks are typed into one shell, one after the other."""
    folder, data = tmp_path_factory.mktemp("reader"), tmp_path_factory.mktemp("sandbox")
    async with forked_sandbox(data) as (_, addresses):
        reader = Reader(folder, data, addresses)
        (folder / "docs").mkdir()
        shutil.copy(TOP / "docs" / "webhook_receiver.py", folder / "docs")
        script = f"echo '{_END}'\n".join(
            [f"set -eu\n{_NOTHING_IS_LEFT}", *(block.content for block, _ in STEPS)]
        )
        port = str(free_port())
        script = script.replace(PORTAL, addresses.portal_url).replace("8700", port)
        done = await asyncio.to_thread(
            subprocess.run,
            ["/bin/bash", "-c", script],
            capture_output=True,
            env={
                **reader.environment,
                "PYTHONPATH": os.pathsep.join([str(TOP), str(TOP / "client" / "src")]),
            },
            cwd=folder,
            timeout=SECONDS,
            check=False,
        )
        assert done.returncode == 0, done.stdout.decode() + done.stderr.decode()
        announced, out = [
            text.replace(addresses.portal_url, PORTAL).replace(f":{port}/", RECEIVER)
            for text in ((data / "up.log").read_text(), done.stdout.decode())
        ]
        return Tour(announced, out.split(f"{_END}\n")[1:])


@pytest.mark.covers("A1", "A3", "A4", "A5", "A6", "A7", "A8", "A9", "A18", "A20", "W4", "W12")
@pytest.mark.timeout(300)
async def test_every_command_of_the_tour_answers_what_stands_below_it(tour: Tour) -> None:
    assert len(tour.printed) == len(STEPS)
    wrong = [
        each
        for (_, answer), out in zip(STEPS, tour.printed, strict=True)
        if answer is not None
        for each in _wrong(answer, out)
    ]
    assert wrong == []


@pytest.mark.covers("W8")
@pytest.mark.timeout(300)
async def test_up_says_where_the_api_is_and_how_to_make_a_key(tour: Tour) -> None:
    assert re.search(rf"HTTP API +{PORTAL}/api/v1", tour.announced)
    (address,) = re.findall(rf"reference: ({PORTAL}/docs/api)", tour.announced)
    assert address
    for command in ("esim-orders user create", "--service", "esim-orders api-key create"):
        assert command in tour.announced


@pytest.mark.covers("A11")
@pytest.mark.timeout(300)
async def test_the_receiver_of_the_tour_prints_what_the_document_shows(tour: Tour) -> None:
    (received,) = [out[out.index("listening") :] for out in tour.printed if "listening\n" in out]
    shown = [block.content for block in blocks("text") if "webhook.ping" in block.content]
    assert [_shapes(received)] == [_shapes(each) for each in shown]


def _shapes(text: str) -> list[str]:
    """The lines, without the ids of orders; events may come in any sequence."""
    return sorted(re.sub(r"order-\w{16}", "ORDER", text).splitlines())


def test_the_tour_shows_the_answers_to_most_of_its_commands() -> None:
    assert len([answer for _, answer in STEPS if answer]) >= 12
    assert {block.reason for block, _ in STEPS} == {"tests/documents/test_api_tour.py does, as one script"}
    assert max(len(line) for block, _ in STEPS for line in block.content.splitlines()) <= 100


def test_what_is_compared_has_to_be_there() -> None:
    shown = {"a": [{"b": "c-..."}], "d": None}
    assert _differs(shown, {"a": [{"b": "c-7", "e": 1}, 2], "d": None, "f": 0}) == []
    assert _differs(shown, {"a": [{"b": "x-7"}], "d": None}) == ["/a/0/b"]
    assert _differs(shown, {"a": [], "d": 1}) == ["/a/0", "/d"]


def _wrong(answer: Block, out: str) -> list[str]:
    """What is shown and was not answered."""
    head, _, body = (
        answer.content.partition("\n\n") if answer.language == "http" else ("", "", answer.content)
    )
    wrong = [line for line in head.splitlines() if not re.search(f"^{_pattern(line)}\r?$", out, re.M)]
    if body.strip():
        wrong += _differs(json.loads(body), _last_document(out))
    return [f"{answer}: {each}\n{out}" for each in wrong]


def _last_document(out: str) -> Any:
    """The last of the JSON documents that stand one after the other, below tables and heads."""
    rest, document = out[re.search(r"^\{", out, re.M).start() :], None  # type: ignore[union-attr]
    while rest.strip():
        document, end = json.JSONDecoder().raw_decode(rest)
        rest = rest[end:].strip()
    return document


def _differs(shown: Any, given: Any, path: str = "") -> list[str]:
    """The places where an answer is not what is shown of it. `...` stands for any text."""
    if isinstance(shown, dict) and isinstance(given, dict):
        return [
            place
            for key, value in shown.items()
            for place in (_differs(value, given[key], f"{path}/{key}") if key in given else [f"{path}/{key}"])
        ]
    if isinstance(shown, list) and isinstance(given, list):
        missing = [f"{path}/{place}" for place in range(len(given), len(shown))]
        pairs = enumerate(zip(shown, given, strict=False))
        return [each for place, (a, b) in pairs for each in _differs(a, b, f"{path}/{place}")] + missing
    same = re.fullmatch(_pattern(shown), given) if isinstance(shown, str) and isinstance(given, str) else None
    return [] if same or shown == given else [path]


def _pattern(text: str) -> str:
    return re.escape(text).replace(re.escape("..."), ".+")
