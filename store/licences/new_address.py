"""An agent's address changes (`store.codes.new_address`): the numbers of the agent are locked before their
eSIMs, and both before the agent.
"""

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from store.codes.new_address import Served, lock_esims
from store.licences.agents import numbers_of
from store.licences.tables import AgentRow

_LOCK_AGENT = select(AgentRow.email).where(AgentRow.id == bindparam("agent")).with_for_update(key_share=True)


async def lock(connection: AsyncConnection, account_id: int, agent_id: int) -> Served:
    """Lock the numbers that the agent uses, their eSIMs and the agent."""
    which = {"agent": agent_id}
    while True:
        attempt = await connection.begin_nested()
        numbers = await numbers_of(connection, account_id, agent_id)
        subjects = [f"number:{number_id}" for number_id in numbers]
        sims = await lock_esims(connection, account_id, subjects)
        address = await connection.scalar(_LOCK_AGENT, which)
        if await numbers_of(connection, account_id, agent_id) == numbers:
            await attempt.commit()
            return Served(account_id, sims, address)
        await attempt.rollback()  # the agent was given or left a number before the agent was locked
