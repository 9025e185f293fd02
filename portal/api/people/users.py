"""Users and their profiles over HTTP (F39 to F41, F61, A16)."""

from typing import Annotated
from urllib.parse import quote

from fastapi import Query, Response
from pydantic import Field

from models.people.callers import Caller, Permission, Role, UserKind
from portal.api.caller import At, needs
from portal.api.fields import Body, Id, IdempotencyKey, Name, required
from portal.api.lists import ListOf, Pages
from portal.api.made import say_made, say_replayed
from portal.api.people.resources import ProfileResource, UserResource
from portal.api.routing import router

routes = router("Users and profiles")
Viewing = Annotated[Caller, needs(Permission.VIEW_PEOPLE)]
Managing = Annotated[Caller, needs(Permission.MANAGE_USERS)]
Profiling = Annotated[Caller, needs(Permission.MANAGE_PROFILES)]


class NewUserBody(Body):
    """A user to create."""

    name: Name
    email: Name
    role: Name = Field(default=Role.MANAGER.value, description=f"`{'`, `'.join(Role)}`.")
    kind: UserKind = Field(default=UserKind.PERSON, description="A service user has API keys.")
    profile: Name | None = Field(default=None, description="The default one if left out.")
    distributor: Name | None = Field(default=None, description="With the role `provider_desk`.")
    language: Name | None = Field(default=None, description="`en` or `fr`; the account's if left out.")


class UserBody(Body):
    """What changes of a user; what is left out stays."""

    name: Name | None = None
    role: Name | None = None
    distributor: Name | None = Field(default=None, description="With the role `provider_desk`.")
    profile: Name | None = Field(default=None, description="An authorised actions profile, by its name.")
    language: Name | None = None


class NewProfileBody(Body):
    """A profile to create; its nine targets are disabled."""

    name: Name = Field(examples=["Night shift"])


class ProfileBody(Body):
    """What changes of a profile; what is left out stays."""

    name: Name | None = None
    targets: list[Name] | None = Field(
        default=None, max_length=20, description="All that are enabled from now on; `[]` for none."
    )


class TargetsBody(Body):
    """Targets, such as `switch_to_esim:2`; an action alone is its three slots, `all` all nine."""

    targets: list[Name] = Field(min_length=1, max_length=20)


@routes.get("/users", summary="List users")
async def list_users(
    caller: Viewing,
    desks: At,
    pages: Pages,
    kind: Annotated[UserKind | None, Query(description="Only users of this kind.")] = None,
) -> ListOf[UserResource]:
    """The users of the account by name, with their role and profile."""
    found = await desks.users.users(caller, kind=kind, limit=pages.limit, after=pages.after)
    return pages.of(found, UserResource.of)


@routes.post("/users", summary="Create a user", status_code=201)
async def create_user(
    caller: Managing, desks: At, body: NewUserBody, response: Response, idempotency_key: IdempotencyKey = None
) -> UserResource:
    """Create a person or a service user, with at most the permissions of the caller."""
    made = await desks.users.create_user(
        caller,
        None,
        body.name,
        body.email,
        body.profile,
        role=body.role,
        kind=body.kind,
        distributor=body.distributor,
        language=body.language,
        key=required(idempotency_key),
    )
    user = UserResource.of(made)
    say_made(response, f"/users/{user.id}", replayed=made.replayed)
    return user


@routes.get("/users/{user}", summary="Show a user")
async def show_user(caller: Viewing, desks: At, user: Id) -> UserResource:
    """One user, by address or `U-3`."""
    return UserResource.of(await desks.users.user(caller, user))


@routes.patch("/users/{user}", summary="Change a user")
async def change_user(caller: Managing, desks: At, user: Id, body: UserBody) -> UserResource:
    """Change name, role, authorised actions profile or language of a user."""
    return UserResource.of(await desks.users.edit_user(caller, user, **body.model_dump()))


@routes.post("/users/{user}/deactivate", summary="Deactivate a user")
async def deactivate_user(caller: Managing, desks: At, user: Id) -> UserResource:
    """The user can do nothing any more, and a service user's keys are dead. Idempotent."""
    return UserResource.of(await desks.users.deactivate_user(caller, user))


@routes.post("/users/{user}/invite", summary="Invite a user", status_code=202)
async def invite_user(
    caller: Managing, desks: At, user: Id, response: Response, idempotency_key: IdempotencyKey = None
) -> UserResource:
    """Send a person a link to choose a password, or another one. Each key sends another link; the first that
    is used ends all.
    """
    invited = await desks.mailed.invite(caller, user, key=required(idempotency_key))
    say_replayed(response, replayed=invited.replayed)
    return UserResource.of(invited)


@routes.post("/users/{user}/activate", summary="Activate a user")
async def activate_user(caller: Managing, desks: At, user: Id) -> UserResource:
    """Activate a deactivated user again. Idempotent."""
    return UserResource.of(await desks.users.activate_user(caller, user))


@routes.get("/profiles", summary="List profiles")
async def list_profiles(caller: Viewing, desks: At, pages: Pages) -> ListOf[ProfileResource]:
    """The authorised actions profiles of the account, the default one first."""
    found = await desks.profiles.profiles(caller, limit=pages.limit, after=pages.after)
    return pages.of(found, ProfileResource.of)


@routes.post("/profiles", summary="Create a profile", status_code=201)
async def create_profile(
    caller: Profiling,
    desks: At,
    body: NewProfileBody,
    response: Response,
    idempotency_key: IdempotencyKey = None,
) -> ProfileResource:
    """Create a custom profile; its nine targets are disabled."""
    made = await desks.profiles.create_profile(caller, None, body.name, key=required(idempotency_key))
    say_made(response, f"/profiles/{quote(made.name, safe='')}", replayed=made.replayed)
    return ProfileResource.of(made)


@routes.get("/profiles/{profile}", summary="Show a profile")
async def show_profile(caller: Viewing, desks: At, profile: Id) -> ProfileResource:
    """One profile, by its name."""
    return ProfileResource.of(await desks.profiles.profile(caller, None, profile))


@routes.patch("/profiles/{profile}", summary="Change a profile")
async def change_profile(caller: Profiling, desks: At, profile: Id, body: ProfileBody) -> ProfileResource:
    """Rename a profile, or set all its enabled targets at once. Orders that were accepted continue."""
    changed = await desks.profiles.edit_profile(
        caller, None, profile, new_name=body.name, targets=body.targets
    )
    return ProfileResource.of(changed)


@routes.delete("/profiles/{profile}", summary="Delete a profile", status_code=204)
async def delete_profile(
    caller: Profiling,
    desks: At,
    profile: Id,
    replacement: Annotated[Name | None, Query(description="The profile that its users get.")] = None,
) -> None:
    """Delete a custom profile. It needs a replacement if users have it."""
    await desks.profiles.delete_profile(caller, None, profile, replacement=replacement)


@routes.post("/profiles/{profile}/enable", summary="Enable targets of a profile")
async def enable_targets(caller: Profiling, desks: At, profile: Id, body: TargetsBody) -> ProfileResource:
    """Enable targets for the users of the profile. Idempotent."""
    return ProfileResource.of(await desks.profiles.enable(caller, None, profile, body.targets))


@routes.post("/profiles/{profile}/disable", summary="Disable targets of a profile")
async def disable_targets(caller: Profiling, desks: At, profile: Id, body: TargetsBody) -> ProfileResource:
    """Disable targets for the users of the profile. Idempotent."""
    return ProfileResource.of(await desks.profiles.disable(caller, None, profile, body.targets))
