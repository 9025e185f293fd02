"""The catalogue as it is read."""

from sqlalchemy.ext.asyncio import AsyncConnection

from models.inventory import PackView
from store.lookups import pack_view, select_packs
from store.tables import AccountRow, PackItemRow, PackRow


async def items(connection: AsyncConnection, account_id: int | None = None) -> list[PackView]:
    """Every item of every order pack, by account, pack and section."""
    statement = select_packs().order_by(AccountRow.name, PackRow.name, PackItemRow.section, PackItemRow.name)
    if account_id is not None:
        statement = statement.where(PackRow.account_id == account_id)
    return [pack_view(row) for row in await connection.execute(statement)]
