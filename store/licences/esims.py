"""The eSIM of a number: stopped, suspended and resumed, in the transaction that locks the number."""

from sqlalchemy import bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from models.fleet.inventory import IN_PLACE, SimState
from store.codes import discard
from store.fleet.tables import SimRow
from store.licences import waiting
from store.licences.tables import LicenceRow

_LOCK = select(SimRow.id).where(SimRow.holder == bindparam("subject")).order_by(SimRow.id).with_for_update()
_IN_PLACE = select(SimRow.id).where(
    SimRow.account_id == bindparam("account"),
    SimRow.holder == bindparam("subject"),
    SimRow.state.in_(IN_PLACE),
)
_SET_STATE = (
    update(SimRow)
    .where(SimRow.id == bindparam("sim"), SimRow.state == bindparam("before"))
    .values(state=bindparam("after"))
    .returning(SimRow.iccid)
)
_FREE = update(LicenceRow).where(LicenceRow.number_id == bindparam("number")).values(number_id=None)


async def lock(connection: AsyncConnection, subject: str) -> None:
    """Lock the eSIMs of a number, after its subject and its licence (`store.locks`)."""
    await connection.execute(_LOCK, {"subject": subject})


async def stop(connection: AsyncConnection, sim_id: int, subject: str) -> tuple[str | None, str | None]:
    """Stop the eSIM of this number for good: it is discarded, its QR code, its links and an open request for
    the code end, and so does what else waits because of it.

    Returns its ICCID and the id of the request that ended, whose workflow is to be signalled
    (`LOOK_AT_REQUEST` of `store.orders.swaps`), as are those of `waiting.workflows_of`. The caller has the
    provider notified.
    """
    stopped = await discard.discard(connection, sim_id)
    await waiting.release(connection, sim_id, subject)
    return stopped


async def sim_of(connection: AsyncConnection, account_id: int, number_id: int) -> int | None:
    """The eSIM that the account's number has now, active or suspended."""
    known = {"account": account_id, "subject": f"number:{number_id}"}
    found: int | None = await connection.scalar(_IN_PLACE, known)
    return found


async def set_state(connection: AsyncConnection, sim_id: int, before: SimState, after: SimState) -> bool:
    """Suspend or resume an eSIM; False if it was not in the state before."""
    known = {"sim": sim_id, "before": before, "after": after}
    return (await connection.execute(_SET_STATE, known)).one_or_none() is not None


async def free_licence(connection: AsyncConnection, number_id: int) -> None:
    """The number uses its licence no more: another number can (L24). It stays bought and charged (L32)."""
    await connection.execute(_FREE, {"number": number_id})
