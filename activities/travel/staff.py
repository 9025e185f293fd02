"""Starts the workflow that alerts an account's staff of its stock (T17, T26)."""

from datetime import timedelta

from temporalio.client import Client


async def alert(
    client: Client, task_queue: str, notice_id: str, account_id: int, given_up_after: timedelta
) -> None:
    """Start `EsimTravelNotice` for an alert that is due, unless it runs."""
