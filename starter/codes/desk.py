"""Request, import and show QR codes, and notify people of them, from Python.

    async with QrDesk.open(Settings()) as desk:
        ana = await callers.user(desk.database, "ana@acme.example")
        made = await desk.request(ana, QrRequestDraft(sim="S-12"))
        await desk.import_file(ana, "S-12", content, "code.pdf")
        shown = await desk.show(callers.operator(), "S-12")

Every call is idempotent. Codes are imported and shown without Temporal: after an import the request's
workflow is signalled, and if the signal is lost, it finds the code in the database. Raises `Refused` or
`Unavailable`.
"""

import hashlib
from typing import cast

from sqlalchemy.ext.asyncio import AsyncConnection
from temporalio.common import WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError

from models.codes.requests import (
    REQUEST_MADE,
    EmailPreview,
    QrRequest,
    QrRequestView,
    RequestResult,
    RequestState,
    RequestStatus,
    end_request,
)
from models.errors import Refusal, Refused
from models.identifiers import qr_request_id, reference
from models.people.callers import Caller, Permission
from models.values import cut
from starter.codes.code_desk import CodeDesk
from starter.codes.drafts import (
    QrEmailDraft,
    QrRequestDraft,
    Read,
    Requested,
    content_of,
    is_another,
    keep_edited,
    preview,
    read_request,
)
from starter.keys import checked_key
from starter.operations.restart_kinds import request_timeouts
from starter.operations.retry import RetryDesk
from store.codes import request_steps, request_views, rounds
from store.lookups import SimKey
from store.people import reminder_schedules
from temporal.calls import NoSuchWorkflow
from workflows.codes.messages import RequestQrCode, SendAgain, WithdrawRequest
from workflows.codes.request import EsimQrRequest
from workflows.search_attributes import request_labels


class QrDesk(CodeDesk):
    """All calls that change QR codes and their requests. `starter.codes.book.CodeBook` reads them."""

    async def preview(self, caller: Caller, draft: QrRequestDraft) -> EmailPreview:
        """Preview the e-mail that this draft would send, with its recipients; nothing is stored or sent.

        What the draft leaves out is pre-filled (F25 to F30). While a request is open, only a draft with
        `again` has a preview, as only such a draft can be sent. Raises `Refused` with every reason why not.
        """
        key = checked_key(draft.key)
        async with self.database.reading() as connection:
            return await preview(
                connection,
                caller,
                draft,
                lambda account_id: qr_request_id(account_id, key),
            )

    async def request(self, caller: Caller, draft: QrRequestDraft) -> Requested:
        """Request the code from the distributor's contacts by e-mail (F31).

        A second request while one is open is refused (`open_qr_request`), unless the draft has `again`: then
        the open one is sent again.
        """
        key = checked_key(draft.key)
        async with self.database.transaction() as connection:
            read = await read_request(
                connection, caller, draft, lambda account_id: qr_request_id(account_id, key)
            )
            done = await _done_before(connection, caller, draft, read, key)
            if done is not None:
                return done
            if read.reasons:
                raise Refused(*read.reasons)
            read = await keep_edited(connection, draft, read)
            start = await self._message(connection, caller, draft, read, key)
        if read.facts.open_qr_request:
            call = _call(key, content_of(draft, read.sim.account_id, key))
            return await self._send_again(read.facts.open_qr_request, _again(caller, read), key, call)
        result = await self._start(start)
        if result.refusals:
            raise Refused(*result.refusals)
        state = result.state
        sentence = f"No request was open. {REQUEST_MADE}" if draft.again else REQUEST_MADE
        replayed = result.origin_id != caller.origin_id  # another call with this key has made it meanwhile
        if replayed:
            async with self.database.reading() as connection:
                await _done_before(connection, caller, draft, read, key)
        return Requested(
            state.request_id, key, state.status, state.round, sentence, read.version, replayed=replayed
        )

    async def _message(
        self, connection: AsyncConnection, caller: Caller, draft: QrRequestDraft, read: Read, key: str
    ) -> RequestQrCode:
        """What starts the workflow of this request."""
        slot, provider, distributor = await request_views.start_facts(connection, read.sim.id)
        chosen = await reminder_schedules.read(connection, read.sim.account_id)
        asked = QrRequest(
            request_id=qr_request_id(read.sim.account_id, key),
            account_id=read.sim.account_id,
            sim_id=read.sim.id,
            user_id=read.user_id,
            origin_id=caller.origin_id,
            contacts=read.chosen,
            email_text_id=read.email_text_id,
            content=content_of(draft, read.sim.account_id, key),
        )
        return RequestQrCode(
            request=asked,
            slot=slot,
            provider=cut(provider),
            distributor=cut(distributor),
            timeouts=request_timeouts(self.settings, chosen),
        )

    async def send_again(self, caller: Caller, request_id: str, email: QrEmailDraft) -> Requested:
        """Send an open request again, once per key: to all contacts with the role, or to those chosen.

        Raises `NotFound`, `Refused` with every reason (such as `already_imported` if it has ended).
        """
        key = checked_key(email.key)
        async with self.database.transaction() as connection:
            known = await request_views.request(connection, caller.scope, request_id)
            sim = reference("S", known.sim_id)
            draft = QrRequestDraft(**{**email.model_dump(), "sim": sim, "again": True})
            read = await read_request(connection, caller, draft, lambda _: request_id)
            call = _call(key, content_of(draft, known.account_id, key))
            sent = await rounds.sent_again(connection, known.sim_id, call)
            if sent is not None:
                return _sent_again(sent, key, replayed=True)
            over = end_request(known.status, RequestStatus.WITHDRAWN)
            if over or read.reasons:
                raise Refused(*([over] if over else []), *read.reasons)
            read = await keep_edited(connection, draft, read)
        return await self._send_again(request_id, _again(caller, read), key, call)

    async def withdraw(self, caller: Caller, request_id: str) -> RequestState:
        """Withdraw a request whose code is no longer needed: its upload links stop working."""
        async with self.database.reading() as connection:
            await request_views.request(connection, caller.scope, request_id)
        caller.require(Permission.REQUEST_QR_CODES)
        message = WithdrawRequest(actor=caller.actor, origin_id=caller.origin_id)
        try:
            return cast("RequestState", await self._calls.update(request_id, EsimQrRequest.withdraw, message))
        except NoSuchWorkflow:  # it has ended or was terminated: the database is the source of truth
            async with self.database.transaction() as connection:
                result = await request_steps.withdraw(connection, request_id, caller.by)
            if result.refusals:
                raise Refused(*result.refusals) from None
            return result.state

    async def retry(self, caller: Caller, workflow_id: str) -> None:
        """Resume a held request or notification at the step that it is held for (W5).

        An open request whose workflow was terminated gets a new one, which repeats no step that was done.
        Raises `Refused` (`not_held`).
        """
        await RetryDesk(self.client, self.database, self.settings).resume(caller, workflow_id)

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
                start.request.request_id,
                request_labels(start),
                reuse,
            )
            return cast("RequestResult", answer)
        except WorkflowAlreadyStartedError:
            async with self.database.reading() as connection:
                state = await request_views.look(connection, start.request.request_id)
            return RequestResult(state=state.state)

    async def _send_again(self, request_id: str, message: SendAgain, key: str, call: str) -> Requested:
        try:
            state: RequestState = await self._calls.update(
                request_id, EsimQrRequest.send_again, message, call
            )
        except NoSuchWorkflow:
            async with self.database.reading() as connection:
                status = (await request_views.look(connection, request_id)).status
            over = end_request(status, RequestStatus.WITHDRAWN)  # it was still open when the draft was read
            raise Refused(over or _stalled(request_id)) from None
        async with self.database.reading() as connection:
            replayed = await rounds.added_by_another(connection, request_id, call, message.origin_id)
        return _sent_again(state, key, replayed=replayed)


