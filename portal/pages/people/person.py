"""`/people/{user}`: a person: what the account knows of them, edit, another link, unlink, deactivate (P1)."""

from dataclasses import replace
from enum import StrEnum
from typing import Any

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from models.errors import Refused
from models.identifiers import reference
from models.paging import LARGEST_PAGE
from models.people.callers import USER_ROLES, Permission, Role, UserKind, may_grant
from models.people.views import UserView
from portal.auth.signed_in import SignedIn
from portal.pages.forms import Asking, FormModel, Sent, read_form, unsent
from portal.pages.routes import form, page
from starter.people.users import not_above

FIELDS = {
    **dict.fromkeys(("email_invalid", "email_in_use"), "email"),
    **dict.fromkeys(("unknown_user_role", "role_above_yours", "distributor_of_desk"), "role"),
    "unknown_distributor": "distributor",
    "unknown_profile": "profile",
    "name_invalid": "name",
}
"""Which field a refusal is about."""
SERVICE_USERS = "/administration/service-users"
"""The list of those who are no persons."""


class State(StrEnum):
    """Whether a user can sign in."""

    NEW = "new"
    INVITED = "invited"
    ACTIVE = "active"
    DEACTIVATED = "deactivated"

    @classmethod
    def of(cls, user: UserView) -> "State":
        """The state of a user: one who has no way to sign in has been invited, or not even that."""
        if user.deactivated_at is not None:
            return cls.DEACTIVATED
        if user.has_password or user.is_linked:
            return cls.ACTIVE
        return cls.INVITED if user.was_invited else cls.NEW


class EditForm(FormModel):
    """Name, role and profile of a person; role and profile are left out where they may not be changed.

    `was_...`: what the form showed first. What equals it is not saved: it may have been changed meanwhile.
    """

    name: str = Field(min_length=1, max_length=200)
    role: Role | None = None
    profile: str = Field(default="", max_length=200)
    was_name: str = Field(default="", max_length=200)
    was_role: str = Field(default="", max_length=200)
    was_profile: str = Field(default="", max_length=200)

    def changes(self) -> dict[str, str]:
        """What was typed or chosen otherwise than it was shown."""
        given = {"name": self.name, "role": self.role or "", "profile": self.profile}
        shown = self.shown()
        return {name: str(value) for name, value in given.items() if value and value != shown.get(name)}

    def shown(self) -> dict[str, str]:
        """What the form showed first."""
        shown = {"name": self.was_name, "role": self.was_role, "profile": self.was_profile}
        return {name: value for name, value in shown.items() if value}


class NoForm(FormModel):
    """A button without fields."""


async def show(request: Request, who: SignedIn) -> Response:
    """A person, with what can be done."""
    return await _shown(request, who, unsent())


async def ask_edit(request: Request, who: SignedIn) -> Response:
    """The form of what can be changed."""
    user = await who.desks.users.user(who.caller, request.path_params["user"])
    not_above(who.caller, user.role)
    return await _edit(request, who, user, unsent())


async def edit(request: Request, who: SignedIn) -> Response:
    """Save name, role and profile."""
    name = request.path_params["user"]
    sent = await read_form(request, EditForm, who.language)
    with Asking(sent, who.language, FIELDS) as asking:
        if (given := sent.model) is not None:
            user = await who.desks.users.edit_user(who.caller, name, was=given.shown(), **given.changes())
            return who.done(_path(user), "user_saved", name=user.name)
    user = await who.desks.users.user(who.caller, name)
    shown = asking.form
    if asking.refused and asking.refused.refusals[0].code == "user_changed":
        shown = replace(shown, values={})
    return await _edit(request, who, user, shown, asking.status)


async def again(request: Request, who: SignedIn) -> Response:
    """Send another link: the invitation again, or to another password for who has one."""
    sent = await read_form(request, NoForm, who.language)
    with Asking(sent, who.language) as asking:
        if sent.model is not None:
            before = await who.desks.users.user(who.caller, request.path_params["user"])
            user = await who.desks.mailed.invite(who.caller, request.path_params["user"])
            said = "user_reset_sent" if before.has_password else "user_invited"
            return who.done("/people", said, email=user.email)
    return await _shown(request, who, asking.form, asking.status)


