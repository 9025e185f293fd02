"""Read, create, edit and deactivate agents: the people who use the numbers of an account (L1).

An agent is named by the e-mail address or the id (`AG-4`). Files of numbers bring their agents:
`starter.licences.numbers`.
"""

from collections.abc import Collection
from typing import Any, Literal

from temporalio.client import Client

from models.licences.numbers import Change
from models.licences.phones import parse_eid
from models.licences.views import AgentView
from models.people.callers import Caller, OfAccount, Permission
from models.people.profiles import parse_name
from settings import Settings
from starter.codes.new_address import NewAddresses
from starter.connected import ConnectedDesk
from starter.keys import checked_key
from starter.licences.book import AgentBook
from starter.licences.changes import NumberChanges
from starter.people.users import email_address, spoken
from store import lookups
from store.codes.new_address import Moved, move
from store.licences import agents, new_address
from store.licences.lookups import AgentKey, find_agent, find_number
from store.session import Database

Removable = Literal["language", "eid"]
REMOVABLE: tuple[Removable, ...] = ("language", "eid")
"""What of an agent can be removed. An address cannot: it is replaced by another one."""


class AgentDesk(ConnectedDesk, AgentBook):
    """Reads and edits the agents in the caller's scope."""

    def __init__(self, client: Client, database: Database, settings: Settings) -> None:
        super().__init__(client, database, settings)
        self._changes = NumberChanges(self._calls, database)
        self._addresses = NewAddresses(self._calls, database, settings)

    async def create_agent(
        self,
        caller: Caller,
        account: str | None,
        name: str,
        email: str | None = None,
        *,
        language: str | None = None,
        eid: str | None = None,
        phone_confirmed: bool = False,
        key: str | None = None,
    ) -> AgentView:
        """Create an agent of an account, once per key. Without an address the agent can use a number, but
        gets no eSIM until there is one (L27). Raises `Refused` (`agent_exists`, `key_reused`).
        """
        async with self._database.transaction() as connection:
            found = await lookups.find_account(connection, caller.scope, account)
            caller.require(Permission.MANAGE_NUMBERS)
            fields = _fields(name, email, language, eid)
            checked = None if key is None else checked_key(key)
            return await agents.create(
                connection, found.id, caller.by, phone_confirmed=phone_confirmed, key=checked, **fields
            )

    async def edit_agent(
        self,
        caller: Caller,
        agent: str,
        *,
        name: str | None = None,
        email: str | None = None,
        language: str | None = None,
        eid: str | None = None,
        phone_confirmed: bool | None = None,
        remove: Collection[Removable] = (),
    ) -> AgentView:
        """Edit an agent; None leaves a field as it is, `remove` empties it. Orders and requests for codes
        that are held for the address continue with it (L27). E-mails with a QR code to the address before are
        revoked with their links; those that were not sent, or whose link was valid, are sent to the new one
        (L31). After `Unavailable` the agent is edited; the same call again continues and sends them.
        """
        async with self._database.transaction() as connection:
            found = await find_agent(connection, caller.scope, agent)
            caller.require(Permission.MANAGE_NUMBERS)
            given = _fields(name, email, language, eid)
            fields = {field: value for field, value in given.items() if value is not None}
            fields |= dict.fromkeys(remove)
            address, moved = fields.get("email"), Moved()
            if address is not None:
                served = await new_address.lock(connection, found.account_id, found.id)
            edited = await agents.edit(
                connection, found.id, caller.by, fields, phone_confirmed=phone_confirmed
            )
            if address is not None:
                moved = await move(connection, served, address, caller.by)
            held = []
            if edited.email is not None:
                held = await agents.held_for_address(connection, found.account_id, found.id)
        await self._addresses.used(caller, found.account_id, moved, held)
        return edited

    async def deactivate_agent(self, caller: Caller, agent: str) -> AgentView:
        """Deactivate an agent, who first leaves all numbers: their eSIMs stop at once (L38). After
        `Unavailable`, the same call again finishes it: it is idempotent.
        """
        while True:
            async with self._database.reading() as connection:
                found = await find_agent(connection, caller.scope, agent)
                caller.require(Permission.MANAGE_NUMBERS)
                numbers = await agents.numbers_of(connection, found.account_id, found.id)
            for number_id in numbers:
                await self._leave(caller, found, number_id)
            async with self._database.transaction() as connection:
                deactivated = await agents.deactivate(connection, found.id, caller.by)
            if deactivated is not None:
                return deactivated

    async def _leave(self, caller: Caller, agent: AgentKey, number_id: int) -> None:
        """Change the user of a number to none, unless another agent uses it by now."""
        async with self._database.reading() as connection:
            number = await find_number(connection, OfAccount(agent.account_id), f"N-{number_id}")
        if number.agent_id == agent.id:
            await self._changes.make(caller, number, Change.CHANGE_USER)

    async def activate_agent(self, caller: Caller, agent: str) -> AgentView:
        """Activate a deactivated agent again, who uses no number then."""
        async with self._database.transaction() as connection:
            found = await find_agent(connection, caller.scope, agent)
            caller.require(Permission.MANAGE_NUMBERS)
            return await agents.activate(connection, found.id, caller.by)


def _fields(name: str | None, email: str | None, language: str | None, eid: str | None) -> dict[str, Any]:
    """What was entered, as it is stored. Raises `Refused` (`name_invalid`, `email_invalid`, ...)."""
    return {
        "name": None if name is None else parse_name(name),
        "email": None if email is None else email_address(email),
        "language": spoken(language),
        "eid": None if eid is None else parse_eid(eid),
    }
