"""Notices of travel eSIMs in memory: what their workflows move when tested alone."""

from tests.workflows.troubles import Troubles
from workflows.travel.messages import SendNotice
from workflows.travel.steps import TravelMailSteps


class FakeTravel(TravelMailSteps):
    """`got` is what was sent."""

    def __init__(self, troubles: Troubles) -> None:
        self.troubles = troubles
        self.got: list[str] = []

    async def send_notice(self, notice: SendNotice) -> None:
        async with self.troubles.around("send_notice"):
            self.got.append(f"notice {notice.notice_id}")
