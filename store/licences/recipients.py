"""The agent of a number's eSIM: who gets its QR code (L9, L17, L27)."""

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from models.errors import EsimError
from models.language import Language
from store.fleet.tables import SimRow
from store.licences.tables import AgentRow, NumberRow
from store.mail_subjects import Person
from store.people.languages import language_of
from store.people.tables import AccountRow

_AGENT = (
    select(AgentRow.id, AgentRow.name, AgentRow.email, language_of(AgentRow).label("language"))
    .join(NumberRow, NumberRow.agent_id == AgentRow.id)
    .join(AccountRow, AccountRow.id == AgentRow.account_id)
    .join(SimRow, SimRow.holder == NumberRow.subject)
    .where(SimRow.id == bindparam("sim"))
)


class NoAgentAddress(EsimError):
    """The agent of the number has no e-mail address."""

    def __init__(self) -> None:
        super().__init__("The agent of the number has no e-mail address.")


async def agent_of(connection: AsyncConnection, sim_id: int) -> Person | None:
    """The agent of the number that this eSIM serves now; None if there is none."""
    row = (await connection.execute(_AGENT, {"sim": sim_id})).one_or_none()
    if row is None:
        return None
    return Person(f"agent:{row.id}", row.name, row.email, Language(row.language))
