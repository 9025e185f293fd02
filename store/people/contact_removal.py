"""Removes a contact of a distributor, and counts the links that a contact would lose (S4)."""

from sqlalchemy import bindparam, delete, func, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.types import String

from models.codes.requests import RequestStatus
from models.people.callers import By
from models.people.views import OpenLinks
from store import events
from store.codes import link_ends
from store.codes.tables import LinkRow, QrRequestRow
from store.locks import keep_account_open
from store.orders import links as order_links
from store.people import erasure
from store.people.tables import ContactRoleRow, ContactRow

_OPEN_UPLOADS = (
    select(func.count())
    .select_from(LinkRow)
    .join(QrRequestRow, QrRequestRow.id == LinkRow.request_id)
    .where(
        LinkRow.account_id == bindparam("account"),
        QrRequestRow.status == RequestStatus.REQUESTED,
        link_ends.of_contacts(bindparam("recipients", type_=ARRAY(String))),
    )
)


async def open_links(connection: AsyncConnection, account_id: int, contact_id: int) -> OpenLinks:
    """How many links of open requests and orders the contact has."""
    known = {"account": account_id, "recipients": [f"contact:{contact_id}"]}
    uploads = int(await connection.scalar(_OPEN_UPLOADS, known) or 0)
    return OpenLinks(uploads=uploads, orders=await order_links.open_orders_of(connection, contact_id))


async def remove(connection: AsyncConnection, account_id: int, contact_id: int, by: By) -> list[str]:
    """Delete a contact whom no open work needs, and revoke the links; the work that needs the contact, if
    any, and then nothing is deleted. Raises `Refused` (`account_closed`).
    """
    await keep_account_open(connection, account_id)
    person = erasure.PersonRecords(None, frozenset(), frozenset({account_id}), contacts=(contact_id,))
    if needed := await erasure.needed_by(connection, person):
        return needed
    await link_ends.revoke_of_contacts(connection, [contact_id], by)
    await order_links.revoke_of_contacts(connection, [contact_id], by)
    await connection.execute(delete(ContactRoleRow).where(ContactRoleRow.contact_id == contact_id))
    await connection.execute(delete(ContactRow).where(ContactRow.id == contact_id))
    about, happened = (f"contact:{contact_id}",), ("contact.removed", {"contact": contact_id})
    await events.append(connection, account_id, about, by.actor, happened, origin_id=by.origin_id)
    return []
