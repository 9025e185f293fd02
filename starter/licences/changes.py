"""Make changes of numbers that are no orders: each is a short workflow that answers what it changed."""

from typing import cast

from temporalio.common import WorkflowIDReusePolicy

from models.errors import Refused
from models.identifiers import number_change_id
from models.licences.changes import ChangeResult, NumberChange
from models.licences.numbers import Change
from models.licences.views import Changed
from models.orders.placement import mark_of
from models.people.callers import Caller
from models.values import cut
from starter.keys import checked_key
from store.licences import change_rows
from store.licences.lookups import NumberKey
from store.orders import notes
from store.orders.notes import write_note
from store.session import Database
from temporal.calls import Calls
from workflows.licences.messages import ChangeNumber
from workflows.licences.number_change import EsimNumberChange
from workflows.search_attributes import change_labels


class NumberChanges:
    """Starts changes of numbers, once the desk has found them permitted. Safe for concurrent use."""

    def __init__(self, calls: Calls, database: Database) -> None:
        self._calls = calls
        self._database = database

    async def make(
        self,
        caller: Caller,
        number: NumberKey,
        change: Change,
        key: str | None = None,
        *,
        agent_id: int | None = None,
        keeps_licence: bool = False,
        reason: str = "",
        shown: str | None = None,
    ) -> Changed:
        """Change the number, and learn in one round trip what changed, or every reason why not (`Refused`).
        `shown`: the agent whom a confirmation showed; with another one by now nothing is changed.

        After `Unavailable` it may be changed all the same: call again with the same key, or look.
        """
        change_id = number_change_id(number.account_id, checked_key(key))
        asked = NumberChange(
            change_id=change_id,
            account_id=number.account_id,
            number_id=number.id,
            change=change,
            agent_id=agent_id,
            keeps_licence=keeps_licence,
            actor=caller.actor,
            origin_id=caller.origin_id,
            shown=None if shown is None else mark_of(shown),
        )
        known = key is not None and await self._known(asked, reason.strip())
        if not known:
            note_id = await self._note(number.account_id, change_id, reason.strip(), caller.actor)
            asked = asked.model_copy(update={"note_id": note_id})
        result = await self._apply(asked, number)
        if (result.number_id, result.change) != (number.id, change):  # the key's change is being made
            raise Refused.because("key_used_for_change")
        if result.refusals:
            raise Refused(*result.refusals)
        at_once = not known and result.origin_id not in {None, asked.origin_id}
        if at_once:  # another call with this key has made the change
            await self._known(asked, reason.strip())
        return Changed(**result.model_dump(exclude={"origin_id"}), replayed=known or at_once)

    async def _known(self, asked: NumberChange, reason: str) -> bool:
        """Whether this change is recorded. Raises `Refused` (`key_used_for_change`) if another one is."""
        async with self._database.reading() as connection:
            recorded = await change_rows.find(connection, asked.change_id)
        if recorded is not None and not (recorded.same_as(asked) and notes.same(recorded.reason, reason)):
            raise Refused.because("key_used_for_change")
        return recorded is not None

    async def _apply(self, asked: NumberChange, number: NumberKey) -> ChangeResult:
        """Start the workflow of the change, or find it running, and wait until the change is applied."""
        start = ChangeNumber(change=asked, provider=cut(number.provider), distributor=cut(number.distributor))
        answer = await self._calls.start_and_ask(
            EsimNumberChange.run,
            EsimNumberChange.apply,
            start,
            asked.change_id,
            change_labels(start),
            WorkflowIDReusePolicy.ALLOW_DUPLICATE,
        )
        return cast("ChangeResult", answer)

    async def _note(self, account_id: int, change_id: str, text: str, actor: str) -> int | None:
        """Keep the reason in the database: what is typed never crosses Temporal (W6)."""
        if not text:
            return None
        async with self._database.transaction() as connection:
            return await write_note(connection, account_id, change_id, text, actor)
