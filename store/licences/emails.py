"""What the e-mails of an order about a number say, and who their recipients are."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import aliased

from models.licences.add_ons import AddOn
from models.licences.numbers import ReplaceReason
from models.orders.lifecycle import OrderKind, OrderStatus
from store.fleet.tables import SimRow
from store.licences.tables import AgentRow, LicenceOrderRow, LicenceRow, NumberRow
from store.mail_subjects import Person
from store.orders.emails import REQUESTER, contacts_in, order_contacts_of, requester_in
from store.orders.tables import OrderNoteRow, OrderRow
from store.people.tables import AccountRow, DistributorRow, ProviderRow, UserRow


@dataclass(frozen=True)
class LicenceFacts:
    """What the e-mails of an order about a number say, as it is now."""

    order_id: str
    account_id: int
    order_kind: OrderKind
    reason: ReplaceReason | None
    status: OrderStatus
    status_since: datetime
    account: str
    provider: str
    distributor: str
    add_on: AddOn
    msisdn: str
    agent_name: str
    iccid: str | None
    previous_iccid: str | None
    """Of the eSIM that is replaced."""
    cancel_reason: str | None
    requester: Person
    order_contacts: tuple[Person, ...]
    """The contacts that orders of this order's distributor are sent to."""


def _facts() -> Select[*tuple[Any, ...]]:
    esim, replaced = aliased(SimRow), aliased(SimRow)
    return (
        select(
            OrderRow.id.label("order_id"),
            OrderRow.account_id,
            OrderRow.kind.label("order_kind"),
            LicenceOrderRow.reason,
            OrderRow.status,
            OrderRow.status_since,
            AccountRow.name.label("account"),
            ProviderRow.name.label("provider"),
            DistributorRow.name.label("distributor"),
            LicenceRow.add_on,
            NumberRow.msisdn,
            AgentRow.name.label("agent_name"),
            esim.iccid.label("iccid"),
            replaced.iccid.label("previous_iccid"),
            OrderNoteRow.text.label("cancel_reason"),
            *REQUESTER,
            order_contacts_of(OrderRow.distributor_id).label("order_contacts"),
        )
        .join(AccountRow, AccountRow.id == OrderRow.account_id)
        .join(LicenceOrderRow, LicenceOrderRow.order_id == OrderRow.id)
        .join(LicenceRow, LicenceRow.id == LicenceOrderRow.licence_id)
        .join(NumberRow, NumberRow.id == LicenceOrderRow.number_id)
        .join(AgentRow, AgentRow.id == LicenceOrderRow.agent_id)
        .join(ProviderRow, ProviderRow.id == OrderRow.provider_id)
        .join(DistributorRow, DistributorRow.id == OrderRow.distributor_id)
        .join(UserRow, UserRow.id == OrderRow.placed_by)
        .outerjoin(esim, esim.id == OrderRow.esim_id)
        .outerjoin(replaced, replaced.id == LicenceOrderRow.replaced_sim_id)
        .outerjoin(OrderNoteRow, OrderNoteRow.id == OrderRow.cancel_note_id)
        .where(OrderRow.id == bindparam("order"))
    )


_FACTS = _facts()
_COLUMNS = tuple(name for name in LicenceFacts.__dataclass_fields__ if name not in ("requester",))


async def licence_facts(connection: AsyncConnection, order_id: str) -> LicenceFacts:
    """The facts and recipients of the e-mails of an order about a number."""
    row = (await connection.execute(_FACTS, {"order": order_id})).one()
    known = {name: row._mapping[name] for name in _COLUMNS}
    return LicenceFacts(
        **known
        | {
            "order_kind": OrderKind(row.order_kind),
            "reason": None if row.reason is None else ReplaceReason(row.reason),
            "status": OrderStatus(row.status),
            "add_on": AddOn(row.add_on),
            "order_contacts": contacts_in(row.order_contacts),
        },
        requester=requester_in(row),
    )
