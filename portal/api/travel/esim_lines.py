"""eSIM lines over HTTP: list, show, suspend, resume, resend e-mails, revoke plans (T13, T32, T33, T43)."""

from typing import Annotated, Literal

from fastapi import Path, Query, Response
from pydantic import Field

from models.errors import Refused
from models.people.callers import Caller, Permission
from models.travel.sending import SentAgain
from portal.api.caller import At, needs
from portal.api.fields import Body, Id, IdempotencyKey, Resource, Text, one_of, required
from portal.api.lists import ListOf, Pages
from portal.api.made import say_replayed
from portal.api.routing import router
from portal.api.travel.line_resources import EsimLineResource, esim_line
from portal.api.travel.shared import TheLine
from starter.desks import Desks

routes = router("eSIM lines")
Viewing = Annotated[Caller, needs(Permission.VIEW_TRAVEL)]
Selling = Annotated[Caller, needs(Permission.SELL_TRAVEL)]
Expand = Annotated[list[Literal["reports"]], Query(description="What to include: `reports`.")]


class SuspendLineBody(Body):
    """Why the line is suspended."""

    reason: Text


class ResumeLineBody(Body):
    """Why the line is resumed, if that is to be recorded."""

    reason: Text = ""


NO_REASON = ResumeLineBody()


class ResendBody(Body):
    """Which e-mail is sent again."""

    email: SentAgain
    order: Id | None = Field(
        default=None,
        description="With `confirmation`: of this order; left out, of the one that added the line.",
    )


class ResentResource(Resource):
    """An e-mail that is being sent again."""

    email: str = Field(description=one_of(SentAgain))
    esim_line: str
    id: str = Field(description="Of the notification of the QR code, or of the order that is confirmed.")


@routes.get("/esim-lines", summary="List eSIM lines")
async def list_esim_lines(
    caller: Viewing,
    desks: At,
    pages: Pages,
    subscriber: Annotated[
        Id | None, Query(description="Only of: `SB-4`, phone number, e-mail address or full name.")
    ] = None,
) -> ListOf[EsimLineResource]:
    """The eSIM lines of the account with their subscribers, eSIMs and plans, the latest first."""
    found = await desks.line_book.lines(caller, subscriber=subscriber, limit=pages.limit, after=pages.after)
    return pages.of(found, esim_line)


@routes.get("/esim-lines/{line}", summary="Show an eSIM line")
async def show_esim_line(caller: Viewing, desks: At, line: TheLine, expand: Expand = []) -> EsimLineResource:  # noqa: B006
    """An eSIM line with its plans and their states now."""
    return esim_line(await desks.line_book.line(caller, line), reports="reports" in expand)


@routes.post("/esim-lines/{line}/suspend", summary="Suspend an eSIM line")
async def suspend_esim_line(
    caller: Selling, desks: At, line: TheLine, body: SuspendLineBody
) -> EsimLineResource:
    """The 30 days of its plans go on. Idempotent: a suspended line stays as it is, with its first reason."""
    await desks.line_changes.suspend(caller, line, body.reason)
    return await _as_it_is(desks, caller, line)


@routes.post("/esim-lines/{line}/resume", summary="Resume an eSIM line")
async def resume_esim_line(
    caller: Selling, desks: At, line: TheLine, body: ResumeLineBody = NO_REASON
) -> EsimLineResource:
    """Resume a suspended line. Idempotent: a line that is not suspended stays as it is."""
    await desks.line_changes.resume(caller, line, body.reason)
    return await _as_it_is(desks, caller, line)


@routes.post("/esim-lines/{line}/resend", summary="Send an e-mail of an eSIM line again", status_code=202)
async def resend_esim_line(
    caller: Selling,
    desks: At,
    line: TheLine,
    body: ResendBody,
    response: Response,
    idempotency_key: IdempotencyKey = None,
) -> ResentResource:
    """Send the subscriber the QR code or the confirmation again, to their present address, once per
    `Idempotency-Key`. With the QR code the links of all earlier e-mails end.
    """
    if body.email is SentAgain.QR_CODE and body.order is not None:
        raise Refused.because("email_not_chosen")
    sent = await desks.sending.resend(
        caller, line, body.email, order=body.order, key=required(idempotency_key)
    )
    say_replayed(response, replayed=sent.replayed)
    return ResentResource(email=sent.what, esim_line=sent.line, id=sent.id)


@routes.post("/assigned-plans/{plan}/revoke", summary="Revoke a plan of an eSIM line")
async def revoke_assigned_plan(
    caller: Selling, desks: At, plan: Annotated[Id, Path(description="The plan on the line: `PA-7`.")]
) -> EsimLineResource:
    """Revoke a queued plan; one that was used is refused (`plan_not_queued`). Answers the line.

    Idempotent: a revoked plan stays as it is.
    """
    return await _as_it_is(desks, caller, await desks.line_changes.revoke(caller, plan))


async def _as_it_is(desks: Desks, caller: Caller, line: str) -> EsimLineResource:
    """The answer to a change. Who may sell sees eSIM lines: none exists for the others (T1)."""
    return esim_line(await desks.line_book.line(caller, line))
