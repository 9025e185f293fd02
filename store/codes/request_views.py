"""Reads requests for QR codes."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, and_, bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from models.codes.requests import QrRequestView, QrRoundView, RequestSeen
from models.errors import NotFound, Refusal
from models.people.callers import Scope
from store.codes import rounds
from store.codes.code_locks import unknown_request
from store.codes.tables import QrEmailTextRow, QrRequestRow, QrRoundRow
from store.fleet.tables import LineRow, SimRow
from store.operations import holds, not_sent
from store.paging import built_once
from store.people.tables import DistributorRow, ProviderRow
from store.row import now
from store.scopes import shaped, travel_esim, within

_LOOK = select(
    QrRequestRow.status,
    QrRequestRow.sim_id,
    QrRequestRow.round,
    (now() - QrRequestRow.status_since).label("status_for"),
).where(QrRequestRow.id == bindparam("request"))
_ROUNDS = (
    select(QrRoundRow.request_id, QrRoundRow.number, QrRoundRow.at, QrEmailTextRow.cc)
    .join(QrRequestRow, QrRequestRow.id == QrRoundRow.request_id)
    .outerjoin(QrEmailTextRow, QrEmailTextRow.id == QrRoundRow.email_text_id)
    .where(QrRequestRow.sim_id == bindparam("sim"))
    .order_by(QrRoundRow.request_id, QrRoundRow.number)
)
_FIRST_EMAIL = (
    select(
        QrRoundRow.call, QrRoundRow.contacts, QrEmailTextRow.subject, QrEmailTextRow.body, QrEmailTextRow.cc
    )
    .outerjoin(QrEmailTextRow, QrEmailTextRow.id == QrRoundRow.email_text_id)
    .where(QrRoundRow.request_id == bindparam("request"), QrRoundRow.number == 1)
)
_START_FACTS = (
    select(LineRow.slot, ProviderRow.name.label("provider"), DistributorRow.name.label("distributor"))
    .select_from(SimRow)
    .join(ProviderRow, ProviderRow.id == SimRow.provider_id)
    .outerjoin(LineRow, LineRow.subject == SimRow.holder)
    .outerjoin(DistributorRow, DistributorRow.id == SimRow.distributor_id)
    .where(SimRow.id == bindparam("sim"))
)


async def look(connection: AsyncConnection, request_id: str) -> RequestSeen:
    """The present state of the request. Raises `NotFound` (`unknown_request`)."""
    row = (await connection.execute(_LOOK, {"request": request_id})).one_or_none()
    if row is None:
        raise unknown_request(request_id)
    return RequestSeen(
        request_id=request_id,
        status=row.status,
        sim_id=row.sim_id,
        round=row.round,
        status_for=row.status_for,
    )


async def request(connection: AsyncConnection, scope: Scope, request_id: str) -> QrRequestView:
    """One request. Raises `NotFound` (`unknown_request`)."""
    found = await find(connection, scope, request_id)
    if found is None:
        raise unknown_request(request_id)
    return found


async def find(connection: AsyncConnection, scope: Scope, request_id: str) -> QrRequestView | None:
    """One request, or None."""
    row = (await connection.execute(selected(scope).where(QrRequestRow.id == request_id))).one_or_none()
    return None if row is None else view(row)


async def of_sim(connection: AsyncConnection, scope: Scope, sim_id: int) -> tuple[QrRequestView, ...]:
    """All requests for the SIM's code with their rounds, newest first."""
    rounds: dict[str, list[QrRoundView]] = {}
    # rounds of requests outside of the scope are not used below
    for row in await connection.execute(_ROUNDS, {"sim": sim_id}):
        sent = QrRoundView(number=row.number, at=row.at, cc=tuple(row.cc or ()))
        rounds.setdefault(row.request_id, []).append(sent)
    shape, known = shaped(scope)
    newest_first = _of_sim(shape)
    return tuple(
        view(row).model_copy(update={"rounds": tuple(rounds.get(row.id, ()))})
        for row in await connection.execute(newest_first, {**known, "sim": sim_id})
    )


@built_once
def _of_sim(scope: Scope) -> Select[*tuple[Any, ...]]:
    mine = selected(scope).where(QrRequestRow.sim_id == bindparam("sim"))
    return mine.order_by(QrRequestRow.requested_at.desc(), QrRequestRow.id)


@dataclass(frozen=True)
class FirstEmail:
    """What of the first e-mail of a request its user chose; None for what was left as pre-filled."""

    contacts: frozenset[int]
    subject: str | None
    text: str | None
    cc: tuple[str, ...]
    content: str | None
    """The digest of its key with all that was sent (`QrRequest.content`)."""


async def first_email(connection: AsyncConnection, request_id: str) -> FirstEmail | None:
    """The first e-mail of a request; None for a request that was refused."""
    row = (await connection.execute(_FIRST_EMAIL, {"request": request_id})).one_or_none()
    if row is None:
        return None
    content = rounds.content_of(row.call)
    return FirstEmail(frozenset(row.contacts), row.subject, row.body, tuple(row.cc or ()), content)


async def start_facts(connection: AsyncConnection, sim_id: int) -> tuple[int | None, str, str]:
    """Slot, provider and distributor of a SIM, for the search attributes and details of its workflow.

    Raises `NotFound` (`unknown_sim`). A SIM may have no slot any more, or no distributor.
    """
    row = (await connection.execute(_START_FACTS, {"sim": sim_id})).one_or_none()
    if row is None:
        raise NotFound.because("unknown_sim")
    return row.slot, row.provider, row.distributor or "no distributor"


def selected(scope: Scope) -> Select[*tuple[Any, ...]]:
    """Select the requests of the scope; `view` makes the model of a row."""
    copies = func.cardinality(QrEmailTextRow.cc)
    return (
        select(
            QrRequestRow.__table__,
            QrRoundRow.contacts,
            func.coalesce(copies, 0).label("copies"),
            holds.of(QrRequestRow.id).label("holds"),
            not_sent.of(QrRequestRow.id).label("not_sent"),
        )
        .outerjoin(
            QrRoundRow,
            and_(QrRoundRow.request_id == QrRequestRow.id, QrRoundRow.number == QrRequestRow.round),
        )
        .outerjoin(QrEmailTextRow, QrEmailTextRow.id == QrRoundRow.email_text_id)
        .where(within(scope, QrRequestRow.account_id, travel=travel_esim(QrRequestRow.sim_id)))
    )


def view(row: Any) -> QrRequestView:
    """The model of a request."""
    recipients = [f"contact:{contact}" for contact in row.contacts or ()]
    recipients += [f"cc:{number}" for number in range(1, row.copies + 1)]
    known = {name: row._mapping[name] for name in QrRequestView.model_fields if name in row._mapping}
    reasons = tuple(Refusal(**reason) for reason in row.refusals)
    more = {
        "recipients": tuple(recipients),
        "refusals": reasons,
        "not_sent": not_sent.read(row.not_sent),
        **holds.read(row.holds),
    }
    return QrRequestView(**known | more)