def _again(caller: Caller, read: Read) -> SendAgain:
    return SendAgain(
        actor=caller.actor,
        origin_id=caller.origin_id,
        contacts=read.chosen,
        email_text_id=read.email_text_id,
    )


def _sent_again(state: RequestState, key: str, *, replayed: bool = False) -> Requested:
    sentence = f"The request has been sent again (round {state.round})."
    return Requested(state.request_id, key, state.status, state.round, sentence, replayed=replayed)


def _call(key: str, content: str) -> str:
    """The update id that is derived from an idempotency key, and from what is sent under it."""
    return f"again-{hashlib.sha256(key.encode()).hexdigest()[:32]}-{content}"


def _stalled(request_id: str) -> Refusal:
    return Refusal.of("request_stalled", request=request_id)


async def _done_before(
    connection: AsyncConnection, caller: Caller, draft: QrRequestDraft, read: Read, key: str
) -> Requested | None:
    """What was done before with the draft's key. Raises `Refused` if that was something else."""
    request_id = qr_request_id(read.sim.account_id, key)
    known = await request_views.find(connection, caller.scope, request_id)
    if known is not None:
        repeated = _repeated(known, read.sim, key)
        first = await request_views.first_email(connection, request_id)
        if first is not None and is_another(draft, read, first, content_of(draft, read.sim.account_id, key)):
            raise Refused.because("key_reused")
        return repeated
    call = _call(key, content_of(draft, read.sim.account_id, key))
    sent = await rounds.sent_again(connection, read.sim.id, call) if draft.again else None
    return None if sent is None else _sent_again(sent, key, replayed=True)


def _repeated(known: QrRequestView, sim: SimKey, key: str) -> Requested:
    """The answer to an idempotency key that was used before."""
    if known.sim_id != sim.id:
        raise Refused.because("key_used_for_sim", sim=reference("S", known.sim_id))
    if known.refusals:
        raise Refused(*known.refusals)
    return Requested(known.id, key, known.status, known.round, replayed=True)
