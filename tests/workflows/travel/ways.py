"""Notices, eSIM lines and sweeps started the way the desks and the Schedule start them."""

import zlib
from typing import Any

from temporalio.client import WorkflowHandle

from models.identifiers import travel_notice_id
from models.travel.notices import NoticeStatus
from models.travel.profiles import Notice
from temporal.travel.lines import wake
from tests.workflows.codes.qr_house import QrHouse
from workflows.travel.line_life import EsimLineLife
from workflows.travel.messages import LineAdvanced, LineLifeStatus, LiveLine, SendTravelNotice
from workflows.travel.sweep import EsimTravelSweep
from workflows.travel.travel_notice import EsimTravelNotice

NoticeHandle = WorkflowHandle[EsimTravelNotice, NoticeStatus]
LineHandle = WorkflowHandle[EsimLineLife, LineLifeStatus]
SweepHandle = WorkflowHandle[EsimTravelSweep, dict[str, int]]


async def alerted(house: QrHouse, **more: Any) -> NoticeHandle:
    """A notice to the staff."""
    start = SendTravelNotice(
        notice_id=travel_notice_id(1, house.task_queue), account_id=1, notice=Notice.STOCK_LOW, **more
    )
    return await house.client.start_workflow(
        EsimTravelNotice.run,
        start,
        id=start.notice_id,
        task_queue=house.task_queue,
        static_summary=start.summary,
    )


def notice_id(house: QrHouse, about: str = "used_80") -> str:
    """The id of a notice to a subscriber."""
    return travel_notice_id(1, f"{house.task_queue}{about}")


def line_id(house: QrHouse) -> int:
    """The eSIM line of this house: tests share a server."""
    return zlib.crc32(house.task_queue.encode()) + 1


def due(house: QrHouse, *answers: LineAdvanced) -> None:
    """What is due of its plans, look by look; then always the last of these."""
    house.esim_lines.answers[line_id(house)] = list(answers)


async def living(house: QrHouse, *answers: LineAdvanced, **more: Any) -> LineHandle:
    """An eSIM line of whose plans this is due, look by look."""
    due(house, *answers)
    start = LiveLine(esim_line_id=line_id(house), account_id=1, **more)
    await wake(house.client, house.task_queue, start)
    return house.client.get_workflow_handle_for(EsimLineLife.run, start.line_id)


async def swept(house: QrHouse) -> SweepHandle:
    """A sweep."""
    return await house.client.start_workflow(
        EsimTravelSweep.run, id=f"travel-sweep-{house.task_queue}", task_queue=house.task_queue
    )
