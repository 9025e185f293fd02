"""`/administration/api-keys`: the API keys of the account: list, make, revoke (A1, A18)."""

import uuid
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any, Literal
from urllib.parse import urlencode

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from models.identifiers import reference
from models.paging import LARGEST_PAGE
from models.people.api_keys import ApiKeyView
from models.people.callers import PERMISSIONS, Permission, UserKind
from models.people.views import UserView
from portal.auth.signed_in import SignedIn
from portal.http.cursors import closed, opened
from portal.pages.forms import Asking, FormModel, Sent, read_form, unsent
from portal.pages.routes import form, page
from wording.labels import permission_label
from wording.pages import page_texts

LIST = "/administration/api-keys"
ROWS = 50
_FIELDS = {
    "name_invalid": "name",
    **dict.fromkeys(("unknown_user", "service_user_needed", "user_deactivated"), "user"),
    **dict.fromkeys(("permission_above_yours", "unknown_permission"), "permissions"),
    **dict.fromkeys(("expiry_invalid", "expiry_after_yours"), "days"),
}
_SOON = timedelta(days=14)


class KeyForm(FormModel):
    """A key to make. `key`: the same form twice makes one."""

    name: str = Field(min_length=1, max_length=200)
    user: str = Field(min_length=1, max_length=100)
    access: Literal["all", "view", "chosen"]
    permissions: tuple[str, ...] = Field(default=(), max_length=len(Permission))
    days: Literal["30", "90", "365", "never"]
    key: str = Field(default="", max_length=100)

    @property
    def expires_at(self) -> datetime | None:
        """The end of its last day: the same for a form that is sent twice."""
        if self.days == "never":
            return None
        day = datetime.now(UTC).date() + timedelta(days=int(self.days) + 1)
        return datetime.combine(day, time(), UTC)

    def chosen(self, offered: frozenset[Permission]) -> frozenset[str]:
        """What the key may do; `offered`: what its user and its maker may both do."""
        match self.access:
            case "all":
                return frozenset(offered)
            case "view":
                return frozenset(each for each in offered if each.startswith("view_"))
            case _:
                return frozenset(self.permissions)


async def show_all(request: Request, who: SignedIn) -> Response:
    """The keys of the account, newest first, revoked ones too."""
    cursor = request.query_params.get("cursor")
    after = opened(cursor, LIST) if cursor else None
    found = await who.desks.api_keys.keys(who.caller, limit=ROWS, after=after)
    users = {user.id: user for user in await _service_users(who)}
    following = found.following and closed(found.following, LIST)
    return who.page(
        request,
        "administration/keys",
        rows=[(key, state_of(key), users.get(key.user_id or 0)) for key in found],
        first=cursor is None,
        following=f"{LIST}?{urlencode({'cursor': following})}" if following else "",
    )


async def show(request: Request, who: SignedIn) -> Response:
    """One key: what it may do, until when, by whom it was made, when it was last used."""
    return await _one(request, who, "administration/key")


async def ask_revoke(request: Request, who: SignedIn) -> Response:
    """What revoking means, and whether it is meant."""
    return await _one(request, who, "administration/key_revoke")


async def revoke(request: Request, who: SignedIn) -> Response:
    """The next call with the key is refused."""
    key = await who.desks.api_keys.revoke(who.caller, request.path_params["key"])
    return who.done(f"{LIST}/{key.key_id}", "key_revoked", name=key.name)


async def ask(request: Request, who: SignedIn) -> Response:
    """The form of a new key. The service user that it acts as comes first: it says what can be chosen."""
    chosen = request.query_params.get("user", "")
    return await _form(request, who, unsent(user=chosen, key=uuid.uuid4().hex))


async def make(request: Request, who: SignedIn) -> Response:
    """Make the key; its text is in this answer only."""
    sent = await read_form(request, KeyForm, who.language)
    with Asking(sent, who.language, _FIELDS) as asking:
        if (given := sent.model) is not None:
            user = await who.desks.users.user(who.caller, given.user)
            made = await who.desks.api_keys.create(
                who.caller,
                given.name,
                user=given.user,
                permissions=given.chosen(_offered(who, user)),
                expires_at=given.expires_at,
                key=given.key or None,
            )
            return who.page(request, "administration/key_made", key=made.view, text=made.key.text, user=user)
    return await _form(request, who, _lost(asking, who), asking.status)


def _lost(asking: Asking[KeyForm], who: SignedIn) -> Sent[KeyForm]:
    """The form, where it has made a key before: what to do if the key was not copied."""
    for refusal in asking.refused.refusals if asking.refused else ():
        if refusal.code == "api_key_made":
            said = page_texts(who.language)["api_keys"]["made_before"].format(**refusal.parameters)
            return replace(asking.form, errors={"": [said]})
    return asking.form


async def _form(request: Request, who: SignedIn, sent: Sent[Any], status: int = 200) -> Response:
    users = [user for user in await _service_users(who) if user.deactivated_at is None]
    chosen = str(sent.values.get("user", ""))
    user = next((each for each in users if chosen in (reference("U", each.id), each.email)), None)
    if user is None and len(users) == 1 and not chosen:
        user = users[0]
    offered = [] if user is None else sorted(_offered(who, user), key=[*Permission].index)
    account = await who.desks.accounts.account(who.caller)
    return who.page(
        request,
        "administration/key_new",
        status,
        form=sent,
        users=users,
        user=user,
        mode=account.mode,
        offered=[(each.value, _words(each, who)) for each in offered],
        days=[(name, words) for name, words in page_texts(who.language)["key_days"].items()],
    )


async def _one(request: Request, who: SignedIn, template: str) -> Response:
    key = await who.desks.api_keys.key(who.caller, request.path_params["key"])
    users = {reference("U", user.id): user for user in await _service_users(who)}
    return who.page(
        request,
        template,
        key=key,
        path=f"{LIST}/{key.key_id}",
        state=state_of(key),
        user=users.get(reference("U", key.user_id or 0)),
        permissions=[_words(each, who) for each in key.permissions],
    )


async def _service_users(who: SignedIn) -> list[UserView]:
    return await who.desks.users.users(who.caller, kind=UserKind.SERVICE, limit=LARGEST_PAGE)


def _words(permission: Permission, who: SignedIn) -> str:
    """What a permission allows, as an entry of a list."""
    words = permission_label(permission, who.language)
    return words[:1].upper() + words[1:]


def _offered(who: SignedIn, user: UserView) -> frozenset[Permission]:
    return PERMISSIONS[user.role] & who.caller.permissions


def state_of(key: ApiKeyView) -> str:
    """Whether a key opens anything: `active`, `ends_soon`, `expired` or `revoked`."""
    if key.revoked_at is not None:
        return "revoked"
    if key.expires_at is None:
        return "active"
    left = key.expires_at - datetime.now(UTC)
    return "expired" if left <= timedelta() else "ends_soon" if left <= _SOON else "active"


_NEEDS = Permission.MANAGE_API_KEYS
routes = [
    page(LIST, show_all, needs=_NEEDS),
    form(LIST, make, needs=_NEEDS, recent=True),
    page(f"{LIST}/new", ask, needs=_NEEDS, recent=True),
    page(f"{LIST}/{{key}}", show, needs=_NEEDS),
    page(f"{LIST}/{{key}}/revoke", ask_revoke, needs=_NEEDS, recent=True),
    form(f"{LIST}/{{key}}/revoke", revoke, needs=_NEEDS, recent=True),
]
