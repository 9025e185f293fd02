"""The catalogue of event types has every type, says what events say, and gives nobody away."""

import gzip
import json
import re
from collections import defaultdict
from pathlib import Path

import pytest

from models.event_permissions import permission_of, types_for
from models.event_types import CATALOGUE, described
from models.events import EVENT_TYPES, Audience
from models.identifiers import LETTERS
from models.people.callers import PERMISSIONS, Permission, Role
from store.session import Database
from tests.builders import run
from tests.callers.conftest import acme, database_url, firms  # noqa: F401  fixtures
from tests.callers.world import Known
from tests.contract.event_types import PAGE, page

pytestmark = pytest.mark.covers("A10")
DUMP = Path(__file__).parents[1] / "upgrade" / "v0.1.0" / "dump.sql.gz"
OF_ACCOUNT = {name for name, audience in EVENT_TYPES.items() if audience is Audience.ACCOUNT}
_PERSONAL = re.compile(r"@|\+[0-9]{6}|LPA:|1\$|(?<![0-9])0[1-9]([ .]?[0-9]{2}){4}|esim_(live|test)_|whsec_")
_NAMES = re.compile(r'"(name|email|address|msisdn|phone|matching_id|code|token|password)"')


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
        assert not _PERSONAL.search(text), text
        assert not _NAMES.search(text), text


def _recorded() -> dict[str, set[str]]:
    """What the events of the last release say, by type."""
    dump = gzip.decompress(DUMP.read_bytes()).decode()
    copied = re.search(r"COPY public\.events \(([^)]*)\).*?\n(.*?)\n\\\.", dump, re.DOTALL)
    assert copied
    columns = [name.strip() for name in copied[1].split(",")]
    said: defaultdict[str, set[str]] = defaultdict(set)
    for row in copied[2].split("\n"):
        event = dict(zip(columns, row.split("\t"), strict=True))
        said[event["type"]] |= json.loads(event["data"].replace("\\\\", "\\")).keys()
    return said


def _undeclared(said: dict[str, set[str]]) -> dict[str, set[str]]:
    found = {}
    for name, fields in said.items():
        if name in CATALOGUE:
            more = fields - set(CATALOGUE[name].data) - set(CATALOGUE[name].sometimes)
            if more:
                found[name] = more
    return found


def test_the_catalogue_says_what_recorded_events_say() -> None:
    said = _recorded()
    assert len(set(said) & OF_ACCOUNT) > 60
    assert _undeclared(said) == {}


async def test_the_catalogue_says_what_new_events_say(database: Database, acme: Known) -> None:  # noqa: F811
    said: dict[str, set[str]] = defaultdict(set)
    for row in await run(database, "SELECT type, data FROM events"):
        said[row.type] |= set(row.data)
    assert len(said) >= 15
    assert _undeclared(said) == {}


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
