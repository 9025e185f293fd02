"""The lock sequence of steps about QR codes: the SIM, then its request, then anything else of the SIM.

Steps of an order lock the order, then its SIMs, and then end the request of a discarded SIM: the same
sequence, so there is no deadlock. A step that only writes an event locks the SIM first, too. An import
locks all codes last, before it checks whether another SIM has the code.
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
class LockedQrSim:
    """A SIM that is locked: it keeps its state until the end of the transaction."""

    id: int
    account_id: int
    kind: SimKind
    state: SimState


@dataclass(frozen=True)
class LockedQrRequest:
    """A request that is locked: no other transaction ends it or sends it again."""

    id: str
    account_id: int
    sim_id: int
    requested_by: int
    status: RequestStatus
    round: int

    @property
    def about(self) -> tuple[str, ...]:
        """The references in events about this request."""
        return sim_references(self.sim_id, request_id=self.id)

    @property
    def state(self) -> RequestState:
        """The request as its workflow reads it."""
        return RequestState(request_id=self.id, status=self.status, sim_id=self.sim_id, round=self.round)


# FOR NO KEY UPDATE: rows with a foreign key to the SIM (links, orders) can be written concurrently
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


async def lock_sim(connection: AsyncConnection, sim_id: int) -> LockedQrSim:
    """Lock the SIM: every change of its code queues here. Raises `NotFound` (`unknown_sim`)."""
    row = (await connection.execute(_LOCK_SIM, {"sim": sim_id})).one_or_none()
    if row is None:
        raise NotFound.because("unknown_sim")
    return LockedQrSim(row.id, row.account_id, SimKind(row.kind), SimState(row.state))


async def lock_request(connection: AsyncConnection, request_id: str) -> LockedQrRequest:
    """Lock the request, and its SIM before it. Raises `NotFound` (`unknown_request`)."""
    sim_id = (await connection.execute(_SIM_OF_REQUEST, {"request": request_id})).scalar_one_or_none()
    if sim_id is None:
        raise unknown_request(request_id)
    await lock_sim(connection, sim_id)
    return await _request(connection, request_id)


async def lock_open_request(connection: AsyncConnection, sim: LockedQrSim) -> LockedQrRequest | None:
    """Lock the open request of a locked SIM, if it has one."""
    request_id = (await connection.execute(_OPEN_OF_SIM, {"sim": sim.id})).scalar_one_or_none()
    return None if request_id is None else await _request(connection, request_id)


async def lock_codes(connection: AsyncConnection) -> None:
    """Lock all codes: no other transaction imports a code until the end of this one."""
    await connection.execute(_LOCK_CODES)


def unknown_request(request_id: str) -> NotFound:
    """The error for a request that does not exist."""
    return NotFound.because("unknown_request", request=request_id)


async def _request(connection: AsyncConnection, request_id: str) -> LockedQrRequest:
    row = (await connection.execute(_LOCK_REQUEST, {"request": request_id})).one()
    return LockedQrRequest(
        id=row.id,
        account_id=row.account_id,
        sim_id=row.sim_id,
        requested_by=row.requested_by,
        status=RequestStatus(row.status),
        round=row.round,
    )
