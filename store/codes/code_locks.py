"""What steps about QR codes lock, and in which order: the SIM, then its request, then anything else of it.

Steps of an order lock the order, then its SIMs, and end a discarded SIM's request after that: the same
order, so neither waits for the other in a circle. Also a step that writes an event alone locks the SIM
first. Before it looks whether a code is taken an import locks all codes, last.
"""

from dataclasses import dataclass

from sqlalchemy import bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from models.codes.requests import RequestState, RequestStatus
from models.errors import NotFound
from models.events import sim_references
from models.fleet.inventory import SimKind, SimState
from store.codes.tables import QrRequestRow
from store.fleet.tables import SimRow

_CODES_LOCK = 6_145_320


@dataclass(frozen=True)
class SimInHand:
    """A SIM that keeps its state until the end of the transaction."""

    id: int
    account_id: int
    kind: SimKind
    state: SimState


@dataclass(frozen=True)
class RequestInHand:
    """A request that nobody else ends or sends until the end of the transaction."""

    id: str
    account_id: int
    sim_id: int
    requested_by: int
    status: RequestStatus
    round: int

    @property
    def about(self) -> tuple[str, ...]:
        """What events of this request refer to."""
        return sim_references(self.sim_id, request_id=self.id)

    @property
    def state(self) -> RequestState:
        """The request as it is told to its workflow."""
        return RequestState(request_id=self.id, status=self.status, sim_id=self.sim_id, round=self.round)


# NO KEY: events, links and orders may refer to the SIM meanwhile
_LOCK_SIM = (
    select(SimRow.id, SimRow.account_id, SimRow.kind, SimRow.state)
    .where(SimRow.id == bindparam("sim"))
    .with_for_update(key_share=True)
)
_SIM_OF_REQUEST = select(QrRequestRow.sim_id).where(QrRequestRow.id == bindparam("request"))
_LOCK_REQUEST = (
    select(
        QrRequestRow.id,
        QrRequestRow.account_id,
        QrRequestRow.sim_id,
        QrRequestRow.requested_by,
        QrRequestRow.status,
        QrRequestRow.round,
    )
    .where(QrRequestRow.id == bindparam("request"))
    .with_for_update(key_share=True)
)
_OPEN_OF_SIM = select(QrRequestRow.id).where(
    QrRequestRow.sim_id == bindparam("sim"), QrRequestRow.status == RequestStatus.REQUESTED
)
_LOCK_CODES = select(func.pg_advisory_xact_lock(_CODES_LOCK))


async def lock_sim(connection: AsyncConnection, sim_id: int) -> SimInHand:
    """Whatever happens to the SIM's code queues here. Raises `NotFound` (`unknown_sim`)."""
    row = (await connection.execute(_LOCK_SIM, {"sim": sim_id})).one_or_none()
    if row is None:
        raise NotFound.because("unknown_sim")
    return SimInHand(row.id, row.account_id, SimKind(row.kind), SimState(row.state))


async def lock_request(connection: AsyncConnection, request_id: str) -> RequestInHand:
    """Lock the request, and its SIM before it. Raises `NotFound` (`unknown_request`)."""
    sim_id = (await connection.execute(_SIM_OF_REQUEST, {"request": request_id})).scalar_one_or_none()
    if sim_id is None:
        raise unknown_request(request_id)
    await lock_sim(connection, sim_id)
    return await _request(connection, request_id)


async def lock_open_request(connection: AsyncConnection, sim: SimInHand) -> RequestInHand | None:
    """Lock the open request of a SIM in hand, if it has one."""
    request_id = (await connection.execute(_OPEN_OF_SIM, {"sim": sim.id})).scalar_one_or_none()
    return None if request_id is None else await _request(connection, request_id)


async def lock_codes(connection: AsyncConnection) -> None:
    """From here to the end of the transaction nobody else gives any SIM a code."""
    await connection.execute(_LOCK_CODES)


def unknown_request(request_id: str) -> NotFound:
    """Say that there is no such request."""
    return NotFound.because("unknown_request", request=request_id)


async def _request(connection: AsyncConnection, request_id: str) -> RequestInHand:
    row = (await connection.execute(_LOCK_REQUEST, {"request": request_id})).one()
    return RequestInHand(
        id=row.id,
        account_id=row.account_id,
        sim_id=row.sim_id,
        requested_by=row.requested_by,
        status=RequestStatus(row.status),
        round=row.round,
    )
