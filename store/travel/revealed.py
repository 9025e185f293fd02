"""Since when the code of an eSIM of the stock is known to anybody: such an eSIM never goes back to stock."""

from sqlalchemy import bindparam, update
from sqlalchemy.ext.asyncio import AsyncConnection

from store.row import now
from store.travel.tables import TravelStockRow

_REVEAL = (
    update(TravelStockRow)
    .where(TravelStockRow.sim_id == bindparam("sim"), TravelStockRow.revealed_at.is_(None))
    .values(revealed_at=now())
)


async def reveal(connection: AsyncConnection, sim_id: int) -> None:
    """Record that the code is about to be shown or sent; a SIM that was never in the stock has no such record
    (T40). Called again, it changes nothing. The caller has locked the SIM.
    """
    await connection.execute(_REVEAL, {"sim": sim_id})
