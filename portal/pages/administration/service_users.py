"""`/administration/api-keys/service-user`: make the service user that a new API key acts as (A18)."""

import uuid
from typing import Any

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from models.identifiers import reference
from models.people.callers import Permission, Role, UserKind
from portal.auth.signed_in import SignedIn
from portal.pages.administration.api_keys import LIST
from portal.pages.forms import Asking, FormModel, Sent, read_form, unsent
from portal.pages.people.person import FIELDS, roles_of
from portal.pages.routes import form, page

_PATH = f"{LIST}/service-user"


class ServiceUserForm(FormModel):
    """A service user. `key`: the same form twice makes one."""

    name: str = Field(min_length=1, max_length=200)
    email: str = Field(min_length=1, max_length=254)
    role: Role
    key: str = Field(default="", max_length=100)


async def ask(request: Request, who: SignedIn) -> Response:
    """The form."""
    return _form(request, who, unsent(role=Role.VIEWER.value, key=uuid.uuid4().hex))


async def make(request: Request, who: SignedIn) -> Response:
    """Make the user, and go on with its key."""
    sent = await read_form(request, ServiceUserForm, who.language)
    with Asking(sent, who.language, FIELDS) as asking:
        if (given := sent.model) is not None:
            user = await who.desks.users.create_user(
                who.caller,
                None,
                given.name,
                given.email,
                role=given.role,
                kind=UserKind.SERVICE,
                key=given.key or None,
            )
            path = f"{LIST}/new?user={reference('U', user.id)}"
            return who.done(path, "service_user_made", name=user.name)
    return _form(request, who, asking.form, asking.status)


def _form(request: Request, who: SignedIn, sent: Sent[Any], status: int = 200) -> Response:
    roles = [role for role in roles_of(who) if role is not Role.PROVIDER_DESK]
    return who.page(request, "administration/service_user", status, form=sent, roles=roles)


_NEEDS = Permission.MANAGE_USERS
routes = [
    page(_PATH, ask, needs=_NEEDS, recent=True),
    form(_PATH, make, needs=_NEEDS, recent=True),
]
