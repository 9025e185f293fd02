"""What is to be done so that an agent gets the QR code of the eSIM that an order brought (L9, L17, L27)."""

from dataclasses import dataclass

from sqlalchemy import bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from models.codes.requests import NotificationView, QrRequest, RequestStatus
from models.errors import EsimError, Refused
from models.fleet.inventory import SimState
from models.identifiers import order_notification_id, qr_request_id
from models.orders.rules import Recipients, request_refusals
from models.people.callers import AllAccounts, By
from store.codes import notifications
from store.codes.code_locks import lock_sim
from store.codes.tables import QrNotificationRow, QrRequestRow, QrVersionRow
from store.fleet.tables import SimRow
from store.licences.recipients import NoAgentAddress, agent_of
from store.orders.facts import sim_facts
from store.orders.tables import OrderRow
from store.people.tables import DistributorRow, ProviderRow


class NoQrContact(EsimError):
    """The number's distributor has no contact with the role eSIM QR code."""

    def __init__(self) -> None:
        super().__init__("The distributor has no contact with the role eSIM QR code.")


class NumberSuspended(EsimError):
    """The number is suspended: its agent gets the QR code once it is resumed (L39)."""

    def __init__(self) -> None:
        super().__init__("The number is suspended.")


@dataclass(frozen=True)
class EsimOfOrder:
    """The eSIM that an order brought, and what operators see of it."""

    order_id: str
    account_id: int
    placed_by: int
    sim_id: int
    sim_state: str
    provider: str
    distributor: str
    version_id: int | None
    """The current version of its code, if the code is known."""
    refused: int
    """How many requests for its code were refused."""


_refused = (
    select(func.count())
    .where(QrRequestRow.sim_id == SimRow.id, QrRequestRow.status == RequestStatus.REFUSED)
    .correlate(SimRow)
    .scalar_subquery()
)
_ESIM = (
    select(
        OrderRow.id.label("order_id"),
        OrderRow.account_id,
        OrderRow.placed_by,
        SimRow.id.label("sim_id"),
        SimRow.state.label("sim_state"),
        ProviderRow.name.label("provider"),
        DistributorRow.name.label("distributor"),
        QrVersionRow.id.label("version_id"),
        _refused.label("refused"),
    )
    .join(SimRow, SimRow.id == OrderRow.esim_id)
    .join(ProviderRow, ProviderRow.id == SimRow.provider_id)
    .join(DistributorRow, DistributorRow.id == SimRow.distributor_id)
    .outerjoin(QrVersionRow, (QrVersionRow.sim_id == SimRow.id) & QrVersionRow.current)
    .where(OrderRow.id == bindparam("order"))
)
_BY_OTHERS = select(QrNotificationRow.id).where(
    QrNotificationRow.version_id == bindparam("version"),
    QrNotificationRow.id != bindparam("own"),
    QrNotificationRow.revoked_at.is_(None),
    func.lower(QrNotificationRow.address) == func.lower(bindparam("address")),
)


async def esim_of(connection: AsyncConnection, order_id: str) -> EsimOfOrder | None:
    """The eSIM of the order; None if the number does not use it any more, so that its code is not wanted.
    Raises `NumberSuspended`.
    """
    row = (await connection.execute(_ESIM, {"order": order_id})).one_or_none()
    if row is None or row.sim_state == SimState.DISCARDED:
        return None
    if row.sim_state == SimState.SUSPENDED:
        raise NumberSuspended
    return EsimOfOrder(**row._mapping)


async def notify_agent(connection: AsyncConnection, esim: EsimOfOrder) -> NotificationView | None:
    """Record the notification of the eSIM's known code to the agent. Idempotent. None if the agent was or is
    being notified of it already, or the number has no agent any more. Raises `NoAgentAddress`.
    """
    await lock_sim(connection, esim.sim_id)  # the agent's address is not changed meanwhile
    agent = await agent_of(connection, esim.sim_id)
    if agent is None or esim.version_id is None:
        return None
    if not agent.email:
        raise NoAgentAddress
    own = order_notification_id(esim.account_id, esim.order_id)
    known = await notifications.find(connection, AllAccounts(), own)
    if known is not None:
        return known
    others = {"version": esim.version_id, "own": own, "address": agent.email}
    if await connection.scalar(_BY_OTHERS, others) is not None:
        return None
    return await notifications.create(
        connection,
        notification_id=own,
        account_id=esim.account_id,
        sim_id=esim.sim_id,
        version_id=esim.version_id,
        address=agent.email,
        by=By(f"user:{esim.placed_by}"),
    )


async def code_request(connection: AsyncConnection, esim: EsimOfOrder) -> QrRequest | None:
    """The request for the eSIM's code; None if one is open already. It is made by the platform, for the user
    who placed the order: an accepted order continues whatever the user may still do (F53).

    A refused request is refused for good, so the next attempt has an id of its own. Raises `NoAgentAddress`,
    `NoQrContact`, and `Refused` with any other reason.
    """
    agent = await agent_of(connection, esim.sim_id)
    if agent is None:
        return None
    if not agent.email:
        raise NoAgentAddress
    facts = await sim_facts(connection, esim.sim_id, esim.placed_by)
    if facts.open_qr_request is not None:
        return None
    if not facts.qr_contacts:
        raise NoQrContact
    if reasons := request_refusals(facts, Recipients(contacts=facts.qr_contacts)):
        raise Refused(*reasons)
    attempt = f", attempt {esim.refused + 1}" if esim.refused else ""
    return QrRequest(
        request_id=qr_request_id(esim.account_id, f"code of {esim.order_id}{attempt}"),
        account_id=esim.account_id,
        sim_id=esim.sim_id,
        user_id=esim.placed_by,
        order_id=esim.order_id,
    )
