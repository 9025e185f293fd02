"""The data of the page behind a link: enough to identify the SIM, and no more of the account's data."""

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Select, bindparam, exists, func, select
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.ext.asyncio import AsyncConnection

from models.codes.links import LinkPage, OverPage, UploadPage
from models.codes.requests import RequestStatus
from models.fleet.inventory import SimState
from models.people.callers import OfLink
from store.codes import notifications
from store.codes.imports import IMPORTED, imported_by
from store.codes.tables import LinkRow, QrRequestRow
from store.event_table import EventRow
from store.fleet.tables import SimRow
from store.people.tables import AccountRow, ContactRow, DistributorRow, ProviderRow, UserRow


@dataclass(frozen=True)
class Requester:
    """The user who requested a code: the manager who is notified when it is imported (F37)."""

    user_id: int
    name: str = field(repr=False)
    email: str = field(repr=False)


def _page() -> Select[*tuple[Any, ...]]:
    return (
        select(
            SimRow.id.label("sim_id"),
            func.right(SimRow.iccid, 4).label("tail"),
            ProviderRow.name.label("provider"),
            DistributorRow.name.label("distributor"),
            AccountRow.name.label("account"),
            LinkRow.expires_at,
        )
        .select_from(LinkRow)
        .join(SimRow, SimRow.id == LinkRow.sim_id)
        .join(ProviderRow, ProviderRow.id == SimRow.provider_id)
        .join(AccountRow, AccountRow.id == LinkRow.account_id)
        .outerjoin(DistributorRow, DistributorRow.id == SimRow.distributor_id)
        .where(LinkRow.id == bindparam("link"))
    )


_DOWNLOAD = _page()
_OF_REQUEST = _page().add_columns(QrRequestRow.id).join(QrRequestRow, QrRequestRow.id == LinkRow.request_id)
_UPLOAD = _OF_REQUEST.add_columns(
    QrRequestRow.requested_at, LinkRow.recipient, ContactRow.name.label("recipient_name")
).outerjoin(ContactRow, func.concat("contact:", ContactRow.id) == LinkRow.recipient)
_OVER = _OF_REQUEST.add_columns(
    QrRequestRow.status,
    QrRequestRow.status_since,
    LinkRow.recipient,
    SimRow.state.label("sim_state"),
    exists()
    .where(
        EventRow.about.contains(array([LinkRow.request_id])),
        EventRow.type == IMPORTED,
        EventRow.actor == LinkRow.recipient,
    )
    .label("answered"),
)
_REQUESTER = (
    select(UserRow.id, UserRow.name, UserRow.email)
    .join(QrRequestRow, QrRequestRow.requested_by == UserRow.id)
    .where(QrRequestRow.id == bindparam("request_id"))
)


async def upload_page(connection: AsyncConnection, scope: OfLink) -> UploadPage:
    """The data of the page on which the contact uploads the code. The link must exist."""
    row = (await connection.execute(_UPLOAD, {"link": scope.link_id})).one()
    return UploadPage(
        **_of(row),
        request=row.id,
        requested_at=row.requested_at,
        recipient=row.recipient,
        recipient_name=row.recipient_name or "",
    )


async def over_page(connection: AsyncConnection, scope: OfLink) -> OverPage:
    """How the request of this upload link ended. The link must exist."""
    row = (await connection.execute(_OVER, {"link": scope.link_id})).one()
    return OverPage(
        **_of(row),
        request=row.id,
        status=RequestStatus(row.status),
        since=row.status_since,
        answered_by_recipient=row.answered,
        unnotified=row.answered
        and row.sim_state != SimState.DISCARDED
        and await _unnotified(connection, row),
    )


async def download_page(connection: AsyncConnection, scope: OfLink) -> LinkPage:
    """The SIM whose code the download link shows. The link must exist."""
    return LinkPage(**_of((await connection.execute(_DOWNLOAD, {"link": scope.link_id})).one()))


async def requester(connection: AsyncConnection, request_id: str) -> Requester:
    """The user who requested the code."""
    row = (await connection.execute(_REQUESTER, {"request_id": request_id})).one()
    return Requester(row.id, row.name, row.email)


async def _unnotified(connection: AsyncConnection, row: Any) -> bool:
    version_id = await imported_by(connection, row.id, row.recipient)
    return version_id is not None and not await notifications.is_notified(connection, version_id)


def _of(row: Any) -> dict[str, Any]:
    return {
        "sim": f"S-{row.sim_id}",
        "iccid_tail": row.tail or "",
        "provider": row.provider,
        "distributor": row.distributor or "",
        "account": row.account,
        "expires_at": row.expires_at,
    }
