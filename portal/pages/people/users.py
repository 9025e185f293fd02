"""`/people`: who may sign in for the account: list and invite (P1)."""

import uuid
from collections.abc import Collection
from typing import Any
from urllib.parse import urlencode

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from models.errors import Unavailable
from models.identifiers import reference
from models.paging import LARGEST_PAGE
from models.people.callers import Permission, Role, UserKind
from models.people.views import UserView
from portal.auth.signed_in import SignedIn
from portal.http.cursors import closed, opened
from portal.pages.forms import Asking, FormModel, Sent, read_form, unsent
from portal.pages.people.person import FIELDS, State, roles_of
from portal.pages.routes import form, page

ROWS = 50
_LIST = "people"


class InviteForm(FormModel):
    """A person to invite. `key`: the same form with the same address is the same invitation."""

    name: str = Field(min_length=1, max_length=200)
    email: str = Field(min_length=1, max_length=254)
    role: Role
    distributor: str = Field(default="", max_length=200)
    key: str = Field(default="", max_length=100)

    @property
    def once(self) -> str | None:
        """The idempotency key."""
        return f"{self.key} {self.email}" if self.key else None


async def show(request: Request, who: SignedIn) -> Response:
    """The people of the account by name, with role and state."""
    cursor = request.query_params.get("cursor")
    after = opened(cursor, _LIST) if cursor else None
    found = await who.desks.users.users(who.caller, kind=UserKind.PERSON, limit=ROWS, after=after)
    following = found.following and closed(found.following, _LIST)
    return who.page(
        request,
        "people/list",
        people=[(reference("U", user.id), user, State.of(user)) for user in found],
        following=f"/people?{urlencode({'cursor': following})}" if following else "",
        first=cursor is None,
    )


async def ask(request: Request, who: SignedIn) -> Response:
    """The form of an invitation."""
    return await _form(request, who, unsent(role=Role.MANAGER.value, key=uuid.uuid4().hex))


async def invite(request: Request, who: SignedIn) -> Response:
    """Create the user and send the link by which they choose a password."""
    sent = await read_form(request, InviteForm, who.language)
    with Asking(sent, who.language, FIELDS) as asking:
        if (given := sent.model) is not None:
            user = await who.desks.users.create_user(
                who.caller,
                None,
                given.name,
                given.email,
                role=given.role,
                distributor=given.distributor or None,
                key=given.once,
            )
            return await _invited(who, user, given.once)
    return await _form(request, who, asking.form, asking.status)


async def _invited(who: SignedIn, user: UserView, key: str | None) -> Response:
    try:
        await who.desks.mailed.invite(who.caller, reference("U", user.id), key=key)
    except Unavailable:  # it is recorded, and sent when Temporal is available again
        return who.done("/people", "user_invited_later", email=user.email)
    return who.done("/people", "user_invited", email=user.email)


async def _form(request: Request, who: SignedIn, sent: Sent[Any], status: int = 200) -> Response:
    roles = roles_of(who)
    distributors = await _distributors(who, roles)
    return who.page(
        request,
        "people/invite",
        status,
        form=sent,
        roles=roles,
        distributors=distributors,
        desk=Role.PROVIDER_DESK in roles,
    )


async def _distributors(who: SignedIn, roles: Collection[Role]) -> list[str]:
    """The distributors to choose from, where the one role that needs one may be given."""
    if Role.PROVIDER_DESK not in roles:
        return []
    return [*await who.desks.contacts.distributors(who.caller, limit=LARGEST_PAGE)]


_MANAGE = Permission.MANAGE_USERS
routes = [
    page("/people", show, needs=Permission.VIEW_PEOPLE),
    form("/people", invite, needs=_MANAGE, recent=True),
    page("/people/invite", ask, needs=_MANAGE, recent=True),
]
