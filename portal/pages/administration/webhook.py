"""`/administration/webhooks/{webhook}`: its deliveries; ping, send again, rotate, disable, delete (A11)."""

import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Literal
from urllib.parse import urlencode

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from models.operations.webhooks import AttemptView, Outcome, Tested, WebhookState, WebhookView
from models.paging import counted_up
from models.people.callers import Permission
from portal.auth.signed_in import SignedIn
from portal.http.cursors import closed, opened
from portal.pages.administration.webhooks import LIST, chosen_words, lost
from portal.pages.forms import Asking, FormModel, Sent, read_form, unsent
from portal.pages.routes import form, page
from wording.history import sentence
from wording.pages import page_texts

ROWS = 25
_FIELDS = {
    **dict.fromkeys(("webhook_replay_choice", "webhook_replay_span", "webhook_replay_many"), "since"),
    "unknown_event": "event",
}


class PingForm(FormModel):
    """A button. `key`: the same form twice sends one ping."""

    key: str = Field(default="", max_length=100)


class ReplayForm(FormModel):
    """What is sent again: one event, or what happened in a span of time (UTC). `key`: the same form twice
    sends it once.
    """

    event: str = Field(default="", max_length=200)
    since: str = Field(default="", max_length=40)
    until: str = Field(default="", max_length=40)
    key: str = Field(default="", max_length=100)


class RotateForm(FormModel):
    """For how long the secret before signs, too. `key`: the same form twice makes one secret."""

    hours: Literal["0", "24", "168"] = "24"
    key: str = Field(default="", max_length=100)


class EnableForm(FormModel):
    """Where deliveries go on."""

    missed: Literal["send", "skip"] = "send"


async def show(request: Request, who: SignedIn) -> Response:
    """The endpoint, what is due, and the attempts that failed."""
    return await _page(request, who, unsent())


async def ping(request: Request, who: SignedIn) -> Response:
    """Send a ping now; the page then says what the receiver answered."""
    sent = await read_form(request, PingForm, who.language)
    with Asking(sent, who.language) as asking:
        if (given := sent.model) is not None:
            webhook, key = request.path_params["webhook"], given.key or None
            tested = await who.desks.webhooks.test(who.caller, webhook, key=key)
            return _pinged(who, tested)
    return await _page(request, who, asking.form, asking.status)


def _pinged(who: SignedIn, tested: Tested) -> Response:
    answer, words = tested.answer, page_texts(who.language)
    plain = "".join(each if each.isprintable() else " " for each in answer.text)
    text = " ".join(plain.split())
    more = f" {words['webhooks']['answer']}{words['ui']['colon']} {text}" if text else ""
    return who.done(
        f"{LIST}/{tested.webhook.webhook_id}",
        "hook_pinged" if answer.ok else "hook_not_pinged",
        outcome=_outcome(answer.outcome, answer.status, who),
        milliseconds=str(answer.milliseconds),
        more=more,
    )


async def replay(request: Request, who: SignedIn) -> Response:
    """Send one event again, or a span of them."""
    sent = _with_times(await read_form(request, ReplayForm, who.language), who)
    with Asking(sent, who.language, _FIELDS) as asking:
        if (given := sent.model) is not None:
            done = await who.desks.webhooks.replay(
                who.caller,
                request.path_params["webhook"],
                event=given.event.strip() or None,
                since=_moment(given.since),
                until=_moment(given.until),
                key=given.key or None,
            )
            said = "hook_replays_later" if done.waits_until_enabled else "hook_replayed"
            return who.done(f"{LIST}/{done.webhook.webhook_id}", said, number=str(done.events))
    return await _page(request, who, asking.form, asking.status)


def _with_times(sent: Sent[ReplayForm], who: SignedIn) -> Sent[ReplayForm]:
    """The form, with an error beside each time that is none: left out, it would mean another span."""
    errors = {}
    for name in ("since", "until") if sent.model else ():
        try:
            _moment(getattr(sent.model, name))
        except (ValueError, OverflowError):
            errors[name] = [page_texts(who.language)["form_errors"]["invalid"]]
    return replace(sent, model=None, errors=errors) if errors else sent


def _moment(typed: str) -> datetime | None:
    """A time, in UTC, as which one without an offset is read. Raises `ValueError` for what is none, and
    `OverflowError` for one beyond all years.
    """
    if not typed.strip():
        return None
    at = datetime.fromisoformat(typed.strip())
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


async def ask_rotate(request: Request, who: SignedIn) -> Response:
    """What another secret means."""
    return await _asked(
        request, who, "administration/webhook_rotate", unsent(hours="24", key=uuid.uuid4().hex)
    )


async def rotate(request: Request, who: SignedIn) -> Response:
    """Make another secret, which is in this answer only."""
    sent = await read_form(request, RotateForm, who.language)
    with Asking(sent, who.language) as asking:
        if (given := sent.model) is not None:
            keep = timedelta(hours=int(given.hours))
            made = await who.desks.webhooks.rotate(
                who.caller, request.path_params["webhook"], keep=keep, key=given.key or None
            )
            return who.page(request, "administration/webhook_made", webhook=made.view, secret=made.secret)
    again = lost(asking, who, "webhook_rotated", "rotated_before")
    return await _asked(request, who, "administration/webhook_rotate", again, asking.status)


