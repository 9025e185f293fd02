"""What is running survives a new version of the workflows: what is recorded can be replayed (W7)."""

import json
import re
from pathlib import Path

import pytest
from temporalio.client import WorkflowHistory
from temporalio.workflow import NondeterminismError

from tests.replay.patched import PatchedOrder
from tests.replay.record import ALL_PATHS, CURRENT, HISTORIES
from tests.replay.replayer import replayer
from tests.replay.swapped import HastyOrder, SwappedOrder, SwappedRequest
from tests.temporal_server import readable

RECORDED = sorted(HISTORIES.glob("*/*.json"))
"""Of every version that was ever released, and of the one that is being made."""
SUBJECT = re.compile(
    r'"((order|request|notification|change|notice|mail)_)?id":"[a-z-]+-[a-z2-7]{16}"'
    r'|"esim_line_id":[0-9]+|"part":"lapsed"'
    r'|"job_id":"job-[0-9]+"|"webhook_id":"webhook-[0-9]+"'
)
"""What every recording is about, as its payloads name it."""


def named(file: Path) -> str:
    return f"{file.parent.name}-{file.stem}"


def history(name: str) -> WorkflowHistory:
    return read(CURRENT / f"{name}.json")


def read(file: Path) -> WorkflowHistory:
    recorded = json.loads(file.read_text())
    return WorkflowHistory.from_json(recorded["workflow_id"], recorded["history"])


def test_every_path_is_recorded() -> None:
    recorded = {file.stem for file in RECORDED if file.parent == CURRENT}
    assert {path.__name__ for path in ALL_PATHS} <= recorded, "make histories"


@pytest.mark.covers("W7")
@pytest.mark.parametrize("file", RECORDED, ids=named)
async def test_a_recorded_history_replays(file: Path) -> None:
    await replayer().replay_workflow(read(file))


@pytest.mark.covers("W7")
@pytest.mark.parametrize("file", RECORDED, ids=named)
async def test_a_patched_change_breaks_no_replay(file: Path) -> None:
    await replayer(PatchedOrder).replay_workflow(read(file))


@pytest.mark.covers("W7")
@pytest.mark.parametrize("name", ["cancelled_while_processing", "processed_after_cancelled"])
async def test_two_swapped_steps_break_the_replay(name: str) -> None:
    with pytest.raises(NondeterminismError):
        await replayer(SwappedOrder).replay_workflow(history(name))


@pytest.mark.covers("W7")
@pytest.mark.parametrize("name", ["switch_processed", "refused"])
async def test_two_swapped_steps_at_the_start_break_every_replay(name: str) -> None:
    with pytest.raises(NondeterminismError):
        await replayer(HastyOrder).replay_workflow(history(name))


@pytest.mark.covers("W7")
async def test_the_swap_is_what_breaks_it() -> None:
    await replayer(SwappedOrder).replay_workflow(history("switch_processed"))
    await replayer(request=SwappedRequest).replay_workflow(history("qr_imported_and_requester_told"))


@pytest.mark.covers("W7")
async def test_two_swapped_steps_of_a_request_break_the_replay() -> None:
    with pytest.raises(NondeterminismError):
        await replayer(request=SwappedRequest).replay_workflow(history("qr_reminded_held_and_retried"))


@pytest.mark.parametrize("file", RECORDED, ids=named)
def test_a_recording_names_no_machine_and_nobody(file: Path) -> None:
    text = readable(file.read_text())
    assert '"identity": "recorder"' in text
    assert re.search(SUBJECT, text), "payloads are read"
    assert "@" not in text
    assert "stackTrace" not in text, "it names files of one machine"
    assert not re.search(r"\+[0-9]{6}", text)
