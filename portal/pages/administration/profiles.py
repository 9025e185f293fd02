"""`/administration/profiles`: authorised actions profiles, each with its nine switches (F39 to F41, F61)."""

import uuid
from dataclasses import replace
from typing import Any

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from models.characters import LONGEST_NAME
from models.errors import Refused
from models.identifiers import reference
from models.orders.rules import SLOTS, TARGETS, Action, target
from models.paging import LARGEST_PAGE
from models.people.callers import Permission
from models.people.profiles import ProfileView
from portal.auth.signed_in import SignedIn
from portal.pages.administration.lists import ROWS, Listing
from portal.pages.forms import Asking, FormModel, Sent, read_form, unsent
from portal.pages.routes import form, page
from wording.labels import action_label
from wording.pages import page_texts

PATH = "/administration/profiles"
_OF_NAME = dict.fromkeys(("name_invalid", "profile_exists"), "name")
_OF_REPLACEMENT = dict.fromkeys(("profile_in_use", "profile_replaced", "unknown_profile"), "replacement")
_NAME = Field(min_length=1, max_length=LONGEST_NAME)


class NewForm(FormModel):
    """A profile to create. `key`: the same form is the same profile."""

    name: str = _NAME
    key: str = Field(default="", max_length=100)


class EditForm(FormModel):
    """Name and switches. `was_...`: what the form showed first; nothing is saved if that has changed."""

    name: str = _NAME
    switch_to_esim: tuple[str, ...] = ()
    replace_esim: tuple[str, ...] = ()
    generate_qr_code: tuple[str, ...] = ()
    was_name: str = Field(default="", max_length=LONGEST_NAME)
    was_enabled: str = Field(default="", max_length=1_000)

    @property
    def enabled(self) -> tuple[str, ...]:
        """The switches that are on."""
        return (*self.switch_to_esim, *self.replace_esim, *self.generate_qr_code)

    @property
    def was(self) -> tuple[str, tuple[str, ...]] | None:
        """What the form showed, for the desk to compare."""
        shown = self.was_enabled.split()
        return (self.was_name, tuple(one for one in TARGETS if one in shown)) if self.was_name else None


class DeleteForm(FormModel):
    """The profile that the users get instead."""

    replacement: str = Field(default="", max_length=LONGEST_NAME)


async def show(request: Request, who: SignedIn) -> Response:
    """The profiles, the default one first."""
    listing = Listing.of(request, PATH)
    found = await who.desks.profiles.profiles(who.caller, limit=ROWS, after=listing.after)
    rows = [(reference("AP", each.id), each) for each in found]
    return who.page(request, "administration/profiles", rows=rows, total=len(TARGETS), **listing.facts(found))


async def one(request: Request, who: SignedIn) -> Response:
    """A profile: its switches, and who has it."""
    profile = await _profile(request, who)
    users = await who.desks.users.users(who.caller, profile=profile.name, limit=ROWS)
    return who.page(
        request,
        "administration/profile",
        profile=profile,
        path=_path(profile),
        actions=_actions(who, profile),
        users=[(reference("U", user.id), user) for user in users],
        more=bool(users.following),
    )


async def ask_new(request: Request, who: SignedIn) -> Response:
    """The form of a new profile."""
    return who.page(request, "administration/profile_new", form=unsent(key=uuid.uuid4().hex))


async def create(request: Request, who: SignedIn) -> Response:
    """Create it with its nine switches off, and go on to these."""
    sent = await read_form(request, NewForm, who.language)
    with Asking(sent, who.language, others="name") as asking:
        if (given := sent.model) is not None:
            desk = who.desks.profiles
            made = await desk.create_profile(who.caller, None, given.name, key=given.key or None)
            return who.done(f"{_path(made)}/edit", "profile_created", name=made.name)
    return who.page(request, "administration/profile_new", asking.status, form=asking.form)


async def ask_edit(request: Request, who: SignedIn) -> Response:
    """The form with the nine switches."""
    return await _edit(request, who, await _profile(request, who), unsent())


