"""`/travel/new-subscriber`, `../subscribers/{subscriber}/edit`: a subscriber is added or edited (T41)."""

import uuid
from dataclasses import replace
from typing import Any

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from models.identifiers import reference
from models.imports import RowNote
from models.language import Language
from models.people.callers import Permission
from models.travel.subscriber_file import MOST_BUNDLES
from models.travel.subscriber_views import SubscriberProfile
from portal.auth.signed_in import SignedIn
from portal.pages.forms import Asking, FormModel, Sent, read_form, unsent
from portal.pages.routes import form, page
from starter.keys import LONGEST_KEY
from starter.travel.subscribers import REMOVABLE, Removable
from wording.refusals import sentence

FIELDS = ("name", "phone", "email", "plan", "bundles", "language")
_ABOUT = {"subscriber_exists": "phone", "email_invalid": "email"}


class NewSubscriberForm(FormModel):
    """A subscriber, as the import has them; `key`: the same form is the same subscriber."""

    name: str = Field(min_length=1, max_length=200)
    phone: str = Field(min_length=1, max_length=40)
    email: str = Field(default="", max_length=254)
    plan: str = Field(min_length=1, max_length=60)
    bundles: int = Field(default=0, ge=0, le=MOST_BUNDLES)
    language: str = Field(default="", max_length=10)
    key: str = Field(default="", max_length=LONGEST_KEY)


class EditSubscriberForm(NewSubscriberForm):
    """The same, with what the form showed first: what was not changed on it is not saved."""

    was_name: str = Field(default="", max_length=200)
    was_phone: str = Field(default="", max_length=40)
    was_email: str = Field(default="", max_length=254)
    was_plan: str = Field(default="", max_length=60)
    was_bundles: str = Field(default="", max_length=10)
    was_language: str = Field(default="", max_length=10)

    def changes(self) -> tuple[dict[str, Any], list[Removable]]:
        """What was entered otherwise than it was shown, and what was emptied."""
        found: dict[str, Any] = {}
        for name in FIELDS:
            value = getattr(self, name)
            if str(value).strip() != getattr(self, f"was_{name}").strip():
                found[name] = value
        removed = [name for name in REMOVABLE if name in found and not str(found[name]).strip()]
        return {name: value for name, value in found.items() if name not in removed}, removed


async def ask(request: Request, who: SignedIn) -> Response:
    """The form of a new subscriber."""
    return _adding(request, who, unsent(bundles="0", key=uuid.uuid4().hex))


async def add(request: Request, who: SignedIn) -> Response:
    """Add the subscriber; the same form again is the same subscriber."""
    sent = await read_form(request, NewSubscriberForm, who.language)
    with Asking(sent, who.language, _ABOUT) as asking:
        if (given := sent.model) is not None:
            made = await who.desks.subscribers.add_subscriber(
                who.caller,
                None,
                given.name,
                given.phone,
                given.plan,
                email=given.email.strip() or None,
                bundles=given.bundles,
                language=given.language or None,
                key=given.key or None,
            )
            return who.done(_path(made), "travel_subscriber_saved", name=made.name)
    return _adding(request, who, _beside(asking, who.language), asking.status)


async def ask_edit(request: Request, who: SignedIn) -> Response:
    """The form of a subscriber."""
    return await _editing(request, who, unsent())


async def edit(request: Request, who: SignedIn) -> Response:
    """Save what was changed. What was held for the address continues with a new one."""
    found = await who.desks.subscribers.subscriber(who.caller, request.path_params["subscriber"])
    sent = await read_form(request, EditSubscriberForm, who.language)
    with Asking(sent, who.language, _ABOUT) as asking:
        if sent.model is not None:
            changes, removed = sent.model.changes()
            saved = await who.desks.subscribers.edit_subscriber(
                who.caller, reference("SB", found.id), remove=removed, **changes
            )
            return who.done(_path(saved), "travel_subscriber_saved", name=saved.name)
    return await _editing(request, who, _beside(asking, who.language), asking.status)


def _beside(asking: Asking[Any], language: Language) -> Sent[Any]:
    """What the form is answered with: what the import would say of a cell is beside its field."""
    if asking.refused is None:
        return asking.form
    errors: dict[str, list[str]] = {}
    for refusal in asking.refused.refusals:
        if isinstance(refusal, RowNote):
            for problem in refusal.problems:
                errors.setdefault(problem.column or "", []).append(sentence(problem.reason, language))
        else:
            errors.setdefault(_ABOUT.get(refusal.code, ""), []).append(sentence(refusal, language))
    return replace(asking.form, errors=errors)


def _adding(request: Request, who: SignedIn, sent: Sent[Any], status: int = 200) -> Response:
    return who.page(request, "travel/new_subscriber", status, form=sent, languages=list(Language))


async def _editing(request: Request, who: SignedIn, sent: Sent[Any], status: int = 200) -> Response:
    found = await who.desks.subscribers.subscriber(who.caller, request.path_params["subscriber"])
    stored = {
        "name": found.name,
        "phone": found.msisdn or "",
        "email": found.email or "",
        "plan": found.plan,
        "bundles": str(found.bundles),
        "language": found.language.value,
    }
    shown = {name: sent.values.get(f"was_{name}", stored[name]) for name in FIELDS}
    return who.page(
        request,
        "travel/edit_subscriber",
        status,
        subscriber=found,
        path=_path(found),
        form=sent,
        stored=stored,
        shown=shown,
        languages=list(Language),
    )


def _path(subscriber: SubscriberProfile) -> str:
    return f"/travel/subscribers/{reference('SB', subscriber.id)}"


_MANAGES = Permission.MANAGE_TRAVEL
routes = [
    page("/travel/new-subscriber", ask, needs=_MANAGES),
    form("/travel/new-subscriber", add, needs=_MANAGES),
    page("/travel/subscribers/{subscriber}/edit", ask_edit, needs=_MANAGES),
    form("/travel/subscribers/{subscriber}/edit", edit, needs=_MANAGES),
]
