"""Starts the workflow that alerts an account's staff of its stock (T17, T26)."""

from datetime import timedelta

from temporalio.client import Client
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy

from store.travel.notices import Unfinished


async def alert(
    client: Client, task_queue: str, notice_id: str, notice: Unfinished, given_up_after: timedelta
) -> None:
    """Start `EsimTravelNotice` for an alert that is due, unless it runs."""
    await client.start_workflow(
        "EsimTravelNotice",
        {
            "notice_id": notice_id,
            "account_id": notice.account_id,
            "notice": notice.notice.value,
            "given_up_after": given_up_after.total_seconds(),
        },
        id=notice_id,
        task_queue=task_queue,
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
        static_summary=f"Notify the staff: {notice.notice.value.replace('_', ' ')}",
    )
