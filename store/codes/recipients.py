"""For whom the code of an eSIM is meant, by what the eSIM serves, and who may send it to another address.

The code of a line's eSIM is for the user who requests it. Others are for a person whom the record names: of a
number, for its agent; of an eSIM line, for its subscriber.
"""

from collections.abc import Awaitable, Callable

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from models.errors import EsimError
from models.people.callers import Permission
from store.fleet.tables import SimRow
from store.licences.recipients import NoAgentAddress, agent_of
from store.licences.waiting import REQUEST_CODE
from store.mail_subjects import Person
from store.operations import holds
from store.orders.tables import FollowUpRow, OrderRow
from store.travel.recipients import NoSubscriberAddress, subscriber_of

RECIPIENTS: dict[str, Callable[[AsyncConnection, int], Awaitable[Person | None]]] = {
    "number": agent_of,
    "esim_line": subscriber_of,
}
"""How the recipient of a SIM's code is found, by the kind of its holder: the prefix of `sims.holder`."""
TO_OTHERS: dict[str, Permission] = {
    "number": Permission.ASSIGN_LICENCES,
    "esim_line": Permission.SELL_TRAVEL,
}
"""What a caller needs to notify another address than that person's, by the kind of the holder."""
_BY_ORDER = (
    select(FollowUpRow.id)
    .join(OrderRow, OrderRow.id == FollowUpRow.order_id)
    .where(
        OrderRow.esim_id == bindparam("sim"),
        FollowUpRow.kind == REQUEST_CODE,
        FollowUpRow.done_at.is_(None),
        ~holds.is_held(OrderRow.id),
    )
)
NO_ADDRESS: dict[str, Callable[[], EsimError]] = {"number": NoAgentAddress, "esim_line": NoSubscriberAddress}
"""What is raised where that person has no address, by the kind of the holder."""
_HOLDER = select(SimRow.holder).where(SimRow.id == bindparam("sim"))


async def recipient_of(connection: AsyncConnection, sim_id: int) -> Person | None:
    """The person for whom the code of the SIM is meant, perhaps without an address; None if the record that
    it serves names none, as a line does.
    """
    find = RECIPIENTS.get(await _kind(connection, sim_id))
    return None if find is None else await find(connection, sim_id)


def needed_for(holder: str | None, person: Person | None, address: str) -> Permission | None:
    """The permission that notifying this address needs, besides that of notifying at all: of the code of an
    eSIM that serves `holder` and is meant for this person.
    """
    return None if is_for(person, address) else TO_OTHERS.get(kind_of(holder))


def is_for(person: Person | None, address: str) -> bool:
    """Whether this is the address of the person for whom the code is meant."""
    return person is not None and (person.email or "").lower() == address.lower()


async def address_for(connection: AsyncConnection, sim_id: int, requester: str) -> str:
    """The address that is notified of the SIM's code: that of the person for whom it is meant, else the
    requester's. Raises one of `NO_ADDRESS`.
    """
    person = await recipient_of(connection, sim_id)
    if person is None:
        return requester
    if not person.email:
        without = NO_ADDRESS[await _kind(connection, sim_id)]
        raise without()
    return person.email


async def sent_by_itself(connection: AsyncConnection, sim_id: int, *, answered: bool) -> bool:
    """Whether the person for whom the SIM's code is meant gets the code, which was just imported, by e-mail
    without a call: from the request that it has `answered`, else from the order that brought the SIM.
    """
    if await _kind(connection, sim_id) not in RECIPIENTS:
        return False
    return answered or await connection.scalar(_BY_ORDER, {"sim": sim_id}) is not None


async def _kind(connection: AsyncConnection, sim_id: int) -> str:
    return kind_of(await connection.scalar(_HOLDER, {"sim": sim_id}))


def kind_of(holder: str | None) -> str:
    """The kind of a holder: `number` of `number:7`; empty for a SIM that serves nothing."""
    return (holder or "").partition(":")[0]
