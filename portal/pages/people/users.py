"""`/people`: who may sign in for the account: list, invite, give a role, deactivate (P1)."""

import uuid
from collections.abc import Collection
from enum import StrEnum
from typing import Any
from urllib.parse import urlencode

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from models.errors import Unavailable
from models.identifiers import reference
from models.paging import LARGEST_PAGE
from models.people.callers import USER_ROLES, Permission, Role, UserKind, may_grant
from models.people.views import UserView
from portal.auth.signed_in import SignedIn
from portal.http.cursors import closed, opened
from portal.pages.forms import Asking, FormModel, Sent, read_form, unsent
from portal.pages.routes import form, page

ROWS = 50
_LIST = "people"
_FIELDS = {
    **dict.fromkeys(("email_invalid", "email_in_use"), "email"),
    **dict.fromkeys(("unknown_user_role", "role_above_yours", "distributor_of_desk"), "role"),
    "unknown_distributor": "distributor",
    "name_invalid": "name",
}


class State(StrEnum):
    """Whether a user can sign in."""

    NEW = "new"
    INVITED = "invited"
    ACTIVE = "active"
    DEACTIVATED = "deactivated"

    @classmethod
    def of(cls, user: UserView) -> "State":
        """The state of a user: one without a password has been invited, or not even that."""
        if user.deactivated_at is not None:
            return cls.DEACTIVATED
        if user.has_password:
            return cls.ACTIVE
        return cls.INVITED if user.was_invited else cls.NEW


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


class RoleForm(FormModel):
    """The role of a person."""

    role: Role


class NoForm(FormModel):
    """A button without fields."""


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
    with Asking(sent, who.language, _FIELDS) as asking:
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


async def one(request: Request, who: SignedIn) -> Response:
    """A person, with what can be done."""
    return await _one(request, who, unsent())


async def again(request: Request, who: SignedIn) -> Response:
    """Send another link: the invitation again, or to another password for who has one."""
    sent = await read_form(request, NoForm, who.language)
    with Asking(sent, who.language) as asking:
        if sent.model is not None:
            before = await who.desks.users.user(who.caller, request.path_params["user"])
            user = await who.desks.mailed.invite(who.caller, request.path_params["user"])
            said = "user_reset_sent" if before.has_password else "user_invited"
            return who.done("/people", said, email=user.email)
    return await _one(request, who, asking.form, asking.status)


async def set_role(request: Request, who: SignedIn) -> Response:
    """Give the person another role."""
    sent = await read_form(request, RoleForm, who.language)
    with Asking(sent, who.language, _FIELDS, others="role") as asking:
        if sent.model is not None:
            user = await who.desks.users.set_role(
                who.caller, request.path_params["user"], sent.model.role.value
            )
            return who.done(f"/people/{reference('U', user.id)}", "user_role_set", name=user.name)
    return await _one(request, who, asking.form, asking.status)


async def ask_deactivate(request: Request, who: SignedIn) -> Response:
    """What a deactivation means, and whether it is meant."""
    user = await who.desks.users.user(who.caller, request.path_params["user"])
    path = f"/people/{reference('U', user.id)}"
    return who.page(request, "people/deactivate", user=user, path=path)


async def deactivate(request: Request, who: SignedIn) -> Response:
    """The user can do nothing any more, and is signed out everywhere."""
    return await _set_active(request, who, active=False)


async def activate(request: Request, who: SignedIn) -> Response:
    """The user can sign in again."""
    return await _set_active(request, who, active=True)


async def _set_active(request: Request, who: SignedIn, *, active: bool) -> Response:
    desk, name = who.desks.users, request.path_params["user"]
    sent = await read_form(request, NoForm, who.language)
    with Asking(sent, who.language) as asking:
        if sent.model is not None:
            change = desk.activate_user if active else desk.deactivate_user
            user = await change(who.caller, name)
            return who.done("/people", "user_activated" if active else "user_deactivated", name=user.name)
    return await _one(request, who, asking.form, asking.status)


async def _one(request: Request, who: SignedIn, sent: Sent[Any], status: int = 200) -> Response:
    user = await who.desks.users.user(who.caller, request.path_params["user"])
    return who.page(
        request,
        "people/one",
        status,
        form=sent,
        user=user,
        path=f"/people/{reference('U', user.id)}",
        state=State.of(user),
        own=user.id == who.user.id,
        roles=_roles_for(who, user),
    )


def _roles_for(who: SignedIn, user: UserView) -> list[Role]:
    """The roles that may be given to this user; none to oneself, nor to who may do more. That of a provider
    desk is given with a distributor, on the command line.
    """
    roles: list[Role] = [role for role in _roles(who) if role is not Role.PROVIDER_DESK]
    return roles if user.role in roles and user.id != who.user.id else []


async def _form(request: Request, who: SignedIn, sent: Sent[Any], status: int = 200) -> Response:
    roles = _roles(who)
    distributors = await _distributors(who, roles)
    return who.page(request, "people/invite", status, form=sent, roles=roles, distributors=distributors)


def _roles(who: SignedIn) -> list[Role]:
    """The roles that the person may give."""
    return [role for role in USER_ROLES if may_grant(who.caller.permissions, role)]


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
    page("/people/{user}", one, needs=_MANAGE, recent=True),
    form("/people/{user}/invite", again, needs=_MANAGE, recent=True),
    form("/people/{user}/role", set_role, needs=_MANAGE, recent=True),
    page("/people/{user}/deactivate", ask_deactivate, needs=_MANAGE, recent=True),
    form("/people/{user}/deactivate", deactivate, needs=_MANAGE, recent=True),
    form("/people/{user}/activate", activate, needs=_MANAGE, recent=True),
]
