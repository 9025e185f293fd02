"""Webhooks over HTTP: the endpoints that events of the account are sent to (A11)."""

from datetime import datetime, timedelta
from typing import Annotated

from fastapi import Query, Response
from pydantic import ConfigDict, Field

from models.identifiers import named
from models.operations.webhooks import (
    Answer,
    AttemptView,
    DisabledFor,
    NewWebhook,
    Outcome,
    WebhookState,
    WebhookView,
)
from models.people.callers import Caller, Permission
from portal.api.caller import At, needs
from portal.api.fields import WHOLE, Body, Id, IdempotencyKey, Moment, Name, Resource, Text, one_of, required
from portal.api.lists import ListOf, Pages
from portal.api.routing import router

routes = router("Webhooks")
Managing = Annotated[Caller, needs(Permission.MANAGE_WEBHOOKS)]
Types = Annotated[
    list[Name] | None,
    Field(description="Types of events, such as `order.processed`; all, if empty.", max_length=500),
]
_SECRET = "whsec_8nKpQ0b1u3Y2tW5xZ7vC9aB4dE6fG8hJ0kL2mN4pQ6s="  # noqa: S105  an example


class WebhookResource(Resource):
    """An endpoint; its secret is answered once, when it is made."""

    id: str = Field(examples=["WH-7"])
    account: str
    url: str = Field(
        description="A query, which may hold a token, is shown as `?…`, but in the answer that makes it.",
        examples=["https://shop.example/hooks"],
    )
    types: list[str] = Field(
        description="The types of events that are sent; empty: all.", examples=[["order.processed"]]
    )
    description: str
    state: str = Field(
        description=f"{one_of(WebhookState)} `failing`: its receiver is tried less and less often, for "
        "three days, and then it is disabled.",
        examples=["enabled"],
    )
    disabled_at: datetime | None
    disabled_for: str | None = Field(
        description=f"{one_of(DisabledFor)} `gone`: the receiver answered 410; `failing`: nothing was "
        "delivered for three days."
    )
    failures: int = Field(description="In a row.", examples=[0])
    failing_since: datetime | None
    next_attempt_at: datetime | None = Field(description="Until when its receiver is left alone.")
    secret_rotates_until: datetime | None = Field(description="Until when the secret before signs, too.")
    created_at: datetime
    created_by: str = Field(description="`U-3`, or `operator`.", examples=["U-3"])

    @classmethod
    def of(cls, view: WebhookView) -> "WebhookResource":
        """The endpoint as it is answered."""
        shown = {"id": view.webhook_id, "created_by": named(view.created_by), "types": list(view.types)}
        return cls(**view.model_dump() | shown)


class NewWebhookResource(WebhookResource):
    """An endpoint that was just made, or whose secret was."""

    secret: str = Field(
        description="What its requests are signed with: it is shown this once.", examples=[_SECRET]
    )


class WebhookAnswer(Resource):
    """What the receiver answered to a ping."""

    delivered: bool
    outcome: str = Field(description=one_of(Outcome), examples=["delivered"])
    status: int | None = Field(description="The HTTP status, if there was one.", examples=[204])
    answer: str = Field(description="Of a failure the beginning of the answer, at most 2 KB.")
    milliseconds: int = Field(examples=[48])


class AttemptResource(Resource):
    """An attempt to deliver an event that failed, or an event that is to be sent again."""

    event: str = Field(description="Its id, which is its `webhook-id`.", examples=["MS43OTIuNDI"])
    type: str = Field(examples=["order.processed"])
    number: int = Field(
        description="Which attempt it was; 0: it is to be sent again and was not tried yet.", examples=[1]
    )
    at: datetime
    outcome: str | None = Field(description=one_of(Outcome), examples=["status"])
    status: int | None = Field(examples=[500])
    answer: str | None = Field(description="The beginning of the answer, at most 2 KB.")
    milliseconds: int | None
    next_attempt_at: datetime | None = Field(description="When it is tried again; null if it is over.")
    delivered_at: datetime | None = Field(description="When the next attempt was taken.")
    given_up_at: datetime | None = Field(description="Since when it is not tried any more.")


class ReplayResource(Resource):
    """What is sent again."""

    webhook: str = Field(examples=["WH-7"])
    events: int = Field(description="How many events.", examples=[12])


class NewWebhookBody(Body):
    """An endpoint to make."""

    url: Text = Field(
        description="https, with a host that has public addresses only.",
        examples=["https://shop.example/hooks"],
    )
    types: Types = None
    description: Text = Field(default="", description="What it is for.")


class WebhookEdit(Body):
    """What is changed; what is left out stays."""

    url: Text | None = None
    types: Types = None
    description: Text | None = None


class RotateBody(Body):
    """How a secret is rotated."""

    keep_hours: Annotated[int, WHOLE] = Field(
        default=24, ge=0, le=720, description="For how many hours the secret before signs, too.", strict=True
    )


class EnableBody(Body):
    """Where the deliveries go on."""

    skip_missed: bool = Field(
        default=False, description="Leave out what was not delivered until now.", strict=True
    )


class ReplayBody(Body):
    """What is sent again: `event`, or what happened `from` a time on and before `to` (now, if left out)."""

    model_config = ConfigDict(validate_by_alias=True, validate_by_name=False)

    event: Id | None = Field(default=None, description="The `webhook-id` of the event.")
    since: Moment | None = Field(default=None, alias="from")
    until: Moment | None = Field(default=None, alias="to")


@routes.get("/webhooks", summary="List webhooks")
async def list_webhooks(caller: Managing, desks: At, pages: Pages) -> ListOf[WebhookResource]:
    """The endpoints of the account, newest first."""
    return pages.of(
        await desks.webhooks.webhooks(caller, limit=pages.limit, after=pages.after), WebhookResource.of
    )


