"""API keys over HTTP (A1, A16)."""

from datetime import datetime
from typing import Annotated

from fastapi import Response
from pydantic import Field

from models.identifiers import named, reference
from models.people.api_keys import ApiKeyView
from models.people.callers import Caller, Permission
from portal.api.caller import At, needs
from portal.api.fields import Body, Id, IdempotencyKey, Moment, Name, Resource, required
from portal.api.lists import ListOf, Pages
from portal.api.routing import router

routes = router("API keys")
Managing = Annotated[Caller, needs(Permission.MANAGE_API_KEYS)]


class ApiKeyResource(Resource):
    """An API key; its text is answered once, when it is made."""

    id: str = Field(examples=["K-7"])
    account: str | None
    name: str
    mode: str = Field(examples=["test"])
    shown: str = Field(
        description="The first characters, to tell it from others.", examples=["esim_test_Q8rT..."]
    )
    user: str | None = Field(description="The service user that it acts as.")
    permissions: list[str]
    created_at: datetime
    created_by: str = Field(description="`U-3`, or `operator`.")
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None

    @classmethod
    def of(cls, view: ApiKeyView) -> "ApiKeyResource":
        """The key as it is answered."""
        user = None if view.user_id is None else reference("U", view.user_id)
        shown = {"id": view.key_id, "user": user, "created_by": named(view.created_by)}
        return cls(**view.model_dump(exclude={"id", "user_id"}) | shown)


class NewApiKeyResource(ApiKeyResource):
    """A key that was just made."""

    key: str = Field(description="The key itself: it is shown this once.", examples=["esim_test_Q8rT..."])


class NewApiKeyBody(Body):
    """An API key to make."""

    name: Name = Field(examples=["Shop backend"])
    user: Id = Field(description="The service user that it acts as: `U-3` or its address.")
    permissions: list[Name] | None = Field(
        default=None, description="All that the user and the caller have, if left out."
    )
    expires_at: Moment | None = Field(
        default=None, description="Needed where the key of the call expires, and no later than that."
    )


@routes.get("/api-keys", summary="List API keys")
async def list_api_keys(caller: Managing, desks: At, pages: Pages) -> ListOf[ApiKeyResource]:
    """The keys of the account, newest first, revoked ones too."""
    return pages.of(
        await desks.api_keys.keys(caller, limit=pages.limit, after=pages.after), ApiKeyResource.of
    )


@routes.post("/api-keys", summary="Make an API key", status_code=201)
async def make_api_key(
    caller: Managing,
    desks: At,
    body: NewApiKeyBody,
    response: Response,
    idempotency_key: IdempotencyKey = None,
) -> NewApiKeyResource:
    """Make a key that acts as a service user, with at most the permissions of the caller.

    A repeat makes no second key, and is refused (`api_key_made`), naming the first: its text is not stored.
    Revoke that one if its text got lost.
    """
    made = await desks.api_keys.create(
        caller,
        body.name,
        user=body.user,
        permissions=body.permissions,
        expires_at=body.expires_at,
        key=required(idempotency_key),
    )
    response.headers["Location"] = f"/api/v1/api-keys/{made.view.key_id}"
    return NewApiKeyResource(**ApiKeyResource.of(made.view).model_dump(), key=made.key.text)


@routes.get("/api-keys/{key}", summary="Show an API key")
async def show_api_key(caller: Managing, desks: At, key: Id) -> ApiKeyResource:
    """One key of the account, also a revoked one."""
    return ApiKeyResource.of(await desks.api_keys.key(caller, key))


@routes.post("/api-keys/{key}/revoke", summary="Revoke an API key")
async def revoke_api_key(caller: Managing, desks: At, key: Id) -> ApiKeyResource:
    """The next call with the key is refused. Idempotent."""
    return ApiKeyResource.of(await desks.api_keys.revoke(caller, key))
