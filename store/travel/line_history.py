"""What happened to an eSIM line: its reports and the events about it, in one sequence (T21, T28 to T35)."""

from functools import cache
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Select,
    String,
    bindparam,
    cast,
    literal,
    not_,
    null,
    select,
    union_all,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from models.events import Audience
from models.paging import Page, Wanted
from models.people.callers import OfAccount
from models.travel.line_views import LineMoment
from models.travel.reports import ReportView
from store.event_table import EventRow
from store.orders.tables import OrderNoteRow
from store.paging import Keys
from store.people import references
from store.travel.line_tables import LineReportRow
from store.travel.lookups import EsimLineKey

_SAID_OTHERWISE = (
    *("plan.started", "esim_line.installed"),  # a report of the line tells more
    *("order.provider_processing", "order.processed", "esim.temporary_created"),  # what came of it is told
)
"""Events that would say the same once more."""


async def history(connection: AsyncConnection, line: EsimLineKey, wanted: Wanted) -> Page[LineMoment]:
    """What happened to a line, which was found in the scope of the caller: the latest first."""
    statement, latest = _moments()
    known = {"account": line.account_id, "line": line.id, "about": [line.subject]}
    rows = await latest.page(connection, statement, wanted, known)
    actors = {row.actor for row in rows if row.actor is not None}
    names = await references.names(connection, OfAccount(line.account_id), actors)
    return rows.of(lambda row: _reported(row) if row.type is None else _event(row, names))


@cache
def _moments() -> tuple[Select[Any], Keys]:
    reports = select(
        LineReportRow.at,
        literal("report").label("source"),
        LineReportRow.id,
        cast(null(), String).label("type"),
        cast(null(), String).label("actor"),
        cast(null(), EventRow.data.type).label("data"),
        cast(null(), ARRAY(String)).label("references"),
        cast(null(), String).label("note"),
        LineReportRow.esim_line_id,
        LineReportRow.report,
        LineReportRow.reported_at,
        LineReportRow.received_at,
        LineReportRow.country,
        LineReportRow.used_bytes,
        LineReportRow.assignment_id,
        LineReportRow.outcome,
    ).where(LineReportRow.esim_line_id == bindparam("line"), LineReportRow.account_id == bindparam("account"))
    events = (
        select(
            EventRow.at,
            literal("event").label("source"),
            EventRow.id,
            EventRow.type,
            EventRow.actor,
            EventRow.data,
            EventRow.about,
            OrderNoteRow.text,
            *(cast(null(), column.type) for column in reports.selected_columns[8:]),
        )
        .outerjoin(
            OrderNoteRow,
            (OrderNoteRow.id == EventRow.data["note"].astext.cast(BigInteger))
            & (OrderNoteRow.account_id == EventRow.account_id),
        )
        .where(
            EventRow.about.contains(bindparam("about", type_=EventRow.about.type)),
            EventRow.account_id == bindparam("account"),
            EventRow.audience == Audience.ACCOUNT,
            not_(EventRow.type.in_(_SAID_OTHERWISE)),
        )
    )
    all_ = union_all(reports, events).subquery("moments")
    return select(all_), Keys(all_.c.at, all_.c.source, all_.c.id, descending=True)


def _reported(row: Any) -> LineMoment:
    known = {name: getattr(row, name) for name in ReportView.model_fields if name != "replayed"}
    return LineMoment(at=row.at, report=ReportView(**known), assignment_id=row.assignment_id)


def _event(row: Any, names: dict[str, str]) -> LineMoment:
    return LineMoment(
        at=row.at,
        event=row.type,
        actor=row.actor,
        actor_name=names.get(row.actor),
        assignment_id=row.data.get("assignment"),
        notice=row.data.get("notice"),
        order=next((each for each in row.references if each.startswith("order-")), None),
        note=row.note,
    )