@routes.post("/webhooks", summary="Make a webhook", status_code=201)
async def make_webhook(
    caller: Managing,
    desks: At,
    body: NewWebhookBody,
    response: Response,
    idempotency_key: IdempotencyKey = None,
) -> NewWebhookResource:
    """Send what happens in the account from now on to an address, as signed POST requests: Standard Webhooks.

    A repeat makes no second endpoint, and is refused (`webhook_made`), naming the first: its secret is shown
    once. Rotate the secret if it got lost. A key needs the permissions to see those events
    besides.
    """
    made = await desks.webhooks.create(
        caller,
        body.url,
        types=body.types,
        description=body.description,
        key=required(idempotency_key),
    )
    response.headers["Location"] = f"/api/v1/webhooks/{made.view.webhook_id}"
    return _new(made, url=made.view.address)


@routes.get("/webhooks/{webhook}", summary="Show a webhook")
async def show_webhook(caller: Managing, desks: At, webhook: Id) -> WebhookResource:
    """One endpoint of the account."""
    return WebhookResource.of(await desks.webhooks.webhook(caller, webhook))


@routes.patch("/webhooks/{webhook}", summary="Change a webhook")
async def change_webhook(caller: Managing, desks: At, webhook: Id, body: WebhookEdit) -> WebhookResource:
    """Change its address, its types or its description. Another address is tried at once."""
    changed = await desks.webhooks.edit(
        caller, webhook, url=body.url, types=body.types, description=body.description
    )
    return WebhookResource.of(changed)


@routes.delete("/webhooks/{webhook}", summary="Delete a webhook", status_code=204)
async def delete_webhook(caller: Managing, desks: At, webhook: Id) -> None:
    """Delete the endpoint with its secret and its attempts: what was not delivered yet never is."""
    await desks.webhooks.delete(caller, webhook)


@routes.post("/webhooks/{webhook}/test", summary="Send a ping to a webhook")
async def test_webhook(caller: Managing, desks: At, webhook: Id) -> WebhookAnswer:
    """Send `webhook.ping` at once, also to a disabled one; what the receiver answers within ten seconds.

    A failing receiver that takes it gets what it missed at once.
    """
    return _answer((await desks.webhooks.test(caller, webhook)).answer)


@routes.post("/webhooks/{webhook}/rotate", summary="Rotate the secret of a webhook")
async def rotate_webhook(
    caller: Managing,
    desks: At,
    webhook: Id,
    body: RotateBody | None = None,
    idempotency_key: IdempotencyKey = None,
) -> NewWebhookResource:
    """Make another secret. For a day, or as long as `keep_hours` says, each request is signed with both.

    A repeat rotates nothing, and is refused (`webhook_rotated`): the secret is shown once. If it is lost,
    rotate again under a new key; meanwhile the secret before goes on signing.
    """
    keep = timedelta(hours=(body or RotateBody()).keep_hours)
    once = required(idempotency_key)
    return _new(await desks.webhooks.rotate(caller, webhook, keep=keep, key=once))


@routes.post("/webhooks/{webhook}/disable", summary="Disable a webhook")
async def disable_webhook(caller: Managing, desks: At, webhook: Id) -> WebhookResource:
    """Deliver nothing until it is enabled. Idempotent."""
    return WebhookResource.of(await desks.webhooks.disable(caller, webhook))


@routes.post("/webhooks/{webhook}/enable", summary="Enable a webhook")
async def enable_webhook(
    caller: Managing, desks: At, webhook: Id, body: EnableBody | None = None
) -> WebhookResource:
    """Deliver from where it stopped: all that happened since, the oldest first; with `skip_missed` only what
    happens from now on. A failing one is tried at once. Idempotent.
    """
    skip = (body or EnableBody()).skip_missed
    return WebhookResource.of(await desks.webhooks.enable(caller, webhook, skip_missed=skip))


@routes.post("/webhooks/{webhook}/replay", summary="Send events to a webhook again", status_code=202)
async def replay_webhook(caller: Managing, desks: At, webhook: Id, body: ReplayBody) -> ReplayResource:
    """Send one event again, or what happened in a span of time, under the same `webhook-id`.

    Of a span the events of its types; nothing before or after it is sent again. An event that is still to be
    delivered anyway is not counted.
    """
    sent = await desks.webhooks.replay(caller, webhook, event=body.event, since=body.since, until=body.until)
    return ReplayResource(webhook=sent.webhook.webhook_id, events=sent.events)


@routes.get("/webhooks/{webhook}/attempts", summary="List failed attempts of a webhook")
async def list_attempts(
    caller: Managing,
    desks: At,
    pages: Pages,
    webhook: Id,
    waiting: Annotated[bool, Query(description="Only what is still to be delivered.")] = False,
) -> ListOf[AttemptResource]:
    """The attempts of the last 30 days that failed, newest first."""
    found = await desks.webhooks.attempts(
        caller, webhook, waiting=waiting, limit=pages.limit, after=pages.after
    )
    return pages.of(found, _attempt)


def _new(made: NewWebhook, **more: str) -> NewWebhookResource:
    shown = WebhookResource.of(made.view).model_dump()
    return NewWebhookResource(**shown | {"secret": made.secret} | more)


def _answer(answer: Answer) -> WebhookAnswer:
    return WebhookAnswer(
        delivered=answer.ok,
        outcome=answer.outcome,
        status=answer.status,
        answer=answer.text,
        milliseconds=answer.milliseconds,
    )


def _attempt(view: AttemptView) -> AttemptResource:
    return AttemptResource(**view.model_dump(exclude={"id"}))
