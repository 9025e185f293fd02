"""The notification that the workflow of a request offers to the requester, once the code was imported."""

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from models.codes.requests import RequestStatus
from models.fleet.inventory import SimState
from models.identifiers import qr_notification_id
from models.people.callers import AllAccounts, By
from store.codes.code_locks import lock_request
from store.codes.notifications import NOTIFIED, OFFERED_BY, create, find
from store.codes.recipients import address_for
from store.codes.tables import QrRequestRow, QrVersionRow
from store.fleet.tables import SimRow
from store.people.tables import UserRow

_UNNOTIFIED = (
    select(QrVersionRow.id, UserRow.email)
    .join(QrRequestRow, QrRequestRow.sim_id == QrVersionRow.sim_id)
    .join(UserRow, UserRow.id == QrRequestRow.requested_by)
    .join(SimRow, SimRow.id == QrVersionRow.sim_id)
    .where(
        QrRequestRow.id == bindparam("request"),
        QrRequestRow.status == RequestStatus.IMPORTED,
        QrVersionRow.current,
        SimRow.state != SimState.DISCARDED,
        ~NOTIFIED,
    )
)


async def offer_notification(connection: AsyncConnection, request_id: str) -> str | None:
    """Record a notification for the requester, or for the person for whom the code is meant, if no recipient
    has been notified of the imported code; return its id. None if a recipient has been notified, the request
    has no code, or the SIM is discarded. Raises `NoAgentAddress`.
    """
    request = await lock_request(connection, request_id)
    own = _id_for_requester(request.account_id, request_id)
    if await find(connection, AllAccounts(), own) is not None:
        return own
    which = {"request": request_id}
    unnotified = (await connection.execute(_UNNOTIFIED, which)).one_or_none()
    if unnotified is None:
        return None
    await create(
        connection,
        notification_id=own,
        account_id=request.account_id,
        sim_id=request.sim_id,
        version_id=unnotified.id,
        address=await address_for(connection, request.sim_id, unnotified.email),
        by=By(OFFERED_BY),
    )
    return own


async def offered(connection: AsyncConnection, account_id: int, request_id: str) -> bool:
    """Whether the workflow of the request notifies the requester, or has done so, by itself."""
    known = await find(connection, AllAccounts(), _id_for_requester(account_id, request_id))
    return known is not None and known.state != "given_up"


def _id_for_requester(account_id: int, request_id: str) -> str:
    return qr_notification_id(account_id, f"the requester of {request_id}")
