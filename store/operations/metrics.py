"""What the gauges show: how many orders are where, what waits for people, what became of mails and codes.

Each is one query. Counts only: no figure says anything of one person or one line.
"""

from collections.abc import Mapping
from itertools import product

from sqlalchemy import (
    ColumnElement,
    case,
    distinct,
    func,
    literal,
    literal_column,
    or_,
    select,
    text,
    true,
    union_all,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from models.codes.requests import RequestStatus
from models.operations.not_sent import NotSentReason
from models.orders.lifecycle import OPEN, HoldReason
from store.codes.tables import QrRequestRow
from store.event_table import EventRow
from store.mail_table import MailRow
from store.operations import not_sent
from store.operations.hold_subjects import KINDS
from store.operations.tables import HoldRow
from store.orders.tables import OrderRow
from store.people.tables import ProviderRow
from store.row import now

Metrics = Mapping[tuple[str, ...], float]
"""A number for each combination of labels."""

ORDER, REQUEST, NOTIFICATION = "order", "qr_request", "qr_notification"

_ORDERS = (
    select(OrderRow.kind, OrderRow.status, func.coalesce(ProviderRow.name, ""), func.count())
    .outerjoin(ProviderRow, ProviderRow.id == OrderRow.provider_id)
    .group_by(OrderRow.kind, OrderRow.status, ProviderRow.name)
)
_HELD = (
    select(
        case(*((HoldRow.workflow_id.startswith(prefix), kind.name) for prefix, kind in KINDS.items())),
        HoldRow.reason,
        func.count(HoldRow.workflow_id.distinct()),
    )
    .where(or_(*(HoldRow.workflow_id.startswith(prefix) for prefix in KINDS)))
    .group_by(text("1"), HoldRow.reason)
)
_WHAT_IS_NOT_SENT = case(
    *((not_sent.ALL.c.subject_id.startswith(prefix), kind.name) for prefix, kind in KINDS.items())
)
_NOT_SENT = (
    select(_WHAT_IS_NOT_SENT, not_sent.ALL.c.reason, func.count(not_sent.ALL.c.subject_id.distinct()))
    .where(or_(*(not_sent.ALL.c.subject_id.startswith(prefix) for prefix in KINDS)))
    .group_by(text("1"), not_sent.ALL.c.reason)
)
_OLDEST = union_all(
    select(literal(ORDER), OrderRow.status, func.extract("epoch", now() - func.min(OrderRow.status_since)))
    .where(OrderRow.status.in_(sorted(OPEN)))
    .group_by(OrderRow.status),
    select(
        literal(REQUEST),
        QrRequestRow.status,
        func.extract("epoch", now() - func.min(QrRequestRow.status_since)),
    )
    .where(QrRequestRow.status == RequestStatus.REQUESTED)
    .group_by(QrRequestRow.status),
)
_MAIL_STATES = ("unsent", "sending", "sent", "failed")
_MAILS = select(MailRow.template, MailRow.state, func.count()).group_by(MailRow.template, MailRow.state)
_CODES = func.jsonb_array_elements_text(EventRow.data["codes"]).table_valued("value").lateral("codes")
# written out, so that every plan finds their index
_IMPORTED: ColumnElement[str] = literal_column("'qr.imported'")
_REFUSED: ColumnElement[str] = literal_column("'qr.import_refused'")
_IMPORTS = union_all(
    select(literal("imported"), literal("none"), func.count()).where(EventRow.type == _IMPORTED),
    select(literal("refused"), _CODES.c.value, func.count(distinct(EventRow.id)))
    .select_from(EventRow)
    .join(_CODES, true())
    .where(EventRow.type == _REFUSED)
    .group_by(_CODES.c.value),
)


async def orders(connection: AsyncConnection) -> Metrics:
    """Orders, ended ones too, by kind, status and provider."""
    return await _counted(connection, _ORDERS)


async def held(connection: AsyncConnection) -> Metrics:
    """What waits for a person, by what it is and by reason; 0 where nothing does."""
    none: Metrics = dict.fromkeys(product((ORDER, REQUEST, NOTIFICATION), map(str, HoldReason)), 0.0)
    return {**none, **await _counted(connection, _HELD)}


async def waiting_to_go_out(connection: AsyncConnection) -> Metrics:
    """What has an e-mail or a call that has not gone out yet, by what it is and why; 0 where all is out."""
    none: Metrics = dict.fromkeys(product((ORDER, REQUEST, NOTIFICATION), map(str, NotSentReason)), 0.0)
    return {**none, **await _counted(connection, _NOT_SENT)}


async def oldest_waiting(connection: AsyncConnection) -> Metrics:
    """For how many seconds the oldest has been in each status that is not an end; 0 where none is."""
    statuses = [(ORDER, str(status)) for status in OPEN] + [(REQUEST, str(RequestStatus.REQUESTED))]
    none: Metrics = dict.fromkeys(statuses, 0.0)
    return {**none, **await _counted(connection, _OLDEST)}


async def mails(connection: AsyncConnection) -> Metrics:
    """Mails, by template and by what became of them; 0 for what became of none, so that the first that fail
    are seen to be more than before.
    """
    found = await _counted(connection, _MAILS)
    none: Metrics = dict.fromkeys(product({template for template, _ in found}, _MAIL_STATES), 0.0)
    return {**none, **found}


async def qr_imports(connection: AsyncConnection) -> Metrics:
    """Imports of QR codes, by outcome; the refused ones by why. One may be refused for several reasons."""
    return await _counted(connection, _IMPORTS)


async def _counted(connection: AsyncConnection, query: object) -> Metrics:
    rows = await connection.execute(query)  # type: ignore[call-overload]
    return {tuple(map(str, labels)): float(number) for *labels, number in rows}
