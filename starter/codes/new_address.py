"""Have everything continue with the new address of a person, once that is committed."""

from collections.abc import Iterable
from contextlib import suppress

from models.people.callers import Caller
from settings import Settings
from starter.codes.workflows import QrWorkflows
from starter.operations.restarts import Restarts
from store.codes.new_address import Moved
from store.session import Database
from temporal.calls import Calls, NoSuchWorkflow
from workflows.messages import Retry


class NewAddresses:
    """Desks that change addresses use it. Called again, it sends nothing twice."""

    def __init__(self, calls: Calls, database: Database, settings: Settings) -> None:
        self._calls = calls
        self._restarts = Restarts(calls, database, settings)
        self._workflows = QrWorkflows(calls, database, settings)

    async def used(self, caller: Caller, account_id: int, moved: Moved, held: Iterable[str]) -> None:
        """Resume what was `held` for the address, send what was moved to the new one, and end what is held
        for the one before. Raises `Unavailable`.
        """
        retry = Retry(actor=caller.actor, origin_id=caller.origin_id)
        for workflow_id in held:
            try:
                await self._calls.signal(workflow_id, "retry", retry)
            except NoSuchWorkflow:
                await self._restarts.start(workflow_id, caller.by)
        for notification in moved.send:
            await self._workflows.start_notification(notification, account_id, None)
        for workflow_id in moved.superseded:
            with suppress(NoSuchWorkflow):  # it has ended
                await self._calls.signal(workflow_id, "retry", retry)
