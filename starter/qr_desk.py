"""Asking for QR codes, taking them in, showing and telling them, from Python.

    async with QrDesk.open(Settings()) as desk:
        made = await desk.request(QrRequestDraft(sim="S-12", user="ana@acme.example"))
        await desk.import_file("S-12", content, "code.pdf", "ana@acme.example")
        shown = await desk.show("S-12")

Every call may be repeated. Codes are imported and shown without Temporal: a request's workflow is told
afterwards, and looks by itself where it could not be told. Raises `Refused` or `PartAway`.
"""

import hashlib
from typing import cast

from temporalio.common import WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError

from models.errors import Refusal, Refused
from models.identifiers import qr_request_id, reference
from models.qr import (
    REQUEST_MADE,
    LetterView,
    QrRequestView,
    QrWish,
    RequestResult,
    RequestState,
    RequestStatus,
    end_request,
)
from starter.calls import NoSuchWorkflow, checked_actor, checked_key
from starter.code_desk import CodeDesk, ShownCode
from starter.qr_drafts import QrRequestDraft, Requested, keep_letter, preview, read_letter, read_request
from store import qr_holds, qr_request_views, qr_requests
from store.lookups import SimKey
from workflows.messages import (
    OPERATOR,
    QrWaits,
    RequestQrCode,
    RetryOrder,
    SendAgain,
    WithdrawRequest,
)
from workflows.qr_request import EsimQrRequest
from workflows.search_attributes import request_labels

__all__ = ["QrDesk", "QrRequestDraft", "Requested", "ShownCode"]


