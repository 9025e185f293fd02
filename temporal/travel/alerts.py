"""Starts the workflows that alert an account's staff of its stock (T17, T26)."""

import asyncio
import logging
from collections.abc import Sequence
from datetime import timedelta

from temporalio.client import Client
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.service import RPCError

from store.session import Database
from store.travel import notices
from store.travel.notices import Unfinished
from workflows.search_attributes import travel_notice_labels
from workflows.travel.messages import SendTravelNotice
from workflows.travel.travel_notice import EsimTravelNotice

_AT_ONCE_WITHIN = 3.0
"""Seconds. What leads to the alert is committed already, so Temporal must not delay it for longer."""

_log = logging.getLogger(__name__)


async def alert(
    client: Client, task_queue: str, notice_id: str, notice: Unfinished, given_up_after: timedelta
) -> None:
    """Start `EsimTravelNotice` for an alert that is due, unless it runs. Raises what the client raises."""
    start = SendTravelNotice(
        notice_id=notice_id,
        account_id=notice.account_id,
        notice=notice.notice,
        given_up_after=given_up_after,
    )
    await client.start_workflow(
        EsimTravelNotice.run,
        start,
        id=notice_id,
        task_queue=task_queue,
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
        static_summary=start.summary,
        static_details=start.details,
        search_attributes=travel_notice_labels(start),
    )


class StaffAlerts:
    """Alerts the staff at once, where a change of the stock has recorded that it is due. What fails here is
    sent by the sweep.
    """

    def __init__(
        self, client: Client, database: Database, task_queue: str, given_up_after: timedelta
    ) -> None:
        self._client = client
        self._database = database
        self._task_queue = task_queue
        self._given_up_after = given_up_after

    async def __call__(self, notice_ids: Sequence[str]) -> None:
        """Start the workflow of each notice that is still to be sent."""
        for notice_id in notice_ids:
            async with self._database.reading() as connection:
                notice = await notices.unfinished(connection, notice_id)
            if notice is None:
                continue
            try:
                async with asyncio.timeout(_AT_ONCE_WITHIN):
                    await alert(self._client, self._task_queue, notice_id, notice, self._given_up_after)
            except (RPCError, TimeoutError) as failure:
                _log.warning("The alert %s is left to the sweep: %s.", notice_id, type(failure).__name__)
