"""The catalogue of event types has every type, says what events say, and gives nobody away."""

import gzip
import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from models.event_permissions import permission_of, types_for
from models.event_types import CATALOGUE
from models.event_types.described import described
from models.events import EVENT_TYPES, Audience
from models.identifiers import LETTERS
from models.people.callers import PERMISSIONS, Permission, Role
from store.session import Database
from tests.builders import run
from tests.callers.conftest import acme, database_url, firms  # noqa: F401  fixtures
from tests.callers.world import Known
from tests.contract.event_types import PAGE, page
from tests.declared_events import NAMES, PERSONAL, public, undeclared

pytestmark = pytest.mark.covers("A10")
DUMP = Path(__file__).parents[1] / "upgrade" / "v0.1.0" / "dump.sql.gz"
NAMED = {
    "accounts": ("name", "contact_email"),
    "agents": ("name", "email", "eid"),
    "contacts": ("name", "email"),
    "devices": ("name",),
    "distributors": ("name",),
    "employees": ("name", "email"),
    "lines": ("msisdn",),
    "management_groups": ("name",),
    "numbers": ("msisdn",),
    "order_notes": ("text",),
    "order_packs": ("name",),
    "sims": ("iccid",),
    "subscribers": ("name", "email"),
    "travel_plans": ("name",),
    "users": ("name", "email"),
}
"""Columns with names, addresses, numbers and texts of people and things."""
OF_ACCOUNT = {name for name, audience in EVENT_TYPES.items() if audience is Audience.ACCOUNT}


def test_every_type_is_described() -> None:
    assert set(CATALOGUE) == OF_ACCOUNT
    for one in described():
        assert one.sentence.endswith("."), one.type
        assert one.example.data["about"], one.type
    assert len({one.example.id for one in described()}) == len(CATALOGUE)


def test_the_page_is_current() -> None:
    assert PAGE.read_text() == page(), "run make schemas"


def test_no_example_holds_what_is_personal_or_secret() -> None:
    for one in described():
        text = one.example.model_dump_json()
        assert not PERSONAL.search(text), text
        assert not NAMES.search(text), text


def _table(name: str) -> Iterator[dict[str, str]]:
    """The rows of a table of the last release, in which all kinds of orders were played."""
    copied = re.search(rf"COPY public\.{name} \(([^)]*)\).*?\n(.*?)\n?\\\.", _dump(), re.DOTALL)
    assert copied
    columns = [column.strip() for column in copied[1].split(",")]
    for row in copied[2].splitlines():
        yield dict(zip(columns, row.split("\t"), strict=True))


@cache
def _dump() -> str:
    return gzip.decompress(DUMP.read_bytes()).decode()


def _recorded() -> Iterator[tuple[str, dict[str, Any]]]:
    """What the events of the last release say that an account sees."""
    for event in _table("events"):
        if event["type"] in CATALOGUE:
            yield event["type"], json.loads(event["data"].replace("\\\\", "\\"))


def test_the_catalogue_says_what_recorded_events_say() -> None:
    recorded = list(_recorded())
    assert len({name for name, _ in recorded}) > 60
    assert [(name, more) for name, data in recorded if (more := undeclared(name, data))] == []


def test_the_feed_names_no_person_or_thing_of_recorded_events() -> None:
    known = {
        row[column]
        for table, columns in NAMED.items()
        for row in _table(table)
        for column in columns
        if row[column] not in {"\\N", "erased"}
    }
    assert len(known) > 200
    named = re.compile("|".join(rf"(?<!\w){re.escape(each)}(?!\w)" for each in sorted(known)))
    for name, data in _recorded():
        shown = public(name, data)
        assert not PERSONAL.search(shown), shown
        assert not named.search(shown), shown


async def test_the_catalogue_says_what_new_events_say(database: Database, acme: Known) -> None:  # noqa: F811
    new = [(row.type, dict(row.data)) for row in await run(database, "SELECT type, data FROM events")]
    assert len({name for name, _ in new}) >= 15
    assert [(name, more) for name, data in new if (more := undeclared(name, data))] == []


def test_what_no_type_declares_is_not_in_the_feed() -> None:
    """Also what is recorded by a later version, of a type that this one does not know."""
    said = {"sim": 12, "iccid": "8933010000000000017", "holder": "Marc Roy"}
    assert set(json.loads(public("esim.activated", said))["data"]) == {"about", "sequence", "sim"}
    assert set(json.loads(public("esim.renamed", said))["data"]) == {"about", "sequence"}
    many = json.loads(public("line.groups_changed", {"line": 42, "groups": [1, 2], "name": "Sales"}))["data"]
    assert {"line": "L-42", "groups": ["G-1", "G-2"]}.items() <= many.items()
    assert "name" not in many


def test_who_sees_which_events() -> None:
    assert types_for(PERMISSIONS[Role.OPERATOR]) is None
    desk = types_for(PERMISSIONS[Role.PROVIDER_DESK])
    assert desk is not None
    assert {name.partition(".")[0] for name in desk} == {"order", "esim", "sim", "incident", "mail", "job"}
    manager = types_for(PERMISSIONS[Role.MANAGER]) or frozenset()
    assert "user.signed_in" not in manager
    assert not {name for name in manager if permission_of(name) is Permission.VIEW_TRAVEL}


def test_records_have_the_ids_that_people_read() -> None:
    """`L-42`, not the number of a row; `profile` is also the provider's number of an IMSI profile."""
    kinds = set(LETTERS) - {"profile"}
    for one in described():
        rows = {name for name, value in one.example.data.items() if isinstance(value, int)}
        assert not rows & kinds, one.type
