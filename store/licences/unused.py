"""Free the licence of a number that has no eSIM, because the replacement of a lost one was refused (L30)."""

from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from models.people.callers import By, Permission
from store import events
from store.licences import esims, facts
from store.locks import lock_subject
from store.people.actors import actor_refusal


async def free_unused(
    connection: AsyncConnection, account_id: int, number_id: int, by: By, kept: timedelta
) -> int | None:
    """Free the licence that the number uses, unless it has an eSIM or an open order: another number can use
    it, and it stays bought (L24, L32). Returns the licence; None if there is none to be freed, or if the
    actor may not assign licences any more. Idempotent. `kept`: as for `facts.number`.
    """
    if not await lock_subject(connection, account_id, f"number:{number_id}"):
        return None
    permission = Permission.ASSIGN_LICENCES
    if await actor_refusal(connection, by.actor, account_id, permission=permission, origin_id=by.origin_id):
        return None
    number = await facts.number(connection, account_id, number_id, kept)
    if number is None or number.sim_id is not None or number.open_order is not None:
        return None
    licence_id: int | None = number.licence_id
    if licence_id is None:
        return None
    await esims.free_licence(connection, number_id)
    happened = ("licence.freed", {"licence": licence_id})
    about = (f"number:{number_id}",)
    await events.append(connection, account_id, about, by.actor, happened, origin_id=by.origin_id)
    return licence_id
