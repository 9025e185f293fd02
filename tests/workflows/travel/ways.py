"""Notices started the way their recorders start them."""

from typing import Any

from temporalio.client import WorkflowHandle

from models.identifiers import travel_notice_id
from models.travel.notices import NoticeStatus
from models.travel.profiles import Notice
from tests.workflows.codes.qr_house import QrHouse
from workflows.travel.messages import SendTravelNotice
from workflows.travel.travel_notice import EsimTravelNotice

NoticeHandle = WorkflowHandle[EsimTravelNotice, NoticeStatus]


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
