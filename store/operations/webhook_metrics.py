"""The queries of the gauges and of `doctor` about webhooks."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.identifiers import reference
from models.operations.webhooks import IN_A_ROW, WebhookState
from store.operations.metrics import Metrics
from store.operations.webhook_relay import next_events

_STATE = f"""CASE WHEN w.disabled_at IS NOT NULL THEN 'disabled' WHEN w.failures >= {IN_A_ROW} THEN 'failing'
    ELSE 'enabled' END"""
_STATES = text(f"SELECT {_STATE} AS state, count(*) AS number FROM webhooks w GROUP BY 1")  # noqa: S608
_RETRIES = text("SELECT count(*) FROM webhook_attempts WHERE next_attempt_at IS NOT NULL")
_WAITING = f"""
    SELECT w.id, EXTRACT(epoch FROM esim_now() - greatest(next.at, w.working_since)) AS seconds
    FROM webhooks w CROSS JOIN LATERAL ({next_events()}) AS next
    WHERE w.disabled_at IS NULL AND w.failures < {IN_A_ROW}
"""  # noqa: S608  conditions of our own
_OLDEST = text(f"SELECT max(seconds) FROM ({_WAITING}) AS waiting")  # noqa: S608
_LATE = text(f"SELECT id FROM ({_WAITING}) AS waiting WHERE seconds > :seconds ORDER BY id")  # noqa: S608
_OF_STATE = text(
    f"SELECT w.id FROM webhooks w WHERE {_STATE} = :state AND w.disabled_for IS DISTINCT FROM 'asked'"  # noqa: S608
    " ORDER BY w.id"
)


@dataclass(frozen=True)
class WebhooksSeen:
    """The endpoints (`WH-7`) that an operator should know of."""

    states: Mapping[str, int]
    late: tuple[str, ...]
    """Enabled for long, and their receivers do not fail, and still events wait."""
    failing: tuple[str, ...]
    disabled: tuple[str, ...]
    """By this application, not on request."""


async def states(connection: AsyncConnection) -> Metrics:
    """The number of endpoints by state; 0 if none."""
    none = {(str(state),): 0.0 for state in WebhookState}
    return none | {(row.state,): float(row.number) for row in await connection.execute(_STATES)}


async def retries(connection: AsyncConnection) -> Metrics:
    """The number of events that are to be sent again."""
    return {(): float(await connection.scalar(_RETRIES) or 0)}


async def oldest_waiting(connection: AsyncConnection) -> Metrics:
    """How long the oldest event that was never tried has waited, of receivers that do not fail; 0 if none.
    From when its endpoint was enabled, or its receiver works again, if that was later.
    """
    return {(): float(await connection.scalar(_OLDEST) or 0)}


async def seen(connection: AsyncConnection, late_after: float) -> WebhooksSeen:
    """What `doctor` says of webhooks."""
    late = await connection.scalars(_LATE, {"seconds": late_after})
    late_ids = tuple(reference("WH", one) for one in late)
    bad = {}
    for state in (WebhookState.FAILING, WebhookState.DISABLED):
        found = await connection.scalars(_OF_STATE, {"state": str(state)})
        bad[state] = tuple(reference("WH", one) for one in found)
    counted = {label: int(number) for (label,), number in (await states(connection)).items()}
    return WebhooksSeen(counted, late_ids, bad[WebhookState.FAILING], bad[WebhookState.DISABLED])
