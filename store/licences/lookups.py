"""Find the number or agent that a person typed; as in `store.lookups`, what is outside the scope is
not found.
"""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from models.errors import NotFound
from models.identifiers import parse_reference, storable
from models.people.callers import Scope
from store.licences.tables import AgentRow, NumberRow
from store.lookups import phone_number
from store.people.tables import DistributorRow, ProviderRow
from store.scopes import within


@dataclass(frozen=True)
class NumberKey:
    """A number that was found, with what operators are shown about it."""

    id: int
    account_id: int
    agent_id: int | None
    provider: str
    distributor: str

    @property
    def subject(self) -> str:
        """The reference that orders and SIMs have to the number: `number:7`."""
        return f"number:{self.id}"


@dataclass(frozen=True)
class AgentKey:
    """An agent who was found."""

    id: int
    account_id: int
    deactivated: bool


async def find_number(connection: AsyncConnection, scope: Scope, text: str) -> NumberKey:
    """The number with this phone number (E.164) or id (`N-7`, `7`), also a deleted one: by its phone number,
    if there is no other, the one that was deleted last.

    Raises `NotFound` (`unknown_number`).
    """
    number = parse_reference("N", text)
    msisdn = None if number is not None else phone_number(text)
    if number is None and msisdn is None:
        raise NotFound.because("unknown_number")
    chosen = NumberRow.msisdn == msisdn if number is None else NumberRow.id == number
    statement = (
        select(NumberRow.id, NumberRow.account_id, NumberRow.agent_id, ProviderRow.name, DistributorRow.name)
        .join(ProviderRow, ProviderRow.id == NumberRow.provider_id)
        .join(DistributorRow, DistributorRow.id == NumberRow.distributor_id)
        .where(chosen, within(scope, NumberRow.account_id))
        .order_by(NumberRow.deleted_at.desc().nulls_first(), NumberRow.id.desc())
        .limit(1)
    )
    row = (await connection.execute(statement)).one_or_none()
    if row is None:
        raise NotFound.because("unknown_number")
    return NumberKey(*row)


async def find_agent(connection: AsyncConnection, scope: Scope, text: str) -> AgentKey:
    """The agent with this e-mail address or id (`AG-4`, `4`), also a deactivated one.

    Raises `NotFound` (`unknown_agent`), also where several accounts in the scope have an agent with the
    address: then only the id names one.
    """
    number = parse_reference("AG", text)
    if number is not None:
        chosen = AgentRow.id == number
    elif storable(text) and text.strip():
        chosen = func.lower(AgentRow.email) == func.lower(text.strip())
    else:
        raise NotFound.because("unknown_agent")
    statement = select(AgentRow.id, AgentRow.account_id, AgentRow.deactivated_at.is_not(None))
    rows = (await connection.execute(statement.where(chosen, within(scope, AgentRow.account_id)))).all()
    if len(rows) != 1:
        raise NotFound.because("unknown_agent")
    return AgentKey(*rows[0])
