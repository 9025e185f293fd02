"""The steps of changes of numbers and of requests for licences, in the database and outside of it."""

from collections.abc import Awaitable
from datetime import timedelta
from functools import partial

from sqlalchemy.ext.asyncio import AsyncConnection
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from activities.licences.follow_ups import retry_each
from models.licences.changes import ChangeResult, NumberChange
from outbox.licences import notices
from outbox.orders import EMAILS
from outbox.sender import Outbox
from providers.port import NoOrderContact
from store.licences import change_rows, changes, requests, waiting
from store.mail_subjects import AboutWork
from store.orders.follow_ups import Emails
from store.session import Database
from workflows.licences.messages import NotifyOfChange, NotifyOwners, ReportEnded
from workflows.licences.steps import LicenceMailSteps, NumberCallSteps, NumberSteps
from workflows.messages import Retry
from workflows.orders.messages import Cancel


class NumberInventory(NumberSteps):
    """Changes numbers, and what ends with a change, in PostgreSQL."""

    def __init__(self, database: Database, recoverable_for: timedelta) -> None:
        self._database = database
        self._recoverable_for = recoverable_for

    async def apply_change(self, change: NumberChange) -> ChangeResult:
        """Apply the change or refuse it with every reason."""
        async with self._database.transaction() as connection:
            return await changes.apply(connection, change, self._recoverable_for, _emails)


class NumberCalls(NumberCallSteps):
    """Notifies the workflows of what a change has ended, and the provider of the eSIM."""

    def __init__(self, database: Database, client: Client, outbox: Outbox) -> None:
        self._database = database
        self._client = client
        self._outbox = outbox

    async def report_ended(self, ended: ReportEnded) -> None:
        """Cancel the order's workflow, which finds the order cancelled, let the request's workflow read its
        row, and have the work continue that waited because of the eSIM. If a workflow has ended, ignore the
        error: nothing needs the call.
        """
        if ended.order_id is not None:
            order = self._client.get_workflow_handle(ended.order_id)
            await _unless_ended(order.execute_update("cancel", Cancel(), id=ended.change_id))
        if ended.request_id is not None:
            await _unless_ended(self._client.get_workflow_handle(ended.request_id).signal("look"))
        async with self._database.reading() as connection:
            change = await change_rows.find(connection, ended.change_id)
            sim_id = change.result.sim_id if change else None
            if change is None or sim_id is None:
                return
            waits = await waiting.workflows_of(connection, sim_id, but=ended.change_id)
        await retry_each(self._client, waits, Retry(actor=change.by.actor, origin_id=change.by.origin_id))

    async def notify_of_change(self, step: NotifyOfChange) -> None:
        """Ask the order contacts of the eSIM's distributor. Raises `NoOrderContact` and what `Outbox`
        raises.
        """
        async with self._database.reading() as connection:
            found = await change_rows.notice(connection, step.change_id)
        if found is None:
            return
        if not found.contacts:
            raise NoOrderContact("The distributor has no contact with the role 'order'.")
        wanted = _Wanted(found.about)
        await self._outbox.send(found.about, notices.to_provider(found), step.retries, wanted)
        async with self._database.transaction() as connection:
            await change_rows.notified(connection, found.about, sent=wanted.answer)


class LicenceMails(LicenceMailSteps):
    """Sends the e-mails about requests for licences."""

    def __init__(self, database: Database, outbox: Outbox) -> None:
        self._database = database
        self._outbox = outbox

    async def notify_owners(self, step: NotifyOwners) -> None:
        """Notify every owner, unless a purchase has answered the request. Raises `NoOwner` and what `Outbox`
        raises.
        """
        async with self._database.reading() as connection:
            found = await requests.request_facts(connection, step.request_id)
        if found is None:
            return
        if not (found.owners or found.answered):
            raise requests.NoOwner
        wanted = partial(requests.is_wanted, about=found.about)
        await self._outbox.send(found.about, notices.to_owners(found), step.retries, wanted)
        async with self._database.transaction() as connection:
            await requests.notified(connection, found.about)


class _Wanted:
    """Whether the provider is still to be asked; remembers the answer."""

    def __init__(self, about: AboutWork) -> None:
        self._about = about
        self.answer = False

    async def __call__(self, connection: AsyncConnection) -> bool:
        self.answer = await change_rows.is_wanted(connection, self._about)
        return self.answer


def _emails(kind: str) -> Emails:
    return EMAILS[kind].to_people


async def _unless_ended(call: Awaitable[object]) -> None:
    try:
        await call
    except RPCError as failure:
        if failure.status is not RPCStatusCode.NOT_FOUND:
            raise
