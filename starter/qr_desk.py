"""Asking for QR codes, taking them in, showing and telling them, from Python.

    async with QrDesk.open(Settings()) as desk:
        made = await desk.request(QrRequestDraft(sim="S-12", user="ana@acme.example"))
        await desk.import_file("S-12", content, "code.pdf", "ana@acme.example")
        shown = await desk.show("S-12")

Every call may be repeated. Codes are imported and shown without Temporal: a request's workflow is told
afterwards, and looks by itself where it could not be told. Raises `Refused` or `PartAway`.
"""

import hashlib
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, cast

from sqlalchemy.ext.asyncio import AsyncConnection
from temporalio.client import Client, WithStartWorkflowOperation
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError

from models.activation import ActivationCode, parse_activation_code
from models.addresses import parse_email
from models.errors import PartAway, Refused
from models.identifiers import qr_notification_id, qr_request_id, reference
from models.inventory import UserView
from models.qr import (
    Imported,
    LetterView,
    NotificationView,
    QrHistory,
    QrRequestView,
    QrWish,
    RequestResult,
    RequestState,
)
from models.rules import import_refusals
from qr.intake import read_upload
from settings import Settings
from starter.calls import Calls, NoSuchWorkflow, checked_actor, checked_key
from starter.qr_drafts import QrRequestDraft, Requested, ShownCode, preview, read_letter, read_request
from starter.temporal import connect
from store import lookups, qr_codes, qr_events, qr_notifications, qr_request_views, qr_requests
from store.facts import sim_facts
from store.lookups import SimKey
from store.secrets import KeyRing
from store.session import Database
from workflows.messages import (
    OPERATOR,
    NotifyOfQrCode,
    QrWaits,
    RequestQrCode,
    RetryOrder,
    SendAgain,
    WithdrawRequest,
)
from workflows.qr_notification import EsimQrNotification
from workflows.qr_request import EsimQrRequest
from workflows.search_attributes import notification_labels, request_labels

__all__ = ["QrDesk", "QrRequestDraft", "Requested", "ShownCode"]

_log = logging.getLogger(__name__)


