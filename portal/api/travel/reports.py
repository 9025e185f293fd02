"""What networks and phones report of eSIM lines, over HTTP (T4, T22, T30, T31).

A network reports often, late and twice: each report is decided and recorded at once, counts once per key, and
is answered with what it led to, also where that is nothing.
"""

from typing import Annotated

from fastapi import Response
from pydantic import Field

from models.people.callers import Caller, Permission
from models.travel.reports import AT_SEA, MOST_BYTES, ReportView
from portal.api.caller import At, needs
from portal.api.fields import Body, IdempotencyKey, Moment, Name, required
from portal.api.lists import ListOf, Pages
from portal.api.made import say_replayed
from portal.api.routing import router
from portal.api.travel.line_resources import ReportResource, report
from portal.api.travel.shared import Number, TheLine

routes = router("Reports of eSIM lines")
Viewing = Annotated[Caller, needs(Permission.VIEW_TRAVEL)]
Reporting = Annotated[Caller, needs(Permission.REPORT_TRAVEL)]


class InstallationBody(Body):
    """When a phone downloaded the eSIM."""

    at: Moment | None = Field(default=None, description="When it happened; now, if left out.")


class ConnectionBody(InstallationBody):
    """Where and when the phone connected to a network."""

    country: Name = Field(
        description=f"A name in English or French, or a code; `{AT_SEA}`: at sea or in the air.",
        examples=["FR"],
    )


class UsageBody(ConnectionBody):
    """How much data the phone used in a country since the report before."""

    used_bytes: Number = Field(description=f"0 to {MOST_BYTES}.")


@routes.post("/esim-lines/{line}/connections", summary="Report a connection")
async def report_connection(
    caller: Reporting,
    desks: At,
    line: TheLine,
    body: ConnectionBody,
    response: Response,
    idempotency_key: IdempotencyKey = None,
) -> ReportResource:
    """The phone has connected to a network in a country: a queued plan for it starts.

    The same `Idempotency-Key` is the same report: it counts once, and gets the same answer.
    """
    key = required(idempotency_key)
    found = await desks.reports.connect(caller, line, country=body.country, key=key, at=body.at)
    return _answer(found, response)


@routes.post("/esim-lines/{line}/usage", summary="Report used data")
async def report_usage(
    caller: Reporting,
    desks: At,
    line: TheLine,
    body: UsageBody,
    response: Response,
    idempotency_key: IdempotencyKey = None,
) -> ReportResource:
    """The phone has used data in a country: it is counted on the plan that runs there, once per
    `Idempotency-Key`. It is a connection, too.
    """
    key = required(idempotency_key)
    found = await desks.reports.usage(
        caller, line, country=body.country, used_bytes=body.used_bytes, key=key, at=body.at
    )
    return _answer(found, response)


@routes.post("/esim-lines/{line}/installations", summary="Report an installation")
async def report_installation(
    caller: Reporting,
    desks: At,
    line: TheLine,
    body: InstallationBody,
    response: Response,
    idempotency_key: IdempotencyKey = None,
) -> ReportResource:
    """A phone has downloaded the eSIM of the line; once per `Idempotency-Key`."""
    found = await desks.reports.installed(caller, line, required(idempotency_key), body.at)
    return _answer(found, response)


@routes.get("/esim-lines/{line}/reports", summary="List the reports of an eSIM line")
async def list_reports(caller: Viewing, desks: At, pages: Pages, line: TheLine) -> ListOf[ReportResource]:
    """What was reported of it, the latest first, also what led to nothing."""
    found = await desks.reports.reports(caller, line, limit=pages.limit, after=pages.after)
    return pages.of(found, report)


def _answer(found: ReportView, response: Response) -> ReportResource:
    say_replayed(response, replayed=found.replayed)
    return report(found)
