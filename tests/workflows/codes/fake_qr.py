"""Requests for QR codes in memory, with the mails about them: what their workflows move when tested alone."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta

from models.codes.requests import (
    QrRequest,
    RequestResult,
    RequestSeen,
    RequestState,
    RequestStatus,
    end_request,
)
from models.errors import Refusal
from models.orders.placement import Reminded
from tests.workflows.troubles import Troubles
from workflows.codes.messages import (
    AddRound,
    EndRequest,
    RemindOfCode,
    RequestStep,
    SendNotification,
    SendQrMails,
)
from workflows.codes.steps import QrMailSteps, QrSteps

ROLE = (7, 8)
"""The distributor's contacts who have the role."""


@dataclass
class FakeRequest:
    request: QrRequest
    status: RequestStatus
    rounds: dict[str, tuple[int, ...]] = field(default_factory=dict)
    """Whom each round asks, by the call that asked for it."""
    refusals: tuple[Refusal, ...] = ()
    ended_by: str | None = None
    notified: bool = False
    """Somebody was told of the imported code."""

    @property
    def state(self) -> RequestState:
        return RequestState(
            request_id=self.request.request_id,
            status=self.status,
            sim_id=self.request.sim_id,
            round=max(1, len(self.rounds)),
        )


class FakeQr(QrSteps, QrMailSteps):
    """`got` has every letter once, in the order they came; `copies` counts those that came again."""

    def __init__(self, troubles: Troubles) -> None:
        self.troubles = troubles
        self.requests: dict[str, FakeRequest] = {}
        self.got: list[str] = []
        self.copies: Counter[tuple[str, str]] = Counter()
        self.retries: dict[str, int] = {}
        self.due_in: timedelta | None = None
        """What the database's clock says of a reminder; None: it is due."""
        self.status_for = timedelta()
        """How long, by that clock, a request has had its status."""

    def end(self, request_id: str, status: RequestStatus) -> None:
        """By a transaction that asks no workflow."""
        request = self.requests[request_id]
        assert end_request(request.status, status) is None
        request.status = status

    # --- the steps --------------------------------------------------------------------------------------

    async def open_request(self, wish: QrRequest) -> RequestResult:
        async with self.troubles.around("open_request"):
            if wish.request_id not in self.requests:
                found = self._refusals(wish.contacts)
                if any(it.request.sim_id == wish.sim_id for it in self.open_ones()):
                    found += (Refusal.of("open_qr_request", request="qr-request-of-this-sim"),)
                request = FakeRequest(wish, RequestStatus.REFUSED, refusals=found)
                if not found:
                    request.status = RequestStatus.REQUESTED
                    request.rounds["request"] = wish.contacts or ROLE
                self.requests[wish.request_id] = request
            known = self.requests[wish.request_id]
            return RequestResult(state=known.state, refusals=known.refusals)

    async def look_at_request(self, step: RequestStep) -> RequestSeen:
        async with self.troubles.around("look_at_request"):
            state = self.requests[step.request_id].state
            return RequestSeen(**state.model_dump(), status_for=self.status_for)

    async def add_round(self, step: AddRound) -> RequestResult:
        async with self.troubles.around("add_round"):
            request = self.requests[step.request_id]
            if step.call in request.rounds:
                return RequestResult(state=request.state)
            over = end_request(request.status, RequestStatus.WITHDRAWN)
            found = (over,) if over else self._refusals(step.contacts)
            if not found:
                request.rounds[step.call] = step.contacts or ROLE
            return RequestResult(state=request.state, refusals=found)

    async def withdraw_request(self, step: EndRequest) -> RequestResult:
        async with self.troubles.around("withdraw_request"):
            request = self.requests[step.request_id]
            over = end_request(request.status, RequestStatus.WITHDRAWN)
            if over and request.status is not RequestStatus.WITHDRAWN:
                return RequestResult(state=request.state, refusals=(over,))
            request.status, request.ended_by = RequestStatus.WITHDRAWN, step.actor
            return RequestResult(state=request.state)

    async def offer_notification(self, step: RequestStep) -> str | None:
        async with self.troubles.around("offer_notification"):
            if self.requests[step.request_id].notified:
                return None
            return step.request_id.replace("qr-request", "qr-notification")

    # --- the mails --------------------------------------------------------------------------------------

    async def ask_for_code(self, step: SendQrMails) -> None:
        asked = list(self.requests[step.request_id].rounds.values())[step.round - 1]
        await self._take("ask_for_code", f"request {step.round} to {asked}", step.request_id, step.retries)

    async def remind_of_code(self, step: RemindOfCode) -> Reminded:
        if self.due_in is not None:
            return Reminded(due_in=self.due_in)
        if step.number is not None:
            letter = f"reminder {step.number} of round {step.round}"
            await self._take("remind_of_code", letter, step.request_id, step.retries)
        return Reminded()

    async def report_no_code(self, step: SendQrMails) -> None:
        letter = f"no code after {step.number} reminders of round {step.round}"
        await self._take("report_no_code", letter, step.request_id, step.retries)

    async def send_notification(self, step: SendNotification) -> None:
        await self._take("send_notification", "notification", step.notification_id, step.retries)

    async def _take(self, step: str, letter: str, about: str, retries: int) -> None:
        async with self.troubles.around(step):
            self.retries[step] = retries
            self.copies[about, letter] += 1
            if self.copies[about, letter] == 1:
                self.got.append(letter)

    def open_ones(self) -> list[FakeRequest]:
        return [it for it in self.requests.values() if it.status is RequestStatus.REQUESTED]

    def _refusals(self, contacts: tuple[int, ...] | None) -> tuple[Refusal, ...]:
        unfit = set(contacts or ()) - set(ROLE)
        if not unfit:
            return ()
        return (Refusal.of("recipient_lacks_role"),)