class QrDesk:
    """Everything about QR codes. One for a whole process; safe for concurrent use."""

    def __init__(self, client: Client, database: Database, settings: Settings) -> None:
        self.database = database
        self.settings = settings
        self._calls = Calls(client, settings)
        self._waits = QrWaits(
            reminder_after=settings.qr_reminder_after,
            reminders=settings.qr_reminders,
            requester_told_after=settings.qr_requester_told_after,
            notification_given_up_after=settings.notification_given_up_after,
        )

    @classmethod
    @asynccontextmanager
    async def open(cls, settings: Settings) -> AsyncIterator["QrDesk"]:
        """Connect to the configured database, and to Temporal once something needs it."""
        database = Database(settings.database_url, settings.database_pool_size)
        try:
            yield cls(await connect(settings, lazy=True), database, settings)
        finally:
            await database.close()

    @property
    def keys(self) -> KeyRing:
        """What codes and files are sealed with. Raises `Refused` where none are configured."""
        return KeyRing(self.settings.secret_keys)

    # --- asking the distributor -----------------------------------------------------------------------

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
            read = await read_request(
                connection,
                draft,
                lambda account_id: qr_request_id(account_id, key),
                self.settings.mail_language,
            )
            request_id = qr_request_id(read.sim.account_id, key)
            known = await qr_request_views.find(connection, request_id)
            if known is not None:
                return _repeated(known, read.sim, key)
            if read.reasons:
                raise Refused(*read.reasons)
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
        return Requested(request_id, key, result.state.status, result.state.round)

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
        """Let a held request or notification go on with what it is held for (W5)."""
        try:
            await self._calls.signal(workflow_id, "retry", RetryOrder(actor=checked_actor(actor)))
        except NoSuchWorkflow:
            raise Refused.because("nothing_to_retry", "It has ended; nothing waits.") from None

    # --- the code -------------------------------------------------------------------------------------

    async def import_file(self, sim: str, content: bytes, filename: str, user: str) -> Imported:
        """Take the code out of a file and give it to the SIM, by an authorised user (F34, F35, F57, F62).

        Where the file or the code is refused, the version before it stays.
        """
        who, key = await self._authorised(sim, user)
        try:
            found = await read_upload(content, filename)
        except Refused as refused:
            await self._note_refused(key.id, f"user:{who.id}", refused)
            raise
        return await self._import(key.id, who, found.code, found.type.value, content)

    async def import_code(self, sim: str, code: str, user: str) -> Imported:
        """Give the SIM a code that was typed in."""
        who, key = await self._authorised(sim, user)
        return await self._import(key.id, who, read_typed(code), "typed", None)

    async def show(self, sim: str, user: str | None = None) -> ShownCode:
        """The code that the SIM has now. With a user, only if they are authorised."""
        if user is not None:
            await self._authorised(sim, user)
        async with self.database.reading() as connection:
            key = await lookups.find_sim(connection, sim, None)
            return ShownCode(*await qr_codes.current(connection, self.keys, key.id))

    async def history(self, sim: str, user: str | None = None) -> QrHistory:
        """Versions, requests, notifications and everything that happened. The code is not in it."""
        async with self.database.reading() as connection:
            account_id = None if user is None else (await lookups.find_user(connection, user)).account_id
            key = await lookups.find_sim(connection, sim, account_id)
            return await qr_codes.history(connection, key.id)

    # --- telling people -------------------------------------------------------------------------------

    async def notify(
        self, sim: str, to: str, *, user: str | None = None, key: str | None = None
    ) -> NotificationView:
        """Mail somebody a link that shows the SIM's present code until it expires (F38)."""
        try:
            address = parse_email(to)
        except ValueError as wrong:
            raise Refused.because("email_invalid", str(wrong)) from None
        actor = OPERATOR
        if user is not None:
            who, _ = await self._authorised(sim, user)
            actor = f"user:{who.id}"
        async with self.database.transaction() as connection:
            found = await lookups.find_sim(connection, sim, None)
            version = await qr_codes.current_version(connection, found.id)
            notification = await qr_notifications.create(
                connection,
                notification_id=qr_notification_id(found.account_id, checked_key(key)),
                account_id=found.account_id,
                sim_id=found.id,
                version_id=version.id,
                address=address,
                actor=actor,
            )
        await self.start_notification(notification, found.account_id, version.request_id)
        return notification

    async def start_notification(
        self, notification: NotificationView, account_id: int, request_id: str | None
    ) -> None:
        """Have a notification sent that is written down; once, however often it is asked for."""
        async with self.database.reading() as connection:
            _, provider, _ = await qr_request_views.start_facts(connection, notification.sim_id)
        start = NotifyOfQrCode(
            notification_id=notification.id,
            sim_id=notification.sim_id,
            account_id=account_id,
            provider=provider,
            given_up_after=self.settings.notification_given_up_after,
        )
        await self._calls.start(
            EsimQrNotification.run, start, notification.id, start.summary, notification_labels(start)
        )
        await self._tell(request_id, EsimQrRequest.notified)

    async def revoke(self, notification_id: str, *, actor: str = OPERATOR) -> NotificationView:
        """The notification's link shows nothing any more."""
        async with self.database.transaction() as connection:
            await qr_notifications.revoke(connection, notification_id, checked_actor(actor))
            return await qr_notifications.notification(connection, notification_id)

    async def request_view(self, request_id: str) -> QrRequestView:
        """One request as the database has it."""
        async with self.database.reading() as connection:
            return await qr_request_views.request(connection, request_id)

    async def tell_imported(self, request_id: str | None) -> None:
        """Let a request's workflow see at once that its code is there; else it looks within a day."""
        await self._tell(request_id, EsimQrRequest.look)

    async def _tell(self, request_id: str | None, signal: Any) -> None:
        if request_id is None:
            return
        try:
            await self._calls.signal(request_id, signal)
        except (PartAway, NoSuchWorkflow):
            _log.warning("%s could not be told; it looks by itself.", request_id)

    # --------------------------------------------------------------------------------------------------

    async def _authorised(self, sim: str, user: str) -> tuple[UserView, SimKey]:
        async with self.database.reading() as connection:
            who = await lookups.find_user(connection, user)
            key = await lookups.find_sim(connection, sim, who.account_id)
            reasons = import_refusals(await sim_facts(connection, key.id, who.id))
        if reasons:
            raise Refused(*reasons)
        return who, key

    async def _import(
        self, sim_id: int, who: UserView, code: ActivationCode, file_type: str, original: bytes | None
    ) -> Imported:
        try:
            async with self.database.transaction() as connection:
                await _still_allowed(connection, sim_id, who.id)
                imported = await qr_codes.take(
                    connection,
                    self.keys,
                    sim_id=sim_id,
                    code=code,
                    file_type=file_type,
                    original=original,
                    actor=f"user:{who.id}",
                    request_id=None,
                )
        except Refused as refused:
            await self._note_refused(sim_id, f"user:{who.id}", refused)
            raise
        await self.tell_imported(imported.version.request_id)
        return imported

    async def _note_refused(self, sim_id: int, actor: str, refused: Refused) -> None:
        codes = [refusal.code for refusal in refused.refusals]
        async with self.database.transaction() as connection:
            await qr_events.append(connection, sim_id, actor, ("qr.import_refused", {"codes": codes}))

    async def _start(self, start: RequestQrCode) -> RequestResult:
        operation = WithStartWorkflowOperation(
            EsimQrRequest.run,
            start,
            id=start.wish.request_id,
            task_queue=self.settings.task_queue,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE_FAILED_ONLY,
            static_summary=start.summary,
            search_attributes=request_labels(start),
        )
        try:
            return cast("RequestResult", await self._calls.start_and_ask(EsimQrRequest.request, operation))
        except WorkflowAlreadyStartedError:
            async with self.database.reading() as connection:
                state = await qr_request_views.look(connection, start.wish.request_id)
            return RequestResult(state=state)

    async def _send_again(self, request_id: str, message: SendAgain, key: str) -> Requested:
        call = "again-" + hashlib.sha256(key.encode()).hexdigest()[:32]
        try:
            state: RequestState = await self._calls.update(
                request_id, EsimQrRequest.send_again, message, call
            )
        except NoSuchWorkflow:
            raise Refused.because(
                "request_stalled",
                f"The workflow of {request_id} was terminated; withdraw the request, then ask anew.",
            ) from None
        return Requested(request_id, key, state.status, state.round)


def read_typed(code: str) -> ActivationCode:
    """A code that was typed in. Raises `Refused` (`activation_code_invalid`)."""
    try:
        return parse_activation_code(code)
    except ValueError as invalid:
        raise Refused.because("activation_code_invalid", str(invalid)) from None


async def _still_allowed(connection: AsyncConnection, sim_id: int, user_id: int) -> None:
    reasons = import_refusals(await sim_facts(connection, sim_id, user_id))
    if reasons:
        raise Refused(*reasons)


def _repeated(known: QrRequestView, sim: SimKey, key: str) -> Requested:
    """The answer to a key that was used before."""
    if known.sim_id != sim.id:
        sentence = f"This key was used for another SIM, {reference('S', known.sim_id)}."
        raise Refused.because("key_used", sentence)
    if known.refusals:
        raise Refused(*known.refusals)
    return Requested(known.id, key, known.status, known.round)
