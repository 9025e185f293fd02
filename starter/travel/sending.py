"""Send the subscriber of an eSIM line one of the e-mails of its order again (T43).

async with SendingDesk.open(Settings()) as desk:
    sue = await callers.user(desk.database, "sue@acme.example")
    await desk.resend(sue, "EL-9", SentAgain.QR_CODE)
"""

import asyncio

from temporalio.client import Client

from models.errors import NotFound
from models.identifiers import parse_order_id, reference
from models.people.callers import Caller, Permission
from models.travel.sending import Resent, SentAgain
from settings import Settings
from starter.codes.workflows import QrWorkflows
from starter.connected import ConnectedDesk
from starter.keys import checked_key
from starter.operations.restarts import Restarted, Restarts
from store.session import Database
from store.travel.lookups import find_esim_line
from store.travel.resend import resend_code, resend_confirmation

_ENDS_WITHIN = 5.0
"""Seconds for a workflow to end that has nothing left to do."""


class SendingDesk(ConnectedDesk):
    """Sends e-mails to subscribers again. Every call is idempotent by its key."""

    def __init__(self, client: Client, database: Database, settings: Settings) -> None:
        super().__init__(client, database, settings)
        self._workflows = QrWorkflows(self._calls, database, settings)
        self._restarts = Restarts(self._calls, database, settings)

    async def resend(
        self,
        caller: Caller,
        line: str,
        what: SentAgain,
        *,
        order: str | None = None,
        key: str | None = None,
    ) -> Resent:
        """Send the QR code or the confirmation of an eSIM line again, to the subscriber's present address.

        The QR code: the links of all earlier e-mails end. The confirmation: of the order that added the line,
        unless `order` names a later one. Raises `Refused` (`line_without_esim`, `subscriber_without_address`,
        `emails_not_sent_yet`, `key_used_for_notification`, ...). After `Unavailable` call again with the same
        key.
        """
        checked = checked_key(key)
        async with self._database.transaction() as connection:
            found = await find_esim_line(connection, caller.scope, line)
            caller.require(Permission.SELL_TRAVEL)
            if what is SentAgain.QR_CODE:
                sent = await resend_code(connection, found, caller.by, checked)
            else:
                wanted = None if order is None else _order_id(order)
                confirmed = await resend_confirmation(connection, found, wanted, caller.by, checked)
        line_id = reference("EL", found.id)
        if what is SentAgain.QR_CODE:
            await self._workflows.start_notification(sent, found.account_id, None)
            return Resent(what=what, line=line_id, id=sent.id, replayed=sent.replayed)
        await self._start_again(caller, confirmed.order_id)
        return Resent(what=what, line=line_id, id=confirmed.order_id, replayed=confirmed.replayed)

    async def _start_again(self, caller: Caller, order_id: str) -> None:
        """Start the order's workflow, which finds what is to be sent. One that is just ending does not: it is
        waited for. If that takes too long, the e-mail is found as unfinished work, as after a loss.
        """
        if await self._restarts.restore(order_id, caller.by) is Restarted.RUNS:
            try:
                async with asyncio.timeout(_ENDS_WITHIN):
                    await self._calls.client.get_workflow_handle(order_id).result()
            except TimeoutError:
                return
            await self._restarts.restore(order_id, caller.by)


def _order_id(text: str) -> str:
    try:
        return parse_order_id(text)
    except ValueError:
        raise NotFound.because("unknown_order", order=text) from None