async def ask_deactivate(request: Request, who: SignedIn) -> Response:
    """What a deactivation means, and whether it is meant."""
    user = await who.desks.users.user(who.caller, request.path_params["user"])
    with Asking(unsent(), who.language) as asking:
        if user.id == who.user.id:
            raise Refused.because("own_user")
        not_above(who.caller, user.role)
        service = user.kind is UserKind.SERVICE
        facts: dict[str, Any] = {"user": user, "path": _path(user), "service": service, "list": _list(user)}
        return who.page(request, "people/deactivate", **facts)
    return await _shown(request, who, asking.form, 403)


async def deactivate(request: Request, who: SignedIn) -> Response:
    """The user can do nothing any more, and is signed out everywhere."""
    return await _set_active(request, who, active=False)


async def activate(request: Request, who: SignedIn) -> Response:
    """The user can sign in again."""
    return await _set_active(request, who, active=True)


async def ask_unlink(request: Request, who: SignedIn) -> Response:
    """What it means to remove the link with the OpenID provider, and whether it is meant."""
    user = await who.desks.users.user(who.caller, request.path_params["user"])
    not_above(who.caller, user.role)
    return who.page(request, "people/unlink", user=user, path=_path(user))


async def unlink(request: Request, who: SignedIn) -> Response:
    """Remove the link with the OpenID provider; the user is signed out everywhere."""
    sent = await read_form(request, NoForm, who.language)
    with Asking(sent, who.language) as asking:
        if sent.model is not None:
            user = await who.desks.openid.unlink(who.caller, request.path_params["user"])
            return who.done(_path(user), "user_unlinked", name=user.name)
    return await _shown(request, who, asking.form, asking.status)


async def _set_active(request: Request, who: SignedIn, *, active: bool) -> Response:
    desk, name = who.desks.users, request.path_params["user"]
    sent = await read_form(request, NoForm, who.language)
    with Asking(sent, who.language) as asking:
        if sent.model is not None:
            change = desk.activate_user if active else desk.deactivate_user
            user = await change(who.caller, name)
            said = "user_activated" if active else "user_deactivated"
            return who.done(_list(user), said, name=user.name)
    return await _shown(request, who, asking.form, asking.status)


async def _shown(request: Request, who: SignedIn, sent: Sent[Any], status: int = 200) -> Response:
    user = await who.desks.users.user(who.caller, request.path_params["user"])
    manages = who.may(_MANAGE)
    above = not may_grant(who.caller.permissions, user.role)
    return who.page(
        request,
        "people/one",
        status,
        form=sent,
        user=user,
        path=_path(user),
        service=user.kind is UserKind.SERVICE,
        list=_list(user),
        state=State.of(user),
        own=user.id == who.user.id,
        openid=(who.desks.openid.name or "OpenID") if user.is_linked else "",
        manages=manages and not above,
        above=manages and above,
    )


async def _edit(
    request: Request, who: SignedIn, user: UserView, sent: Sent[Any], status: int = 200
) -> Response:
    own = user.id == who.user.id
    profiles = [] if own else await who.desks.profiles.profiles(who.caller, limit=LARGEST_PAGE)
    return who.page(
        request,
        "people/edit",
        status,
        form=sent,
        user=user,
        path=_path(user),
        roles=[] if own else [role for role in roles_of(who) if role is not Role.PROVIDER_DESK],
        profiles=[(profile.name, profile.name) for profile in profiles],
    )


def roles_of(who: SignedIn) -> list[Role]:
    """The roles that the person may give. That of a provider desk is the platform's to give."""
    return [role for role in USER_ROLES if may_grant(who.caller.permissions, role)]


def _list(user: UserView) -> str:
    return SERVICE_USERS if user.kind is UserKind.SERVICE else "/people"


def _path(user: UserView) -> str:
    return f"/people/{reference('U', user.id)}"


_MANAGE = Permission.MANAGE_USERS
routes = [
    page("/people/{user}", show, needs=Permission.VIEW_PEOPLE),
    page("/people/{user}/edit", ask_edit, needs=_MANAGE, recent=True),
    form("/people/{user}/edit", edit, needs=_MANAGE, recent=True),
    form("/people/{user}/invite", again, needs=_MANAGE, recent=True),
    page("/people/{user}/unlink", ask_unlink, needs=_MANAGE, recent=True),
    form("/people/{user}/unlink", unlink, needs=_MANAGE, recent=True),
    page("/people/{user}/deactivate", ask_deactivate, needs=_MANAGE, recent=True),
    form("/people/{user}/deactivate", deactivate, needs=_MANAGE, recent=True),
    form("/people/{user}/activate", activate, needs=_MANAGE, recent=True),
]
