"""The queries of the gauges: orders by status, held work, unsent work, e-mails by state, imports of codes.

Each is one query. Counts only: no metric says anything about one person or one line.
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
"""A value for each combination of labels."""

ORDER, REQUEST = "order", "qr_request"
WORK = tuple(kind.name for kind in KINDS.values())
"""Every kind of work that may be held or unsent."""

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
# literals, not parameters, so that every plan can use the partial index
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
    """The number of orders, open and ended, by kind, status and provider."""
    return await _counted(connection, _ORDERS)


async def held(connection: AsyncConnection) -> Metrics:
    """The number of held workflows, by kind and reason; 0 if none."""
    none: Metrics = dict.fromkeys(product(WORK, map(str, HoldReason)), 0.0)
    return {**none, **await _counted(connection, _HELD)}


async def waiting_to_go_out(connection: AsyncConnection) -> Metrics:
    """The number of subjects with an e-mail or call that is not sent yet, by kind and reason; 0 if none."""
    none: Metrics = dict.fromkeys(product(WORK, map(str, NotSentReason)), 0.0)
    return {**none, **await _counted(connection, _NOT_SENT)}


async def oldest_waiting(connection: AsyncConnection) -> Metrics:
    """The age in seconds of the oldest order or request in each open status; 0 for a status without any."""
    statuses = [(ORDER, str(status)) for status in OPEN] + [(REQUEST, str(RequestStatus.REQUESTED))]
    none: Metrics = dict.fromkeys(statuses, 0.0)
    return {**none, **await _counted(connection, _OLDEST)}


async def mails(connection: AsyncConnection) -> Metrics:
    """The number of e-mails, by template and state; 0 for states without any, so that the first failure shows
    as an increase.
    """
    found = await _counted(connection, _MAILS)
    none: Metrics = dict.fromkeys(product({template for template, _ in found}, _MAIL_STATES), 0.0)
    return {**none, **found}


async def qr_imports(connection: AsyncConnection) -> Metrics:
    """The number of imports of QR codes, by outcome and refusal code. A refusal may have several."""
    return await _counted(connection, _IMPORTS)


async def _counted(connection: AsyncConnection, query: object) -> Metrics:
    rows = await connection.execute(query)  # type: ignore[call-overload]
    return {tuple(map(str, labels)): float(number) for *labels, number in rows}
