"""`/administration/webhooks`: the endpoints that events are sent to: list, make, change (A11)."""

import uuid
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any, Literal
from urllib.parse import urlencode

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from models.events import EVENT_TYPES
from models.operations.webhooks import LONGEST_URL, WebhookView
from models.people.callers import Permission
from portal.auth.signed_in import SignedIn
from portal.http.cursors import closed, opened
from portal.pages.administration.event_types import Group, groups, of_groups
from portal.pages.forms import Asking, FormModel, Sent, read_form, unsent
from portal.pages.routes import form, page
from wording.pages import page_texts

LIST = "/administration/webhooks"
ROWS = 50
_FIELDS = {
    **dict.fromkeys(("webhook_url_invalid", "webhook_query_hidden"), "url"),
    **dict.fromkeys(("webhook_address_private", "webhook_host_unknown"), "url"),
    "webhook_types_unknown": "which",
    "webhook_description_invalid": "description",
}


class WebhookForm(FormModel):
    """An endpoint: where events are sent and which. `key`: the same form twice makes one. `whole`: the groups
    that were shown ticked with all their events; `shown`: the endpoint as it was shown.
    """

    url: str = Field(min_length=1, max_length=LONGEST_URL)
    description: str = Field(default="", max_length=200)
    which: Literal["all", "chosen"]
    groups: tuple[str, ...] = Field(default=(), max_length=20)
    types: tuple[str, ...] = Field(default=(), max_length=len(EVENT_TYPES))
    whole: str = Field(default="", max_length=200)
    shown: str = Field(default="", max_length=100)
    key: str = Field(default="", max_length=100)

    @property
    def chosen(self) -> list[str]:
        """The types; none for all."""
        return [] if self.which == "all" else sorted(ticked(self.groups, self.types, self.whole.split()))


def ticked(chosen: Collection[str], singles: Collection[str], whole: Collection[str]) -> set[str]:
    """The types that are meant by ticked groups and single events. Of a group that was shown whole, an event
    that was unticked wins over its group; else the group, if it was unticked alone.
    """
    types = set(singles)
    for key in {*chosen, *whole}:
        group = set(of_groups((key,)))
        if key not in whole:
            types |= group
        elif key not in chosen and group <= types:
            types -= group
    return types


async def show_all(request: Request, who: SignedIn) -> Response:
    """The endpoints of the account, newest first, each with its state."""
    cursor = request.query_params.get("cursor")
    after = opened(cursor, LIST) if cursor else None
    found = await who.desks.webhooks.webhooks(who.caller, limit=ROWS, after=after)
    following = found.following and closed(found.following, LIST)
    return who.page(
        request,
        "administration/webhooks",
        rows=[(webhook, chosen_words(webhook, who)) for webhook in found],
        first=cursor is None,
        following=f"{LIST}?{urlencode({'cursor': following})}" if following else "",
    )


async def ask(request: Request, who: SignedIn) -> Response:
    """The form of a new endpoint."""
    return _form(request, who, unsent(which="all", key=uuid.uuid4().hex))


async def make(request: Request, who: SignedIn) -> Response:
    """Make the endpoint; its secret is in this answer only."""
    sent = _with_types(await read_form(request, WebhookForm, who.language), who)
    with Asking(sent, who.language, _FIELDS) as asking:
        if (given := sent.model) is not None:
            made = await who.desks.webhooks.create(
                who.caller,
                given.url,
                types=given.chosen,
                description=given.description,
                key=given.key or None,
            )
            return who.page(request, "administration/webhook_made", webhook=made.view, secret=made.secret)
    return _form(request, who, lost(asking, who, "webhook_made", "made_before"), asking.status)


async def ask_edit(request: Request, who: SignedIn) -> Response:
    """The form of what can be changed."""
    webhook = await who.desks.webhooks.webhook(who.caller, request.path_params["webhook"])
    return _form(request, who, unsent(**_shown(webhook)), webhook=webhook)


