"""Which call added a round of a request for a QR code: the `call` of its row.

The first has `request-` and a digest of what was sent; a later one `again-`, 32 digits of its idempotency key
and that digest. Rounds of before have no digest, and are taken to have sent the same.
"""

from sqlalchemy import String, bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from models.codes.requests import RequestState
from models.errors import Refusal, Refused
from store.codes.tables import QrRequestRow, QrRoundRow
from store.event_table import EventRow

_OF_KEY_ALONE = len("again-") + 32
_OF_KEY = func.left(QrRoundRow.call, _OF_KEY_ALONE) == func.left(
    bindparam("call", type_=String), _OF_KEY_ALONE
)
_ROUND_OF_CALL = select(QrRoundRow.call).where(QrRoundRow.request_id == bindparam("request"), _OF_KEY)
_SENT_AGAIN = (
    select(QrRequestRow.id, QrRequestRow.status, QrRoundRow.number, QrRoundRow.call)
    .join(QrRequestRow, QrRequestRow.id == QrRoundRow.request_id)
    .where(QrRequestRow.sim_id == bindparam("sim"), _OF_KEY)
    .order_by(QrRequestRow.requested_at.desc())
    .limit(1)
)

_NUMBER = (
    select(QrRoundRow.number)
    .where(QrRoundRow.request_id == bindparam("request"), QrRoundRow.call == bindparam("call"))
    .scalar_subquery()
)
_ADDED_BY = select(EventRow.origin_id).where(
    EventRow.about.contains(bindparam("about", type_=EventRow.about.type)),
    EventRow.type == "qr.sent_again",
    EventRow.data["round"].as_integer() == _NUMBER,
)


def first_call(content: str | None) -> str:
    """The `call` of the first round; `content`: the digest of what was sent."""
    return "request" if content is None else f"request-{content}"


def content_of(call: str) -> str | None:
    """The digest in the `call` of a first round."""
    return call.partition("-")[2] or None


async def added(connection: AsyncConnection, request_id: str, call: str) -> tuple[Refusal, ...] | None:
    """None if the key of this call has added no round to the request; refusals if it sent something else."""
    known = (
        await connection.execute(_ROUND_OF_CALL, {"request": request_id, "call": call})
    ).scalar_one_or_none()
    if known is None:
        return None
    return (Refusal.of("key_reused"),) if _is_another(known, call) else ()


async def sent_again(connection: AsyncConnection, sim_id: int, call: str) -> RequestState | None:
    """The round that this call has already added to a request of the SIM, open or ended. Raises `Refused`
    (`key_reused`) if the call of its key sent something else.
    """
    row = (await connection.execute(_SENT_AGAIN, {"sim": sim_id, "call": call})).one_or_none()
    if row is None:
        return None
    if _is_another(row.call, call):
        raise Refused.because("key_reused")
    return RequestState(request_id=row.id, status=row.status, sim_id=sim_id, round=row.number)


async def added_by_another(
    connection: AsyncConnection, request_id: str, call: str, origin_id: int | None
) -> bool:
    """Whether another call with this key has added the round, just before the call of this origin. False
    where the call says nothing of its origin.
    """
    if origin_id is None:
        return False
    which = {"request": request_id, "about": [request_id], "call": call}
    return await connection.scalar(_ADDED_BY, which) != origin_id


def _is_another(known: str, call: str) -> bool:
    return len(known) > _OF_KEY_ALONE and known != call
