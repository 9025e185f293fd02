"""Changes of numbers and requests for licences in memory: what their workflows move when tested alone."""

from collections import Counter

from models.licences.changes import ChangeResult, NumberChange
from tests.workflows.troubles import Troubles
from workflows.licences.messages import NotifyOfChange, NotifyOwners, ReportEnded
from workflows.licences.steps import LicenceMailSteps, NumberCallSteps, NumberSteps


class FakeLicences(NumberSteps, NumberCallSteps, LicenceMailSteps):
    """`results` are the answers of `apply_change`, all but the last once; `got` is what was sent."""

    def __init__(self, troubles: Troubles) -> None:
        self.troubles = troubles
        self.results: dict[str, list[ChangeResult]] = {}
        self.asked: Counter[str] = Counter()
        self.got: list[str] = []
        self.retries: dict[str, int] = {}

    async def apply_change(self, change: NumberChange) -> ChangeResult:
        async with self.troubles.around("apply_change"):
            self.asked[change.change_id] += 1
            answers = self.results.get(change.change_id) or [
                ChangeResult(change_id=change.change_id, number_id=change.number_id, change=change.change)
            ]
            return answers.pop(0) if len(answers) > 1 else answers[0]

    async def report_ended(self, ended: ReportEnded) -> None:
        async with self.troubles.around("report_ended"):
            self.got.append(f"ended {ended.order_id} {ended.request_id}")

    async def notify_of_change(self, change: NotifyOfChange) -> None:
        async with self.troubles.around("notify_of_change"):
            self.retries["notify_of_change"] = change.retries
            self.got.append(f"provider notified of {change.change_id}")

    async def notify_owners(self, request: NotifyOwners) -> None:
        async with self.troubles.around("notify_owners"):
            self.got.append(f"owners notified of {request.request_id}")
