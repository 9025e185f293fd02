"""`/administration/audit`: every change, filtered; the address is the filter; the same as CSV (A17)."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from pydantic import Field, ValidationError, field_validator
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from models.errors import NotFound, Refused
from models.feed import data_of
from models.identifiers import named
from models.operations.audit import PLATFORM, AuditEntry
from models.paging import Page as ListPage
from models.people.callers import Permission
from portal.auth.signed_in import SignedIn
from portal.http.cursors import closed, opened
from portal.pages.administration.event_types import groups
from portal.pages.administration.records import page_of
from portal.pages.forms import FormModel
from portal.pages.orders.timeline import who as person
from portal.pages.routes import page
from starter.operations.audit import Wish
from wording.history import sentence
from wording.pages import page_texts
from wording.refusals import sentences

LIST = "/administration/audit"
ROWS = 50


class AuditQuery(FormModel):
    """The filter: the query string."""

    actor: str = Field(default="", max_length=254)
    about: str = Field(default="", max_length=254)
    type: str = Field(default="", max_length=100)
    since: datetime | None = None
    until: datetime | None = None
    session: str = Field(default="", max_length=100)
    address: str = Field(default="", max_length=100)

    @field_validator("since", "until")
    @classmethod
    def _in_utc(cls, moment: datetime | None) -> datetime | None:
        """In UTC. A time with an offset beyond the years that there are is none."""
        if moment is None:
            return None
        try:
            return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
        except OverflowError:
            raise ValueError from None

    @property
    def wish(self) -> Wish:
        """What the desk is asked for."""
        return {
            "actor": self.actor.strip() or None,
            "about": self.about.strip() or None,
            "type": self.type or None,
            "since": self.since,
            "until": self.until,
            "session": self.session.strip() or None,
            "address": self.address.strip() or None,
        }

    @property
    def values(self) -> Mapping[str, str]:
        """The fields that are set, as a form has them."""
        values = {name: self.shown(name) for name in type(self).model_fields}
        return {name: value for name, value in values.items() if value}

    def shown(self, field: str) -> str:
        """A field's value as a form has it: a time to the minute, in UTC."""
        value = getattr(self, field)
        return f"{value.astimezone(UTC):%Y-%m-%dT%H:%M}" if isinstance(value, datetime) else value or ""

    def query(self, without: str = "") -> str:
        """The query string, without one of the fields."""
        return urlencode({name: value for name, value in self.values.items() if name != without})


async def show(request: Request, who: SignedIn) -> Response:
    """The list, newest first. What the filter cannot mean is said above it."""
    sent = {name: value for name, value in request.query_params.items() if value}
    cursor = sent.pop("cursor", None)
    wrong: list[str] = []
    status, found, chosen = 200, ListPage[AuditEntry](), AuditQuery()
    try:
        chosen = AuditQuery.model_validate(sent)
        of = f"audit {chosen.query()}"
        after = opened(cursor, of) if cursor else None
        found = await who.desks.audit.entries(who.caller, limit=ROWS, after=after, **chosen.wish)
    except ValidationError:
        wrong, status = [page_texts(who.language)["audit"]["filter_unknown"]], 422
    except Refused as refused:
        wrong, status = sentences(refused, who.language), 404 if isinstance(refused, NotFound) else 422
    following = found.following and closed(found.following, of)
    return who.page(
        request,
        "administration/audit",
        status,
        chosen=chosen,
        wrong_filter=wrong,
        rows=await _rows(who, found),
        types=_types(who),
        words=lambda name: sentence(name, who.language),
        first=cursor is None,
        following=f"{LIST}?{urlencode({**chosen.values, 'cursor': following})}" if following else "",
    )


async def show_one(request: Request, who: SignedIn) -> Response:
    """One change, with all that is recorded of it."""
    entry = await who.desks.audit.entry(who.caller, request.path_params["entry"])
    (row,) = await _rows(who, [entry])
    data = {name: _plain(value) for name, value in data_of(entry.data).items()}
    return who.page(request, "administration/audit_entry", row=row, entry=entry, data=data, list=LIST)


async def download(request: Request, who: SignedIn) -> Response:
    """All entries of the filter as a CSV file."""
    sent = {name: value for name, value in request.query_params.items() if value and name != "cursor"}
    headers = {"Content-Disposition": 'attachment; filename="audit.csv"'}
    try:
        wish = AuditQuery.model_validate(sent).wish
    except ValidationError:
        raise Refused.because("unknown_record") from None
    if request.method == "HEAD":
        return Response(media_type="text/csv; charset=utf-8", headers=headers)
    parts = await who.desks.audit.csv(who.caller, **wish)
    return StreamingResponse(parts, media_type="text/csv; charset=utf-8", headers=headers)


async def _rows(who: SignedIn, entries: list[AuditEntry]) -> list[dict[str, Any]]:
    people = await who.desks.audit.people(who.caller, {entry.actor for entry in entries})
    surfaces = page_texts(who.language)["audit_surfaces"]
    return [
        {
            "entry": entry,
            "what": sentence(entry.type, who.language),
            "who": person(entry.actor, people, who.language),
            "actor": named(entry.actor),
            "surface": surfaces.get(entry.surface or "", entry.surface or ""),
            "about": [(named(each), page_of(each, who)) for each in entry.about],
            "session": entry.session if entry.session != PLATFORM else "",
        }
        for entry in entries
    ]


def _types(who: SignedIn) -> list[dict[str, Any]]:
    return [
        {"label": group.title, "options": sorted(group.types, key=lambda one: one[1])}
        for group in groups(who.language)
    ]


def _plain(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


routes = [
    page(LIST, show, needs=Permission.VIEW_AUDIT),
    page(f"{LIST}.csv", download, needs=Permission.VIEW_AUDIT),
    page(f"{LIST}/{{entry}}", show_one, needs=Permission.VIEW_AUDIT),
]
