"""Events over HTTP: polled with a cursor, or followed as server-sent events (A10)."""

from typing import Annotated, Any

from fastapi import Header, Query, Request, Response
from pydantic import Field

from models.event_permissions import permission_of
from models.feed import FeedItem, FeedPage
from models.paging import LARGEST_PAGE
from models.people.callers import Caller, Permission
from portal.api.caller import At, needs
from portal.api.event_stream import EventStream, follow
from portal.api.fields import Id, Name, Resource, SimId
from portal.api.lists import ListOf
from portal.api.routing import router

routes = router("Events")
Viewing = Annotated[Caller, needs(Permission.VIEW_ORDERS)]
Responses = dict[int | str, dict[str, Any]]
_LONGEST_CURSOR = 200
_Cursor = Query(
    max_length=_LONGEST_CURSOR,
    description="The `id` of the last event that was read, or `next_cursor`: only what happened later. "
    "`now`: only what happens from now on.",
    examples=["now"],
)
After = Annotated[str | None, _Cursor]
Types = Annotated[
    list[Name],
    Query(
        alias="type",
        max_length=50,
        description="Only events of this type, such as `order.processed`, or `order` for all of these; may "
        "be given several times.",
        examples=[["order.processed"]],
    ),
]
LastEventId = Annotated[
    str | None,
    Header(
        alias="Last-Event-ID",
        max_length=_LONGEST_CURSOR,
        description="The `id` of the last event that was received: the stream continues there. Browsers "
        "send it by themselves.",
        examples=["MS43NTIuOTE"],
    ),
]
_MESSAGES = """id: MS43NTIuOTE
event: order.processed
data: {"id":"MS43NTIuOTE","type":"order.processed","timestamp":"2026-11-27T12:00:00.123456Z",\
"data":{"about":["order-abcdefghijklmnop","L-42"]}}

"""
_STREAM: Responses = {
    200: {
        "description": "Server-sent events: the data of each is a `FeedItem` as JSON. It lasts until one "
        "side closes the connection.",
        "content": {"text/event-stream": {"schema": {"type": "string"}, "example": _MESSAGES}},
    }
}
_COMPLETE: Responses = {204: {"description": "The order has ended, and all of its events were received."}}


class EventTypeResource(Resource):
    """A type of events."""

    type: str = Field(examples=["order.processed"])
    subject: str = Field(examples=["Orders and SIMs"])
    sentence: str = Field(description="What has happened.")
    permission: str = Field(description="The permission that shows such events.", examples=["view_orders"])
    example: FeedItem
    sometimes: list[str] = Field(
        description="The fields of `data` that other events of the type have, too.", examples=[["note"]]
    )


class FeedAnswer(Resource):
    """A part of the feed."""

    data: list[FeedItem]
    has_more: bool = Field(description="Whether there is more to read at once.")
    next_cursor: str = Field(description="The `after` of the next poll, also where nothing is new.")


@routes.get("/event-types", summary="List the types of events")
async def list_event_types(
    caller: Annotated[Caller, needs(Permission.VIEW_ORDERS, any_account=True)], desks: At
) -> ListOf[EventTypeResource]:
    """Every type of event that an account sees, with an example; more may be added at any time."""
    found = await desks.feed.types(caller)
    return ListOf.whole(
        EventTypeResource(permission=permission_of(each.type), **vars(each)) for each in found
    )


@routes.get("/events", summary="Poll events")
async def poll_events(
    caller: Viewing,
    desks: At,
    after: After = None,
    type_: Types = [],  # noqa: B006
    limit: Annotated[int, Query(ge=1, le=LARGEST_PAGE, description="The most events.")] = LARGEST_PAGE,
) -> FeedAnswer:
    """What happened in the account, oldest first: each event exactly once, however often it is asked. Without
    `after` from the beginning.

    Only events of records that the key's permissions show.
    """
    page = await desks.feed.account(caller, after=after, types=type_, limit=limit)
    items = [news.item for news in page.news]
    return FeedAnswer(data=items, has_more=page.more, next_cursor=str(page.cursor))


@routes.get(
    "/events/stream",
    summary="Follow events",
    status_code=200,
    response_class=EventStream,
    response_model=None,
    responses={**_STREAM},
)
async def stream_events(
    request: Request,
    response: Response,
    caller: Viewing,
    desks: At,
    last_event_id: LastEventId = None,
    after: After = None,
    type_: Types = [],  # noqa: B006
) -> Response:
    """What happens in the account, as server-sent events, from now on or after the last event that was
    received. Refused (`too_many_streams`) where the key has too many streams open.
    """

    async def read(cursor: str | None) -> FeedPage:
        return await desks.feed.account(caller, after=cursor, types=type_)

    return await follow(request, response, read, last_event_id or after or "now")


@routes.get(
    "/orders/{order}/events/stream",
    summary="Follow an order",
    status_code=200,
    response_class=EventStream,
    response_model=None,
    responses={**_STREAM, **_COMPLETE},
)
async def stream_order(
    request: Request,
    response: Response,
    caller: Viewing,
    desks: At,
    order: Id,
    last_event_id: LastEventId = None,
    after: After = None,
) -> Response:
    """What happens to an order of any kind, as server-sent events, from its first event or after the last one
    that was received. It ends by itself, with the event `end`, when the order has ended and no step of
    it is held.
    """

    async def read(cursor: str | None) -> FeedPage:
        return await desks.feed.order(caller, order, after=cursor)

    return await follow(request, response, read, last_event_id or after, ends=True)


@routes.get(
    "/sims/{sim}/events/stream",
    summary="Follow a SIM",
    status_code=200,
    response_class=EventStream,
    response_model=None,
    responses={**_STREAM},
)
async def stream_sim(
    request: Request,
    response: Response,
    caller: Viewing,
    desks: At,
    sim: SimId,
    last_event_id: LastEventId = None,
    after: After = None,
    type_: Types = [],  # noqa: B006
) -> Response:
    """What happens to a SIM, as server-sent events, from its first event or after the last one that was
    received.
    """

    async def read(cursor: str | None) -> FeedPage:
        return await desks.feed.sim(caller, sim, after=cursor, types=type_)

    return await follow(request, response, read, last_event_id or after)