async def edit(request: Request, who: SignedIn) -> Response:
    """Save name and switches. Orders that were accepted before continue."""
    sent = await read_form(request, EditForm, who.language)
    with Asking(sent, who.language, _OF_NAME) as asking:
        if (given := sent.model) is not None:
            saved = await who.desks.profiles.edit_profile(
                who.caller,
                None,
                request.path_params["profile"],
                new_name=given.name,
                targets=given.enabled,
                was=given.was,
            )
            return who.done(_path(saved), "profile_saved", name=saved.name)
    shown = asking.form
    if asking.refused and asking.refused.refusals[0].code == "profile_changed":
        shown = replace(shown, values={})
    return await _edit(request, who, await _profile(request, who), shown, asking.status)


async def ask_delete(request: Request, who: SignedIn) -> Response:
    """What a deletion means, and which profile the users get."""
    profile = await _profile(request, who)
    if profile.is_default:
        raise Refused.because("profile_is_default")
    return await _delete(request, who, profile, unsent())


async def delete(request: Request, who: SignedIn) -> Response:
    """Delete it; its users have the other profile at once."""
    sent = await read_form(request, DeleteForm, who.language)
    profile = await _profile(request, who)
    with Asking(sent, who.language, _OF_REPLACEMENT) as asking:
        if (given := sent.model) is not None:
            await who.desks.profiles.delete_profile(
                who.caller, None, _id(profile), replacement=given.replacement.strip() or None
            )
            return who.done(PATH, "profile_deleted", name=profile.name)
    return await _delete(request, who, profile, asking.form, asking.status)


async def _profile(request: Request, who: SignedIn) -> ProfileView:
    return await who.desks.profiles.profile(who.caller, None, request.path_params["profile"])


async def _edit(
    request: Request, who: SignedIn, profile: ProfileView, sent: Sent[Any], status: int = 200
) -> Response:
    return who.page(
        request,
        "administration/profile_edit",
        status,
        form=sent,
        profile=profile,
        path=_path(profile),
        actions=_actions(who, profile),
        was=" ".join(profile.enabled),
    )


async def _delete(
    request: Request, who: SignedIn, profile: ProfileView, sent: Sent[Any], status: int = 200
) -> Response:
    all_of_them = await who.desks.profiles.profiles(who.caller, limit=LARGEST_PAGE)
    others = [(each.name, each.name) for each in all_of_them if each.id != profile.id]
    facts = {"profile": profile, "path": _path(profile), "others": others}
    return who.page(request, "administration/profile_delete", status, form=sent, **facts)


def _actions(who: SignedIn, profile: ProfileView) -> list[dict[str, Any]]:
    """Each action with its three switches: target, words, on."""
    texts = page_texts(who.language)["profiles"]
    found = []
    for action in Action:
        words = texts["on_line" if action.orders else "on_sim"]
        slots = [
            (target(action, slot), words.format(slot=slot), profile.enables(action, slot)) for slot in SLOTS
        ]
        found.append({"name": action.value, "label": action_label(action, who.language), "slots": slots})
    return found


def _id(profile: ProfileView) -> str:
    return reference("AP", profile.id)


def _path(profile: ProfileView) -> str:
    return f"{PATH}/{_id(profile)}"


_SEES, _MANAGES = Permission.VIEW_PEOPLE, Permission.MANAGE_PROFILES
routes = [
    page(PATH, show, needs=_SEES),
    form(PATH, create, needs=_MANAGES, recent=True),
    page(f"{PATH}/new", ask_new, needs=_MANAGES, recent=True),
    page(f"{PATH}/{{profile}}", one, needs=_SEES),
    page(f"{PATH}/{{profile}}/edit", ask_edit, needs=_MANAGES, recent=True),
    form(f"{PATH}/{{profile}}/edit", edit, needs=_MANAGES, recent=True),
    page(f"{PATH}/{{profile}}/delete", ask_delete, needs=_MANAGES, recent=True),
    form(f"{PATH}/{{profile}}/delete", delete, needs=_MANAGES, recent=True),
]
