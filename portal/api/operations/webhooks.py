"""Webhooks over HTTP: the endpoints that events of the account are sent to (A11)."""

from datetime import timedelta
from typing import Annotated

from fastapi import Query, Response

from models.operations.webhooks import (
    Answer,
    AttemptView,
    NewWebhook,
)
from models.people.callers import Caller, Permission
from portal.api.caller import At, needs
from portal.api.fields import Id, IdempotencyKey, required
from portal.api.lists import ListOf, Pages
from portal.api.made import say_replayed
from portal.api.operations.webhook_resources import (
    AttemptResource,
    EnableBody,
    NewWebhookBody,
    NewWebhookResource,
    ReplayBody,
    ReplayResource,
    RotateBody,
    WebhookAnswer,
    WebhookEdit,
    WebhookResource,
)
from portal.api.routing import router

routes = router("Webhooks")
Managing = Annotated[Caller, needs(Permission.MANAGE_WEBHOOKS)]


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
    besides, and `view_travel`.
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
    """Change its address, its types or its description. With another address or other types it
    begins anew, also with what failed; events of types that it does not want any more are not sent again.
    """
    changed = await desks.webhooks.edit(
        caller, webhook, url=body.url, types=body.types, description=body.description
    )
    return WebhookResource.of(changed)


@routes.delete("/webhooks/{webhook}", summary="Delete a webhook", status_code=204)
async def delete_webhook(caller: Managing, desks: At, webhook: Id) -> None:
    """Delete the endpoint with its secret and its attempts: what was not delivered yet never is."""
    await desks.webhooks.delete(caller, webhook)


@routes.post("/webhooks/{webhook}/test", summary="Send a ping to a webhook")
async def test_webhook(
    caller: Managing,
    desks: At,
    webhook: Id,
    response: Response,
    idempotency_key: IdempotencyKey = None,  # noqa: PT028  no test of ours
) -> WebhookAnswer:
    """Send `webhook.ping` at once, also to a disabled one; what the receiver answers within ten seconds.

    A failing receiver that takes it gets what it missed at once. A repeat sends nothing and has the same
    answer, without its text.
    """
    tested = await desks.webhooks.test(caller, webhook, key=required(idempotency_key))
    say_replayed(response, replayed=tested.replayed)
    return _answer(tested.answer)


@routes.post("/webhooks/{webhook}/rotate", summary="Rotate the secret of a webhook")
async def rotate_webhook(
    caller: Managing,
    desks: At,
    webhook: Id,
    body: RotateBody | None = None,
    idempotency_key: IdempotencyKey = None,
) -> NewWebhookResource:
    """Make another secret. For a day, or as long as `keep_hours` says, each request is signed with both.
    Secrets before that sign until their own time is over; with `keep_hours` 0 none but the new one signs.

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
async def replay_webhook(
    caller: Managing,
    desks: At,
    webhook: Id,
    body: ReplayBody,
    response: Response,
    idempotency_key: IdempotencyKey = None,
) -> ReplayResource:
    """Send one event again, or what happened in a span of time, under the same `webhook-id`.

    Of a span the events of its types; nothing before or after it is sent again. An event that waits to be
    tried again is sent at once. One that was never tried is not counted: it is delivered anyway. A disabled
    endpoint gets them when it is enabled. A repeat sends nothing and has the same answer.
    """
    once = required(idempotency_key)
    sent = await desks.webhooks.replay(
        caller, webhook, event=body.event, since=body.since, until=body.until, key=once
    )
    say_replayed(response, replayed=sent.replayed)
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