async def edit(request: Request, who: SignedIn) -> Response:
    """Save address, description and types. An address as it was shown stays as it is; where something else
    was saved meanwhile, the form shows that.
    """
    name = request.path_params["webhook"]
    sent = _with_types(await read_form(request, WebhookForm, who.language), who)
    before = await who.desks.webhooks.webhook(who.caller, name)
    with Asking(sent, who.language, _FIELDS) as asking:
        if (given := sent.model) is not None:
            changed = await who.desks.webhooks.edit(
                who.caller,
                name,
                url=None if given.url == before.url else given.url,
                types=given.chosen,
                description=given.description,
                shown=given.shown or None,
            )
            return who.done(f"{LIST}/{changed.webhook_id}", "hook_changed")
    if asking.refused and asking.refused.refusals[0].code == "webhook_changed":
        return await _changed(request, who, name)
    return _form(request, who, asking.form, asking.status, webhook=before)


async def _changed(request: Request, who: SignedIn, name: str) -> Response:
    """The form with what was saved meanwhile."""
    now = await who.desks.webhooks.webhook(who.caller, name)
    words = page_texts(who.language)["webhooks"]["changed_meanwhile"]
    return _form(request, who, replace(unsent(**_shown(now)), errors={"": [words]}), 422, webhook=now)


def _with_types(sent: Sent[WebhookForm], who: SignedIn) -> Sent[WebhookForm]:
    """Refuse chosen types of which none is: that would mean all."""
    if sent.model is None or sent.model.which == "all" or sent.model.chosen:
        return sent
    return replace(sent, model=None, errors={"which": [page_texts(who.language)["webhooks"]["choose_types"]]})


def lost(asking: Asking[Any], who: SignedIn, code: str, said: str) -> Sent[Any]:
    """The form, where it has done its work before: what to do if the secret was not copied."""
    for refusal in asking.refused.refusals if asking.refused else ():
        if refusal.code == code:
            words = page_texts(who.language)["webhooks"][said].format(**refusal.parameters)
            return replace(asking.form, errors={"": [words]})
    return asking.form


def chosen_words(webhook: WebhookView, who: SignedIn) -> str:
    """Which events an endpoint gets: all, whole groups by name, and how many others."""
    words = page_texts(who.language)["webhooks"]
    if not webhook.types:
        return str(words["all_types"])
    whole = [group for group in groups(who.language) if group.is_whole(webhook.types)]
    others = len(webhook.types) - sum(len(group.types) for group in whole)
    more = [words["types_one" if others == 1 else "types_many"].format(number=others)] if others else []
    return ", ".join([*(group.title for group in whole), *more])


def _shown(webhook: WebhookView) -> Mapping[str, Any]:
    return {
        "url": webhook.url,
        "description": webhook.description,
        "which": "chosen" if webhook.types else "all",
        "types": webhook.types,
    }


def _form(
    request: Request,
    who: SignedIn,
    sent: Sent[Any],
    status: int = 200,
    webhook: WebhookView | None = None,
) -> Response:
    whole = str(sent.values.get("whole", "")).split()
    types = ticked(_several(sent, "groups"), _several(sent, "types"), whole)
    shown = [_choice(group, types) for group in groups(who.language)]
    return who.page(
        request,
        "administration/webhook_form",
        status,
        form=sent,
        webhook=webhook,
        path=f"{LIST}/{webhook.webhook_id}" if webhook else LIST,
        groups=shown,
        whole=" ".join(each["key"] for each in shown if each["whole"]),
    )


def _several(sent: Sent[Any], field: str) -> tuple[str, ...]:
    """The values of a field as they were sent."""
    value = sent.values.get(field, ())
    return (value,) if isinstance(value, str) else tuple(value)


def _choice(group: Group, types: set[str]) -> dict[str, Any]:
    whole, some = group.is_whole(types), types.intersection(name for name, _ in group.types)
    return {"key": group.key, "title": group.title, "types": group.types, "whole": whole, "some": some}


_NEEDS = Permission.MANAGE_WEBHOOKS
routes = [
    page(LIST, show_all, needs=_NEEDS),
    form(LIST, make, needs=_NEEDS, recent=True),
    page(f"{LIST}/new", ask, needs=_NEEDS, recent=True),
    page(f"{LIST}/{{webhook}}/edit", ask_edit, needs=_NEEDS, recent=True),
    form(f"{LIST}/{{webhook}}/edit", edit, needs=_NEEDS, recent=True),
]
