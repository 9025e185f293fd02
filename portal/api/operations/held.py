"""Held work over HTTP: what waits for a person, and the retry of one or of many."""

from typing import Annotated

from fastapi import Query
from pydantic import ConfigDict, Field

from models.errors import Refused
from models.language import Language
from models.operations.retries import Retried
from models.operations.views import HeldView
from models.people.callers import Caller, Permission
from portal.api.caller import At, needs
from portal.api.fields import Body, Id, Name, Resource
from portal.api.lists import ListOf, Pages
from portal.api.orders.resources import NextCall
from portal.api.routing import router
from portal.api.waiting import HoldResource, holds_of

routes = router("Held work")
Retrying = Annotated[Caller, needs(Permission.RETRY_WORK)]
MOST_AT_ONCE = 100
"""How many one call retries."""


class HeldResource(Resource):
    """Work that waits for a person."""

    id: str = Field(examples=["order-abcdefghijklmnop"])
    kind: str = Field(
        description="`order`, `qr_request`, `qr_notification`; more values may be added.", examples=["order"]
    )
    holds: list[HoldResource] = Field(description="The held steps, oldest first.")
    next: list[NextCall]

    @classmethod
    def of(cls, view: HeldView, language: Language) -> "HeldResource":
        """The work as it is answered."""
        retry = NextCall(name="retry", method="POST", href=f"/api/v1/held/{view.id}/retry")
        return cls(id=view.id, kind=view.kind, holds=holds_of(view.holds, language), next=[retry])


class RetriedResource(Resource):
    """The outcome of a retry. Whether it is held again shows in its record, or in `GET /held`."""

    id: str = Field(examples=["order-abcdefghijklmnop"])
    outcome: str = Field(
        examples=["continues"],
        description="`continues`, `started_again`: its workflow was lost; `over`: it had ended; `not_held`; "
        "`not_reached`: Temporal did not answer, call again. More values may be added.",
    )
    reason: str | None = Field(
        default=None, description="Why it was held, where many are retried.", examples=["mail_unavailable"]
    )


class RetriedMany(Resource):
    """The outcomes of a retry of many."""

    data: list[RetriedResource]
    left: int = Field(description="How many were chosen but are left for the next call.", examples=[0])


class RetryBody(Body):
    """Which held work: everything that is held for this reason, or these ids; one of the two."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "mail_unavailable"}]})

    reason: Name | None = Field(default=None, examples=["mail_unavailable"])
    ids: list[Id] | None = Field(default=None, max_length=MOST_AT_ONCE)


@routes.get("/held", summary="List held work")
async def list_held(
    caller: Retrying,
    desks: At,
    pages: Pages,
    reason: Annotated[Name | None, Query(description="Such as `mail_rejected`.")] = None,
    kind: Annotated[Name | None, Query(description="Such as `order`.")] = None,
) -> ListOf[HeldResource]:
    """Everything that waits for a person, the longest waiting first, with what to do."""
    found = await desks.retry.held(caller, reason=reason, kind=kind, limit=pages.limit, after=pages.after)
    return pages.of(found, lambda view: HeldResource.of(view, Language(caller.language)))


@routes.post("/held/retry", summary="Retry held work", status_code=202)
async def retry_held(caller: Retrying, desks: At, body: RetryBody) -> RetriedMany:
    """Resume many, each at the step that it is held for; at most 100 with one call.

    An id that is not held, or not known, has the outcome `not_held`.
    """
    if (body.reason is None) == (body.ids is None):
        raise Refused.because("held_choice", most=MOST_AT_ONCE)
    ids = None if body.ids is None else list(dict.fromkeys(body.ids))
    chosen = await desks.retry.select(caller, reason=body.reason, ids=ids)
    done = await desks.retry.resume_many(caller, chosen[:MOST_AT_ONCE])
    found = {one.id for one in done}
    rest = [RetriedResource(id=name, outcome="not_held") for name in ids or () if name not in found]
    return RetriedMany(data=[*map(_retried, done), *rest], left=max(0, len(chosen) - MOST_AT_ONCE))


@routes.post("/held/{workflow}/retry", summary="Retry one piece of held work", status_code=202)
async def retry_one(caller: Retrying, desks: At, workflow: Id) -> RetriedResource:
    """Resume it at the step that it is held for: an order, or what else `GET /held` lists, by its `id` there.

    Refused (`not_held`) if it is not held.
    """
    outcome = await desks.retry.resume(caller, workflow)
    return RetriedResource(id=workflow, outcome=outcome.name.lower())


def _retried(one: Retried) -> RetriedResource:
    return RetriedResource(id=one.id, outcome=one.outcome.name.lower(), reason=one.reason or None)
