"""`/administration/service-users`: users that programs act as: list, create. API keys are made for them."""

import uuid
from typing import Any

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from models.characters import LONGEST_NAME
from models.identifiers import reference
from models.paging import LARGEST_PAGE
from models.people.callers import Permission, Role, UserKind
from models.people.views import UserView
from portal.auth.signed_in import SignedIn
from portal.pages.administration.lists import ROWS, Listing
from portal.pages.forms import Asking, FormModel, Sent, read_form, unsent
from portal.pages.people.person import FIELDS, SERVICE_USERS, State, roles_of
from portal.pages.routes import form, page


class NewForm(FormModel):
    """A service user. `key`: the same form with the same address is the same user."""

    name: str = Field(min_length=1, max_length=LONGEST_NAME)
    email: str = Field(min_length=1, max_length=254)
    role: Role
    profile: str = Field(default="", max_length=LONGEST_NAME)
    key: str = Field(default="", max_length=100)

    @property
    def once(self) -> str | None:
        """The idempotency key."""
        return f"{self.key} {self.email}" if self.key else None


async def show(request: Request, who: SignedIn) -> Response:
    """The service users by name."""
    listing = Listing.of(request, SERVICE_USERS)
    found = await who.desks.users.users(who.caller, kind=UserKind.SERVICE, limit=ROWS, after=listing.after)
    rows = [(reference("U", user.id), user, _state(user)) for user in found]
    return who.page(request, "administration/service_users", rows=rows, **listing.facts(found))


async def ask_new(request: Request, who: SignedIn) -> Response:
    """The form of a new one."""
    return await _form(request, who, unsent(role=Role.VIEWER.value, key=uuid.uuid4().hex))


async def create(request: Request, who: SignedIn) -> Response:
    """Create it. Without an API key it can do nothing."""
    sent = await read_form(request, NewForm, who.language)
    with Asking(sent, who.language, FIELDS) as asking:
        if (given := sent.model) is not None:
            made = await who.desks.users.create_user(
                who.caller,
                None,
                given.name,
                given.email,
                given.profile or None,
                role=given.role,
                kind=UserKind.SERVICE,
                key=given.once,
            )
            return who.done(f"/people/{reference('U', made.id)}", "service_user_created", name=made.name)
    return await _form(request, who, asking.form, asking.status)


def _state(user: UserView) -> State:
    """It needs no password: it is active unless it was deactivated."""
    return State.DEACTIVATED if user.deactivated_at else State.ACTIVE


async def _form(request: Request, who: SignedIn, sent: Sent[Any], status: int = 200) -> Response:
    profiles = await who.desks.profiles.profiles(who.caller, limit=LARGEST_PAGE)
    return who.page(
        request,
        "administration/service_user_new",
        status,
        form=sent,
        roles=[role for role in roles_of(who) if role is not Role.PROVIDER_DESK],
        profiles=[(profile.name, profile.name) for profile in profiles],
    )


_MANAGES = Permission.MANAGE_USERS
routes = [
    page(SERVICE_USERS, show, needs=Permission.VIEW_PEOPLE),
    form(SERVICE_USERS, create, needs=_MANAGES, recent=True),
    page(f"{SERVICE_USERS}/new", ask_new, needs=_MANAGES, recent=True),
]
