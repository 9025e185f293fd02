"""The audit over HTTP (A17)."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import Query
from pydantic import Field

from models.feed import data_of
from models.identifiers import named
from models.operations.audit import AuditEntry
from models.people.callers import Caller, Permission
from portal.api.caller import At, needs
from portal.api.events import ACTORS
from portal.api.fields import Id, Moment, Name, Resource
from portal.api.lists import ListOf, Pages
from portal.api.routing import router

routes = router("Audit")


class AuditResource(Resource):
    """A change. Changes by the system itself, and those before origins were recorded, have no origin."""

    id: str = Field(description="Unique for ever.")
    at: datetime
    type: str = Field(description="Such as `order.submitted`; more values may be added.")
    actor: str = Field(description=ACTORS, examples=["U-3"])
    about: list[str] = Field(description="What was changed, the main record first, such as `L-42`.")
    data: dict[str, Any]
    surface: str | None = Field(description="`api`, `cli`, `link` or `portal`; more values may be added.")
    session: str | None = Field(
        description="The API key, `K-7`, or the session; `platform`: a key of the platform."
    )
    address: str | None = Field(description="The IP address of the call; null of a call by the platform.")
    request_id: str | None

    @classmethod
    def of(cls, entry: AuditEntry) -> "AuditResource":
        """The entry as it is answered."""
        about = [named(each) for each in entry.about]
        more = {"actor": named(entry.actor), "about": about, "data": data_of(entry.data)}
        return cls(**entry.model_dump(exclude={"account"}) | more)


@routes.get("/audit", summary="List changes")
async def list_audit(
    caller: Annotated[Caller, needs(Permission.VIEW_AUDIT)],
    desks: At,
    pages: Pages,
    actor: Annotated[Id | None, Query(description="`operator`, `system`, `U-3` or an address.")] = None,
    about: Annotated[
        Id | None, Query(description="A record: an id such as `L-42`, a phone number, an ICCID, an address.")
    ] = None,
    type_: Annotated[
        Name | None, Query(alias="type", description="`order.submitted`, or `order` for all of these.")
    ] = None,
    since: Annotated[Moment | None, Query(description="Not before this time.")] = None,
    until: Annotated[Moment | None, Query(description="Before this time.")] = None,
    session: Annotated[
        Id | None, Query(description="The API key, `K-7`, or the session, `SE-12`, of the call.")
    ] = None,
    address: Annotated[Id | None, Query(description="The IP address of the call.")] = None,
) -> ListOf[AuditResource]:
    """What was changed in the account, newest first: by whom, when, from where and by which key or session.

    Entries are never changed or removed; erasing a person removes sessions and addresses from theirs.
    """
    found = await desks.audit.entries(
        caller,
        actor=actor,
        about=about,
        type=type_,
        since=since,
        until=until,
        session=session,
        address=address,
        limit=pages.limit,
        after=pages.after,
    )
    return pages.of(found, AuditResource.of)
