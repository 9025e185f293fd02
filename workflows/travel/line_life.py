"""The workflow of one eSIM line: alive while something of its plans is due (T5, T23, T28, T35).

It records that a plan has expired, and sends the notices to the subscriber. Whether a plan runs is read from
its times and never waits for this.
"""

import asyncio
from datetime import datetime, timedelta
from typing import Any

from pydantic import ValidationError
from temporalio import workflow
from temporalio.exceptions import ApplicationError

from workflows.calls import run_to_the_end
from workflows.details import details
from workflows.messages import Retry
from workflows.reminder_schedule import wait_until
from workflows.search_attributes import ORDER_STATUS, label_once, travel_line_labels
from workflows.starts import all_answered, answer_all, read_start
from workflows.step_runner import StepRunner, Superseded
from workflows.travel.messages import (
    AdvanceLine,
    DropNotice,
    LineAdvanced,
    LineLifeStatus,
    LiveLine,
    SendNotice,
)
from workflows.travel.steps import LineLifeSteps, TravelMailSteps

_SOONEST = timedelta(milliseconds=100)
_FOR_GOOD = timedelta(days=365)
"""How long it waits at most for the notices that are being sent."""


@workflow.defn(name="EsimLineLife", failure_exception_types=[ValidationError])
class EsimLineLife:
    """What is due of the plans of one eSIM line. It is started by `look`, and ends when nothing is due."""

    @workflow.init
    def __init__(self, sent: LiveLine | None = None, *_: Any) -> None:
        self._wrong: ApplicationError | None = None
        try:
            self._start = start = read_start(LiveLine, sent, "eSIM line's life", "line_id")
        except ApplicationError as wrong:
            self._wrong = answer_all(EsimLineLife, wrong)
            return
        self._id = start.line_id
        self._status = LineLifeStatus.RUNNING
        self._look_wanted = False
        self._due: datetime | None = None
        self._dropped: set[str] = set()
        self._sending: dict[str, asyncio.Task[None]] = {}
        self._steps = StepRunner(self._id, changed=self._show)
        self._timeline: list[tuple[datetime, str]] = []

    @workflow.run
    async def run(self, sent: LiveLine | None = None, *_: Any) -> LineLifeStatus:
        """Record and send what is due until nothing is. To cancel the workflow gives up the notices that are
        not sent; plans end at their times all the same. The JSON is taken as it is sent, as for orders.
        """
        if self._wrong:
            raise await all_answered(self._wrong)
        return await run_to_the_end(self._proceed(), self._drop)

    async def _proceed(self) -> LineLifeStatus:
        label_once(travel_line_labels(self._start))
        self._note(self._status.label)
        line = AdvanceLine(esim_line_id=self._start.esim_line_id, account_id=self._start.account_id)
        while True:
            self._look_wanted = False
            found = await self._steps.execute(LineLifeSteps.advance_line, line)
            self._begin(found)
            if found.due_in is not None or not self._all_sent():
                await self._wait(found.due_in)
            elif not await self._looked_at_while_settling():
                break
        self._status = LineLifeStatus.ENDED
        workflow.upsert_search_attributes([ORDER_STATUS.value_set(self._status.value)])
        self._note(self._status.label)
        return self._status

    async def _looked_at_while_settling(self) -> bool:
        """Wait until all is recorded; whether a `look` came meanwhile, which would be lost with the end."""
        await workflow.wait_condition(
            lambda: self._look_wanted or (workflow.all_handlers_finished() and self._steps.settled)
        )
        return self._look_wanted

    async def _wait(self, due_in: timedelta | None) -> None:
        """Wait until a plan ends by the database's clock, which is asked again then, or until there is news;
        where no plan runs, until the notices are sent.
        """
        summary = "Record that a plan has ended" if due_in is not None else "Look whether notices are sent"
        await wait_until(
            lambda: self._look_wanted or self._failed() or (due_in is None and self._all_sent()),
            _FOR_GOOD if due_in is None else max(due_in, _SOONEST),
            summary,
        )
        for task in self._sending.values():
            if task.done():
                task.result()

    def _begin(self, found: LineAdvanced) -> None:
        """Begin to send the notices, each by itself: one that is held delays no other, and no plan's end."""
        for notice_id in found.notices:
            if notice_id not in self._sending:
                self._sending[notice_id] = asyncio.create_task(self._send(notice_id))
        self._due = None if found.due_in is None else workflow.now() + found.due_in
        self._show()

    async def _send(self, notice_id: str) -> None:
        place = f"{TravelMailSteps.send_notice.__name__}:{notice_id}"
        try:
            await self._steps.execute(
                TravelMailSteps.send_notice,
                SendNotice(notice_id=notice_id, retries=self._start.retries),
                superseded=lambda: notice_id in self._dropped,
                hold_at_most=self._start.given_up_after,
                place=place,
            )
        except Superseded:
            drop = DropNotice(notice_id=notice_id, dropped=notice_id in self._dropped)
            await self._steps.execute(LineLifeSteps.drop_notice, drop)
            self._note("A notice is given up")
        else:
            self._note("A notice is sent")

    def _all_sent(self) -> bool:
        return all(task.done() for task in self._sending.values())

    def _failed(self) -> bool:
        return any(task.done() and task.exception() is not None for task in self._sending.values())

    # --- what callers ask -----------------------------------------------------------------------------

    @workflow.signal(description="Ask the database again what is due.")
    def look(self, *_: Any) -> None:
        """Sent where something is due that the workflow may not know: a plan was started, say."""
        self._look_wanted = True

    @workflow.signal(description="Send the notices that the workflow is held for once more.")
    def retry(self, call: Retry | None = None, *_: Any) -> None:
        """Retry what is held, as for orders. Because of `_` Temporal hands over the JSON as it is."""
        self._steps.retry(call)

    @workflow.query(description="Whether something of the line's plans is due later.")
    def state(self) -> LineLifeStatus:
        """Answer with the status of the workflow."""
        return self._status

    def _drop(self) -> None:
        self._dropped.update(name for name, task in self._sending.items() if not task.done())

    # --- what operators read --------------------------------------------------------------------------

    def _note(self, what: str) -> None:
        self._timeline.append((workflow.now(), what))
        self._show()

    def _show(self) -> None:
        steps = self._steps
        waits = f"The next plan ends at `{self._due:%Y-%m-%d %H:%M:%S UTC}`." if self._due else None
        page = details(self._status.label, self._timeline, steps.holds, steps.going_out, waits=waits)
        workflow.set_current_details(page)
