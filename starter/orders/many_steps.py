"""Steps of many orders from a file: looked at first, then done by a job, row by row (P9, A21).

shown = await desks.order_steps.preview(dan, content)         # who is refused and why
await desks.order_steps.confirm(dan, content, shown.digest)   # a job does the accepted rows
"""

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

from models.errors import Refused
from models.operations.jobs import Submitted
from models.orders.steps_file import StepsPreview, iccids, judge, order_ids, parse_steps
from models.people.callers import Caller, Permission
from starter.connected import ConnectedDesk
from starter.imports import opened
from starter.keys import checked_key
from starter.operations.jobs import account_of_job, start_job
from store.operations import jobs
from store.orders import queue, views

if TYPE_CHECKING:
    from starter.desks import Desks

KIND = "order_steps"


class OrderStepsDesk(ConnectedDesk):
    """Acknowledges, enters ICCIDs, processes and cancels orders by a file."""

    async def preview(self, caller: Caller, content: bytes) -> StepsPreview:
        """What each row would do, or why it is refused; nothing is done. Raises `Refused` for what is no such
        file, or has too many rows (`too_many_rows`).
        """
        caller.require(Permission.ACKNOWLEDGE_ORDERS)
        table = await opened(content)
        rows = await asyncio.to_thread(parse_steps, table)
        async with self._database.reading() as connection:
            found = await views.of_ids(connection, caller.scope, order_ids(rows))
            owners = await queue.owners(connection, {order.account_id for order in found}, iccids(rows))
        judged = judge(rows, {order.id: order for order in found}, owners, caller)
        return replace(judged, warnings=table.warnings.warnings())

    async def confirm(
        self,
        caller: Caller,
        content: bytes,
        shown: str,
        account: str | None = None,
        *,
        key: str | None = None,
    ) -> Submitted:
        """Do the accepted rows in the background. `shown`: the digest of the preview. Once per key: a repeat
        is answered with the job that the first call made, though the orders have changed by it.

        Raises `Refused` (`bulk_changed`) if they are not what was shown any more, or none is left.
        """
        name = checked_key(key)
        async with self._database.reading() as connection:
            account_id = await account_of_job(connection, caller, account)
            caller.require(Permission.ACKNOWLEDGE_ORDERS)
            caller.require(Permission.RUN_JOBS)
            known = await jobs.of_key(connection, caller.of_account(account_id), name)
        if known is not None:
            await start_job(self._calls, self._settings, account_id, known)  # if that failed before
            return Submitted(known, replayed=True)
        preview = await self.preview(caller, content)
        if preview.digest != shown or not preview.accepted:
            raise Refused.because("bulk_changed")
        rows = [row.cells for row in preview.accepted]
        return await self._desks().jobs.submit_rows(caller, account, KIND, rows, key=name)

    def _desks(self) -> "Desks":
        from starter.desks import Desks  # noqa: PLC0415  it has this desk

        return Desks.of(self._calls.client, self._database, self._settings)
