"""Check the webhooks: whether events are delivered, and which receivers fail."""

from collections.abc import Sequence

from starter.operations.readiness import Check, within
from store.operations import webhook_metrics
from store.operations.webhook_metrics import WebhooksSeen
from store.session import Database

NAME = "webhooks"
LATE_SECONDS = 300.0
_NAMED = 10
_NO_ANSWER = "The database does not answer; see ESIM_DATABASE_URL."


async def webhooks(database: Database) -> Check:
    """Red where events wait although their receivers do not fail: then no worker delivers. Receivers that
    fail are named; their accounts correct them.
    """

    async def ask() -> WebhooksSeen:
        async with database.reading() as connection:
            return await webhook_metrics.seen(connection, LATE_SECONDS)

    found, unavailable = await within(ask, _NO_ANSWER)
    if found is None:
        return Check(NAME, ok=False, sentence=unavailable)
    if found.late:
        sentence = (
            f"Webhooks with events that wait for over five minutes: {_named(found.late)}. A worker delivers "
            'them; see "Webhooks" in docs/operations.md.'
        )
        return Check(NAME, ok=False, sentence=sentence, ids=found.late)
    parts = [f"Webhooks: {', '.join(f'{number} {state}' for state, number in found.states.items())}."]
    if found.failing:
        parts.append(f"Their receivers fail: {_named(found.failing)}.")
    if found.disabled:
        parts.append(f"Disabled, and the account notified: {_named(found.disabled)}.")
    return Check(NAME, ok=True, sentence=" ".join(parts), ids=found.failing + found.disabled)


def _named(names: Sequence[str]) -> str:
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more
