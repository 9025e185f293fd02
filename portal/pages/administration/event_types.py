"""`/administration/webhooks/events`: every type of event, in words and with an example (A11).

The same catalogue as docs/events.md and `GET /api/v1/event-types`.
"""

import json
from collections.abc import Collection, Iterator, Mapping
from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import Response

from models.event_permissions import permission_of
from models.event_types import SUBJECTS
from models.language import Language
from models.people.callers import Permission
from portal.auth.signed_in import SignedIn
from portal.pages.routes import page
from wording.history import sentence
from wording.labels import permission_label
from wording.pages import page_texts

PATH = "/administration/webhooks/events"
KEYS: Mapping[str, str] = {
    "orders": "Orders and SIMs",
    "codes": "QR codes, notifications and links",
    "licences": "Licences, numbers and agents",
    "travel": "Travel eSIMs",
    "people": "The account and its people",
    "jobs": "Jobs",
    "webhooks": "Webhooks",
}
"""What a form calls the groups of the catalogue."""


class Group(NamedTuple):
    """The types of one subject, each with its words."""

    key: str
    title: str
    types: tuple[tuple[str, str], ...]

    def is_whole(self, chosen: Collection[str]) -> bool:
        """Whether all types of the group are among these."""
        return all(name in chosen for name, _ in self.types)


def groups(language: Language) -> list[Group]:
    """All types of events that an account sees, by subject."""
    titles = page_texts(language)["event_groups"]
    return [
        Group(key, titles[key], tuple((name, sentence(name, language)) for name in SUBJECTS[subject]))
        for key, subject in KEYS.items()
    ]


def of_groups(keys: Collection[str]) -> Iterator[str]:
    """The types of these groups; a group that is none is its own name, which a desk refuses."""
    for key in keys:
        yield from SUBJECTS.get(KEYS.get(key, ""), (key,))


async def show(request: Request, who: SignedIn) -> Response:
    """The catalogue."""
    described = {each.type: each for each in await who.desks.feed.types(who.caller)}
    return who.page(
        request,
        "administration/event_types",
        groups=groups(who.language),
        examples={
            name: json.dumps(each.example.model_dump(mode="json"), ensure_ascii=False)
            for name, each in described.items()
        },
        shown_by=lambda name: permission_label(permission_of(name), who.language),
    )


routes = [page(PATH, show, needs=Permission.MANAGE_WEBHOOKS)]
