"""What is due of eSIM lines, in memory: what their workflows ask when tested alone."""

from collections import defaultdict

from tests.workflows.troubles import Troubles
from workflows.travel.messages import (
    AdvanceLine,
    DropNotice,
    LineAdvanced,
    Sweep,
    SweepTravel,
    Swept,
    WakeTravel,
)
from workflows.travel.steps import LineLifeSteps, SweepSteps


class FakeLines(LineLifeSteps, SweepSteps):
    """`answers` are those of `advance_line` by line, all but the last once; `dropped` are the notices.
    `batches` are what the parts of a sweep answer at first, `swept` the parts that were done.
    """

    def __init__(self, troubles: Troubles) -> None:
        self.troubles = troubles
        self.answers: dict[int, list[LineAdvanced]] = {}
        self.dropped: list[str] = []
        self.swept: list[str] = []
        self.batches: defaultdict[Sweep, list[Swept]] = defaultdict(list)

    async def advance_line(self, line: AdvanceLine) -> LineAdvanced:
        async with self.troubles.around("advance_line"):
            answers = self.answers.get(line.esim_line_id) or [LineAdvanced()]
            return answers.pop(0) if len(answers) > 1 else answers[0]

    async def drop_notice(self, notice: DropNotice) -> None:
        async with self.troubles.around("drop_notice"):
            self.dropped.append(notice.notice_id)

    async def sweep_travel(self, sweep: SweepTravel) -> Swept:
        async with self.troubles.around("sweep_travel"), self.troubles.around(sweep.part.value):
            self.swept.append(sweep.part.value)
            batches = self.batches[sweep.part]
            return batches.pop(0) if batches else Swept()

    async def wake_travel(self, wake: WakeTravel) -> Swept:
        async with self.troubles.around("wake_travel"), self.troubles.around(wake.part.value):
            self.swept.append(wake.part.value)
            return Swept()