async def disable(request: Request, who: SignedIn) -> Response:
    """Nothing is sent to it until it is enabled."""
    webhook = await who.desks.webhooks.disable(who.caller, request.path_params["webhook"])
    return who.done(f"{LIST}/{webhook.webhook_id}", "hook_disabled")


async def enable(request: Request, who: SignedIn) -> Response:
    """Go on from where it stopped, or with what happens from now on."""
    sent = await read_form(request, EnableForm, who.language)
    with Asking(sent, who.language) as asking:
        if (given := sent.model) is not None:
            webhook = await who.desks.webhooks.enable(
                who.caller, request.path_params["webhook"], skip_missed=given.missed == "skip"
            )
            return who.done(f"{LIST}/{webhook.webhook_id}", "hook_enabled")
    return await _page(request, who, asking.form, asking.status)


async def ask_delete(request: Request, who: SignedIn) -> Response:
    """What deleting means, and whether it is meant."""
    return await _asked(request, who, "administration/webhook_delete", unsent())


async def delete(request: Request, who: SignedIn) -> Response:
    """The endpoint, its secret and its attempts are gone."""
    await who.desks.webhooks.delete(who.caller, request.path_params["webhook"])
    return who.done(LIST, "hook_deleted")


async def _asked(
    request: Request, who: SignedIn, template: str, sent: Sent[Any], status: int = 200
) -> Response:
    webhook = await who.desks.webhooks.webhook(who.caller, request.path_params["webhook"])
    return who.page(
        request, template, status, form=sent, webhook=webhook, path=f"{LIST}/{webhook.webhook_id}"
    )


async def _page(
    request: Request,
    who: SignedIn,
    sent: Sent[Any],
    status: int = 200,
) -> Response:
    desk, name, query = who.desks.webhooks, request.path_params["webhook"], request.query_params
    webhook = await desk.webhook(who.caller, name)
    path, waiting, cursor = (
        f"{LIST}/{webhook.webhook_id}",
        query.get("only") == "waiting",
        query.get("cursor"),
    )
    of = f"{path} {waiting}"
    after = opened(cursor, of) if cursor else None
    found = await desk.attempts(who.caller, name, waiting=waiting, limit=ROWS, after=after)
    following = found.following and closed(found.following, of)
    only = {"only": "waiting"} if waiting else {}
    backlog = await desk.backlog(who.caller, name)
    return who.page(
        request,
        "administration/webhook",
        status,
        form=sent,
        key=uuid.uuid4().hex,
        webhook=webhook,
        path=path,
        types=chosen_words(webhook, who),
        named_types=[(each, sentence(each, who.language)) for each in webhook.types],
        why=_why(webhook, who),
        backlog=backlog,
        new=counted_up(backlog.new),
        again=counted_up(backlog.again),
        attempts=[(each, sentence(each.type, who.language), _attempted(each, who)) for each in found],
        waiting=waiting,
        first=cursor is None,
        following=f"{path}?{urlencode({**only, 'cursor': following})}" if following else "",
    )


def _why(webhook: WebhookView, who: SignedIn) -> str:
    """Why nothing is sent, in one sentence; "" where all is well."""
    words = page_texts(who.language)["webhook_why"]
    if webhook.state is WebhookState.DISABLED and webhook.disabled_for is not None:
        return str(words[webhook.disabled_for])
    return str(words["retried"]) if webhook.state is WebhookState.FAILING else ""


def _attempted(attempt: AttemptView, who: SignedIn) -> str:
    if attempt.outcome is None:
        return str(page_texts(who.language)["webhook_outcomes"][attempt.replay])
    return _outcome(attempt.outcome, attempt.status, who)


def _outcome(outcome: str, status: int | None, who: SignedIn) -> str:
    redirected = outcome == Outcome.STATUS and status is not None and 300 <= status < 400
    said = "redirect" if redirected else outcome
    return str(page_texts(who.language)["webhook_outcomes"][said]).format(status=status)


_NEEDS = Permission.MANAGE_WEBHOOKS
_ONE = f"{LIST}/{{webhook}}"
routes = [
    page(_ONE, show, needs=_NEEDS),
    form(f"{_ONE}/test", ping, needs=_NEEDS),
    form(f"{_ONE}/replay", replay, needs=_NEEDS),
    page(f"{_ONE}/rotate", ask_rotate, needs=_NEEDS, recent=True),
    form(f"{_ONE}/rotate", rotate, needs=_NEEDS, recent=True),
    form(f"{_ONE}/disable", disable, needs=_NEEDS, recent=True),
    form(f"{_ONE}/enable", enable, needs=_NEEDS, recent=True),
    page(f"{_ONE}/delete", ask_delete, needs=_NEEDS, recent=True),
    form(f"{_ONE}/delete", delete, needs=_NEEDS, recent=True),
]