class QrDesk(CodeDesk):
    """Everything about QR codes, requests included."""

    @property
    def _waits(self) -> QrWaits:
        return QrWaits(
            reminder_after=self.settings.qr_reminder_after,
            reminders=self.settings.qr_reminders,
            requester_told_after=self.settings.qr_requester_told_after,
            notification_given_up_after=self.settings.notification_given_up_after,
        )

    async def draft(self, sim: str, user: str) -> LetterView:
        """The mail as it would be sent, and to whom; or every reason why not (F25 to F30)."""
        async with self.database.reading() as connection:
            return await read_letter(connection, sim, user, self.settings.mail_language)

    async def preview(self, draft: QrRequestDraft) -> LetterView:
        """The mail as this draft would send it, to those whom it chooses; nothing is kept or sent."""
        key = checked_key(draft.key)
        async with self.database.reading() as connection:
            return await preview(
                connection,
                draft,
                lambda account_id: qr_request_id(account_id, key),
                self.settings.mail_language,
            )

    async def request(self, draft: QrRequestDraft) -> Requested:
        """Ask the distributor's contacts for the code (F31). A second request while one is open is refused,
        naming it, unless the draft says `again`: then that one is sent once more.
        """
        key = checked_key(draft.key)
        async with self.database.transaction() as connection:
            read = await read_request(connection, draft, lambda account_id: qr_request_id(account_id, key))
            request_id = qr_request_id(read.sim.account_id, key)
            known = await qr_request_views.find(connection, request_id)
            if known is not None:
                return _repeated(known, read.sim, key)
            sent = await qr_requests.sent_again(connection, read.sim.id, _call(key)) if draft.again else None
            if sent is not None:
                return _sent_again(sent, key)
            if read.reasons:
                raise Refused(*read.reasons)
            read = await keep_letter(connection, draft, read, self.settings.mail_language)
            slot, provider, distributor = await qr_request_views.start_facts(connection, read.sim.id)
        actor = f"user:{read.user_id}"
        if read.facts.open_qr_request:
            again = SendAgain(actor=actor, contacts=read.chosen, letter_id=read.letter_id)
            return await self._send_again(read.facts.open_qr_request, again, key)
        wish = QrWish(
            request_id=request_id,
            account_id=read.sim.account_id,
            sim_id=read.sim.id,
            user_id=read.user_id,
            contacts=read.chosen,
            letter_id=read.letter_id,
        )
        result = await self._start(
            RequestQrCode(wish=wish, slot=slot, provider=provider, distributor=distributor, waits=self._waits)
        )
        if result.refusals:
            raise Refused(*result.refusals)
        state = result.state
        sentence = f"No request was open. {REQUEST_MADE}" if draft.again else REQUEST_MADE
        return Requested(request_id, key, state.status, state.round, sentence, read.version)

    async def withdraw(self, request_id: str, *, actor: str = OPERATOR) -> RequestState:
        """The code is not wanted any more: the upload links are dead."""
        message = WithdrawRequest(actor=checked_actor(actor))
        try:
            return cast("RequestState", await self._calls.update(request_id, EsimQrRequest.withdraw, message))
        except NoSuchWorkflow:  # over, or terminated: the row alone decides
            async with self.database.transaction() as connection:
                result = await qr_requests.withdraw(connection, request_id, actor)
            if result.refusals:
                raise Refused(*result.refusals) from None
            return result.state

    async def retry(self, workflow_id: str, *, actor: str = OPERATOR) -> None:
        """Let a held request or notification go on with what it is held for (W5).

        An open request whose workflow was terminated gets a new one, which finds all that was done already.
        """
        try:
            await self._calls.signal(workflow_id, "retry", RetryOrder(actor=checked_actor(actor)))
        except NoSuchWorkflow:
            async with self.database.reading() as connection:
                request = await qr_request_views.find(connection, workflow_id)
            if request is None or request.status is not RequestStatus.REQUESTED:
                raise Refused.because("nothing_to_retry") from None
            await self._start_again(request, actor)

    async def _start_again(self, request: QrRequestView, actor: str) -> None:
        async with self.database.transaction() as connection:
            await qr_holds.release(connection, request.id, actor)  # whoever held it is gone
            slot, provider, distributor = await qr_request_views.start_facts(connection, request.sim_id)
        wish = QrWish(
            request_id=request.id,
            account_id=request.account_id,
            sim_id=request.sim_id,
            user_id=request.requested_by,
        )
        start = RequestQrCode(
            wish=wish,
            slot=slot,
            provider=provider,
            distributor=distributor,
            waits=self._waits,
            retries=1,
        )
        await self._start(start, WorkflowIDReusePolicy.ALLOW_DUPLICATE)

    async def request_view(self, request_id: str) -> QrRequestView:
        """One request as the database has it."""
        async with self.database.reading() as connection:
            return await qr_request_views.request(connection, request_id)

    async def _start(
        self,
        start: RequestQrCode,
        reuse: WorkflowIDReusePolicy = WorkflowIDReusePolicy.ALLOW_DUPLICATE_FAILED_ONLY,
    ) -> RequestResult:
        try:
            answer = await self._calls.start_and_ask(
                EsimQrRequest.run,
                EsimQrRequest.request,
                start,
                start.wish.request_id,
                request_labels(start),
                reuse,
            )
            return cast("RequestResult", answer)
        except WorkflowAlreadyStartedError:
            async with self.database.reading() as connection:
                state = await qr_request_views.look(connection, start.wish.request_id)
            return RequestResult(state=state)

    async def _send_again(self, request_id: str, message: SendAgain, key: str) -> Requested:
        try:
            state: RequestState = await self._calls.update(
                request_id, EsimQrRequest.send_again, message, _call(key)
            )
        except NoSuchWorkflow:
            status = (await self.request_view(request_id)).status
            over = end_request(status, RequestStatus.WITHDRAWN)  # a moment ago it was not
            raise Refused(over or _stalled(request_id)) from None
        return _sent_again(state, key)


def _sent_again(state: RequestState, key: str) -> Requested:
    sentence = f"The request has been sent again (round {state.round})."
    return Requested(state.request_id, key, state.status, state.round, sentence)


def _call(key: str) -> str:
    """The id of the update that a key stands for."""
    return "again-" + hashlib.sha256(key.encode()).hexdigest()[:32]


def _stalled(request_id: str) -> Refusal:
    return Refusal.of("request_stalled", request=request_id)


def _repeated(known: QrRequestView, sim: SimKey, key: str) -> Requested:
    """The answer to a key that was used before."""
    if known.sim_id != sim.id:
        raise Refused.because("key_used_for_sim", sim=reference("S", known.sim_id))
    if known.refusals:
        raise Refused(*known.refusals)
    return Requested(known.id, key, known.status, known.round)
