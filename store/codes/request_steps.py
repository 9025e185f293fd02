"""The steps of a request for a QR code. Each runs in its caller's transaction: it locks the SIM, then the
request, applies the effect and appends the events. A retry finds the recorded result (idempotent).
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import bindparam, exists, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from models.codes.edited_emails import email_refusals
from models.codes.requests import QrRequest, RequestResult, RequestState, RequestStatus, end_request
from models.errors import Refusal, Refused
from models.events import sim_references
from models.orders.lifecycle import OrderStatus
from models.orders.rules import Facts, Recipients, request_refusals
from models.people.callers import AllAccounts, By, Permission
from store import events, origins
from store.codes import rounds
from store.codes.code_locks import LockedQrRequest, lock_request, lock_sim
from store.codes.request_views import find
from store.codes.tables import QrEmailTextRow, QrRequestRow, QrRoundRow
from store.events import Happening
from store.fleet.tables import SimRow
from store.operations import holds, not_sent
from store.orders.facts import sim_facts
from store.orders.tables import OrderRow
from store.people.actors import actor_refusal
from store.people.tables import UserRow
from store.row import now

_OURS = select(
    exists().where(SimRow.id == bindparam("sim"), SimRow.account_id == bindparam("account")).label("sim"),
    exists().where(UserRow.id == bindparam("user"), UserRow.account_id == bindparam("account")).label("user"),
)
_ORDERED = select(OrderRow.id).where(
    OrderRow.id == bindparam("order"),
    OrderRow.account_id == bindparam("account"),
    OrderRow.placed_by == bindparam("user"),
    OrderRow.esim_id == bindparam("sim"),
    OrderRow.status == OrderStatus.PROCESSED,
)
_OPEN = upsert(QrRequestRow).on_conflict_do_nothing().returning(QrRequestRow.id)
_ADD_ROUND = insert(QrRoundRow)
_SUPERSEDED = not_sent.gone(bindparam("request"))
_NEXT_ROUND = (
    update(QrRequestRow)
    .where(QrRequestRow.id == bindparam("request"), QrRequestRow.status == RequestStatus.REQUESTED)
    .values(round=QrRequestRow.round + 1)
    .returning(QrRequestRow.round)
    .add_cte(_SUPERSEDED)
)
_GONE = holds.gone(bindparam("request"))
_END = (
    update(QrRequestRow)
    .where(QrRequestRow.id == bindparam("request"), QrRequestRow.status == RequestStatus.REQUESTED)
    .values(status=bindparam("to"), status_since=now())
    .returning(holds.steps_of(_GONE))
    .add_cte(_SUPERSEDED)
)
_EMAIL_TEXT = select(QrEmailTextRow.id).where(
    QrEmailTextRow.id == bindparam("email_text"), QrEmailTextRow.account_id == bindparam("account")
)


@dataclass(frozen=True)
class _Round:
    number: int
    call: str
    contacts: list[int]
    email_text_id: int | None


async def write_email_text(
    connection: AsyncConnection, account_id: int, subject: str | None, body: str | None, cc: Sequence[str]
) -> int:
    """Store an edited e-mail text with its cc addresses. Temporal gets its id, never the text (W6).

    A subject or body of None is sent as it is pre-filled, in the language of each recipient. Raises `Refused`
    with every reason why such an e-mail is not sent (F29, F56).
    """
    reasons = email_refusals(subject, body, cc)
    if reasons:
        raise Refused(*reasons)
    written = insert(QrEmailTextRow).values(account_id=account_id, subject=subject, body=body, cc=list(cc))
    return int((await connection.execute(written.returning(QrEmailTextRow.id))).scalar_one())


async def open_request(connection: AsyncConnection, asked: QrRequest) -> RequestResult:
    """Accept the request, or refuse it for good with every reason (F2, F25, F26, F56). A SIM has at most one
    open request: concurrent ones queue on the lock of the SIM.
    """
    missing = await _unknown(connection, asked)
    if missing:
        return _refused(asked, missing)
    sim = await lock_sim(connection, asked.sim_id)
    by = await _requested_by(connection, asked)
    facts = await _facts_of(connection, asked.sim_id, by.actor, asked.user_id)
    known = await _known(connection, asked)
    if known is not None:
        return known
    contacts = _chosen(asked.contacts, facts)
    reasons = request_refusals(facts, Recipients(contacts=frozenset(contacts)))
    reasons += await _no_email_text(connection, asked.account_id, asked.email_text_id)
    reasons += await _not_allowed(connection, by, asked.account_id, begins=True)
    values = {
        "id": asked.request_id,
        "account_id": asked.account_id,
        "sim_id": sim.id,
        "requested_by": asked.user_id,
        "status": RequestStatus.REFUSED if reasons else RequestStatus.REQUESTED,
        "refusals": [reason.model_dump() for reason in reasons],
    }
    if (await connection.execute(_OPEN, values)).scalar_one_or_none() is None:
        # a concurrent request with the same id, for another SIM
        return await _known(connection, asked) or _refused(asked, reasons)
    if reasons:
        by = await origins.verified(connection, by)
        codes = {"codes": [reason.code for reason in reasons]}
        about = sim_references(sim.id, request_id=asked.request_id)
        happened = ("qr.refused", codes)
        await events.append(connection, sim.account_id, about, by.actor, happened, origin_id=by.origin_id)
        return _refused(asked, reasons)
    request = await lock_request(connection, asked.request_id)
    call = rounds.first_call(asked.content)
    await _add_round(connection, request, _Round(1, call, contacts, asked.email_text_id), by)
    return RequestResult(state=request.state, origin_id=asked.origin_id)


async def add_round(
    connection: AsyncConnection,
    request_id: str,
    by: By,
    call: str,
    *,
    contacts: Sequence[int] | None = None,
    email_text_id: int | None = None,
) -> RequestResult:
    """Send the open request again: to all contacts who have the role now, or to those chosen among them.

    `call` is the id of the update, which makes a repeat idempotent. A user needs the permission to request
    codes; an operator may always send again.
    """
    request = await lock_request(connection, request_id)
    done = await rounds.added(connection, request_id, call)
    if done is not None:
        return RequestResult(state=request.state, refusals=done)
    over = end_request(request.status, RequestStatus.WITHDRAWN)
    if over:
        return RequestResult(state=request.state, refusals=(over,))
    not_allowed = await _not_allowed(connection, by, request.account_id)
    if not_allowed:
        return RequestResult(state=request.state, refusals=tuple(not_allowed))
    facts = await _facts_of(connection, request.sim_id, by.actor, request.requested_by)
    chosen = _chosen(contacts, facts)
    reasons = request_refusals(facts, Recipients(contacts=frozenset(chosen), again=True))
    reasons += await _no_email_text(connection, request.account_id, email_text_id)
    if reasons:
        return RequestResult(state=request.state, refusals=tuple(reasons))
    number = (await connection.execute(_NEXT_ROUND, {"request": request_id})).scalar_one()
    await _add_round(connection, request, _Round(number, call, chosen, email_text_id), by)
    return RequestResult(state=request.state.model_copy(update={"round": number}))


async def withdraw(connection: AsyncConnection, request_id: str, by: By) -> RequestResult:
    """Withdraw a request: its upload links do not accept a code any more."""
    request = await lock_request(connection, request_id)
    if request.status is RequestStatus.WITHDRAWN:
        return RequestResult(state=request.state)
    over = end_request(request.status, RequestStatus.WITHDRAWN)
    if over:
        return RequestResult(state=request.state, refusals=(over,))
    not_allowed = await _not_allowed(connection, by, request.account_id)
    if not_allowed:
        return RequestResult(state=request.state, refusals=tuple(not_allowed))
    await end(connection, request, RequestStatus.WITHDRAWN, by, ("qr.withdrawn", {}))
    return RequestResult(state=request.state.model_copy(update={"status": RequestStatus.WITHDRAWN}))


async def end(
    connection: AsyncConnection,
    request: LockedQrRequest,
    status: RequestStatus,
    by: By,
    *happenings: Happening,
    link_id: int | None = None,
) -> None:
    """End a locked request: release its holds. The pages of its upload links then say how it ended."""
    gone = (await connection.execute(_END, {"request": request.id, "to": status})).scalar_one()
    about = sim_references(request.sim_id, request_id=request.id, link_id=link_id)
    happenings = (*holds.released("qr", gone), *happenings)
    await events.append(connection, request.account_id, about, by.actor, *happenings, origin_id=by.origin_id)


async def _add_round(connection: AsyncConnection, request: LockedQrRequest, sent: _Round, by: By) -> None:
    written = {"request_id": request.id, "account_id": request.account_id, "sent_by": by.actor}
    written |= asdict(sent)
    await connection.execute(_ADD_ROUND, written)
    asked: dict[str, object] = {"round": sent.number, "contacts": list(sent.contacts)}
    if sent.email_text_id is not None:
        asked["email_text"] = sent.email_text_id
    happened = "qr.requested" if sent.number == 1 else "qr.sent_again"
    await events.append(
        connection,
        request.account_id,
        request.about,
        by.actor,
        (happened, asked),
        origin_id=by.origin_id,
    )


async def _known(connection: AsyncConnection, asked: QrRequest) -> RequestResult | None:
    """The recorded result of the request with this id. Another account learns only that the id is in use."""
    known = await find(connection, AllAccounts(), asked.request_id)
    if known is None:
        return None
    if known.account_id != asked.account_id:
        return _refused(asked, [Refusal.of("key_used_for_request")])
    state = RequestState(request_id=known.id, status=known.status, sim_id=known.sim_id, round=known.round)
    return RequestResult(state=state, refusals=known.refusals)


async def _requested_by(connection: AsyncConnection, asked: QrRequest) -> By:
    """The user, or the platform, which requests the code of the eSIM that a processed order brought."""
    ids = {"sim": asked.sim_id, "user": asked.user_id, "account": asked.account_id}
    if asked.order_id and await connection.scalar(_ORDERED, {"order": asked.order_id, **ids}) is not None:
        return By("system")
    return By(f"user:{asked.user_id}", asked.origin_id)


async def _facts_of(connection: AsyncConnection, sim_id: int, actor: str, requested_by: int) -> Facts:
    kind, _, number = actor.partition(":")
    if kind == "user":
        return await sim_facts(connection, sim_id, int(number))
    facts = await sim_facts(connection, sim_id, requested_by)
    # an operator and the platform have no profile that could refuse
    return facts.model_copy(update={"slot": None})


async def _unknown(connection: AsyncConnection, asked: QrRequest) -> list[Refusal]:
    ids = {"sim": asked.sim_id, "user": asked.user_id, "account": asked.account_id}
    found = (await connection.execute(_OURS, ids)).one()
    return [
        Refusal.of(code)
        for code, there in zip(("unknown_sim", "unknown_user"), found, strict=True)
        if not there
    ]


async def _not_allowed(
    connection: AsyncConnection, by: By, account_id: int, *, begins: bool = False
) -> list[Refusal]:
    needed = Permission.REQUEST_QR_CODES
    refusal = await actor_refusal(
        connection, by.actor, account_id, permission=needed, origin_id=by.origin_id, begins=begins
    )
    return [refusal] if refusal else []


async def _no_email_text(
    connection: AsyncConnection, account_id: int, email_text_id: int | None
) -> list[Refusal]:
    if email_text_id is None:
        return []
    if (
        await connection.execute(_EMAIL_TEXT, {"email_text": email_text_id, "account": account_id})
    ).one_or_none():
        return []
    return [Refusal.of("unknown_email_text")]


def _chosen(contacts: Sequence[int] | None, facts: Facts) -> list[int]:
    return sorted(facts.qr_contacts if contacts is None else set(contacts))


def _refused(asked: QrRequest, reasons: Sequence[Refusal]) -> RequestResult:
    state = RequestState(request_id=asked.request_id, status=RequestStatus.REFUSED, sim_id=asked.sim_id)
    return RequestResult(state=state, refusals=tuple(reasons))
