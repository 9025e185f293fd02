"""Since when the code of an eSIM of the stock is known to anybody: such an eSIM never goes back to stock."""

from sqlalchemy import bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from store.key_ring import KeyRing
from store.row import now
from store.secrets import confirmation_code_of
from store.travel.tables import TravelStockRow

_REVEAL = (
    update(TravelStockRow)
    .where(TravelStockRow.sim_id == bindparam("sim"), TravelStockRow.revealed_at.is_(None))
    .values(revealed_at=now())
)
_CONFIRMATION = select(TravelStockRow.confirmation_code).where(TravelStockRow.sim_id == bindparam("sim"))


async def reveal(connection: AsyncConnection, sim_id: int) -> None:
    """Record that the code is about to be shown or sent; a SIM that was never in the stock has no such record
    (T40). Called again, it changes nothing. The caller has locked the SIM.
    """
    await connection.execute(_REVEAL, {"sim": sim_id})


async def confirmation_code(connection: AsyncConnection, keys: KeyRing, sim_id: int) -> str | None:
    """What the phone asks for besides the QR code; None if nothing is known. Raises `DecryptionFailed`."""
    encrypted = await connection.scalar(_CONFIRMATION, {"sim": sim_id})
    return None if encrypted is None else keys.decrypt(confirmation_code_of(sim_id), encrypted).decode()
