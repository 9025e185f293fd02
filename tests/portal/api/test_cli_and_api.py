"""Whatever the command line can do for an account, the API can: each call of each desk has a route (A16)."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import get_type_hints

import pytest

import portal.api
from starter.desks import Desks
from tests.callers.samples import SAMPLES

CONNECTED = {"client", "database", "settings"}
API = Path(portal.api.__path__[0])
DESKS: dict[str, type] = {name: kind for name, kind in get_type_hints(Desks).items() if name not in CONNECTED}
ONLY_OPERATORS = {
    "RecoveryDesk.find": "recovers lost workflows of all accounts",
    "RecoveryDesk.start": "recovers lost workflows of all accounts",
    "ClockDesk.show": "the clock of a sandbox is moved by whoever runs it",
    "ClockDesk.advance": "the clock of a sandbox is moved by whoever runs it",
    "ApiKeyDesk.create_platform_key": "a platform key is made on the machine",
    "FeedDesk.news": "reads the feed of all accounts, once for all streams of a portal",
    "examine": "doctor examines the machine's parts",
    "erase": "erases a person from all accounts",
}
"""What only the operator of the machine does, with the reason."""
_A_JOB = "a job imports the file in the background (A21)"
_OF_A_PERSON = "views are a person's own, and a key's user is none"
OTHER_FORMS = {
    "OrderDesk.place_order": "by row ids, for Python backends; the API names records",
    "OrderDesk.check_order": "by row ids, for Python backends; the API names records",
    "OrderDesk.of_ids": "a page's list of what was placed; the API shows each",
    "OrderDesk.queue": "a page's queue; the API lists orders",
    "OrderStepsDesk.preview": "a page's file; a dry run of a job's rows",
    "OrderStepsDesk.confirm": "a page's file; a job's rows, which the caller chose",
    "QrDesk.import_read": "reads a file of many codes in the terminal; a job does rows of them (A21)",
    "OrderLinkDesk.links": "a page of administrators: who has a link of an order's e-mail",
    "OrderLinkDesk.revoke": "a page of administrators; to edit the contact's role or address revokes, too",
    "DashboardDesk.dashboard": "a page's numbers; the API lists what is behind each",
    "OrderDesk.people": "names the people of events for the terminal",
    "OrderDesk.watch": "follows an order in the terminal; the API answers its events",
    "AccountDesk.set_language": "`AccountDesk.edit` changes both",
    "AccountDesk.set_contact": "`AccountDesk.edit` changes both",
    "ContactDesk.open_links": "a page's warning; the API shows the links of a request",
    "ContactDesk.overview": "a page's list with counts; the API lists distributors, and contacts by role",
    "UserDesk.set_role": "`UserDesk.edit_user` changes both",
    "UserDesk.set_user_language": "`UserDesk.edit_user` changes both",
    "FleetEditDesk.edit_line": "a page's one form; the API sets employees and groups",
    "FleetDesk.import_fleet": _A_JOB,
    "CatalogueDesk.import_catalogue": _A_JOB,
    "NumberDesk.import_numbers": _A_JOB,
    "PlanDesk.import_plans": _A_JOB,
    "PlanDesk.import_rates": _A_JOB,
    "StockDesk.import_stock": _A_JOB,
    "SubscriberDesk.import_subscribers": _A_JOB,
    "OpenIdDesk.unlink": "how a person signs in to the pages, where a program has no part",
    "RetryDesk.many": "`RetryDesk.resume_many` answers the outcomes at once",
    "RetryDesk.one": "`RetryDesk.resume` answers the outcome at once",
    "CodeBook.held": "`RetryDesk.held` lists held work of every kind",
    "CodeBook.waiting": "the list of requests shows the open ones",
    "JobDesk.import_checked": "a program has the file, and sends it",
    "WebhookDesk.backlog": "how far a page says that an endpoint is; attempts and `doctor` say it, too",
    "MailLogDesk.mails": "for who looks after an account; each order and code has its own history",
    "AuditDesk.csv": "a page's file; a program reads the list",
    "AuditDesk.people": "names the people of a page",
    "AuditDesk.entry": "a page's detail; the list has all of an entry",
    "LicencePlanDesk.plan": "a page's add-on panel; the API lists add-ons and prices",
    "LicencePlanDesk.check_buy": "what a page says before a purchase",
    "LicencePlanDesk.charge_lines": "a page's sum of what is alike; the API lists each charge",
    "LicencePlanDesk.changes": "what a page offers to change a licence to",
    "InventoryDesk.choices": "names that a page's filters offer",
    "InventoryDesk.counted": "a page counts; lists of the API never do",
    "InventoryDesk.csv": "a page's file; a program reads the list",
    "InventoryDesk.device": "a page's detail; the API shows lines, SIMs and offers of actions",
    "InventoryDesk.history": "a page's history in words; the API answers events",
    "InventoryDesk.row": "a page's row; the API shows the line",
    "InventoryDesk.search": "a page's one box; the API has a filter for each",
    "InventoryDesk.sim": "a page's detail; the API shows the SIM",
    "InventoryDesk.why_not": "a page's sentence; the API refuses with it",
    "BulkDesk.preview": "a dry run of a job's rows",
    "BulkDesk.confirm": "a job's rows, which the caller chose",
    "QrDesk.manager": "a page says to whom a code goes; the preview of the API says it",
    "SavedViewDesk.delete": _OF_A_PERSON,
    "SavedViewDesk.make_default": _OF_A_PERSON,
    "SavedViewDesk.rename": _OF_A_PERSON,
    "SavedViewDesk.save": _OF_A_PERSON,
    "SavedViewDesk.share": _OF_A_PERSON,
    "SavedViewDesk.unshare": _OF_A_PERSON,
    "SavedViewDesk.views": _OF_A_PERSON,
    "StockDesk.csv": "a page's file; a program reads the list",
    "LineBook.history": "a page's history in words; the API answers reports and events",
    "NumberDesk.held": "`RetryDesk.held` lists held work of every kind",
}
"""What the API does by another call of the desk, with the reason."""


def _called() -> Iterator[str]:
    """Every call of a desk in the routes of the API: `desks.orders.place`."""
    for file in API.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Attribute):
                of = node.value.value
                if isinstance(of, ast.Name) and of.id == "desks" and node.value.attr in DESKS:
                    yield f"{DESKS[node.value.attr].__name__}.{node.attr}"


def _has_subject(desk: type) -> bool:
    """Whether the subject of the desk is in the API: its folder has the same name there."""
    subject = desk.__module__.split(".")[1]
    return (API / subject).is_dir()


@pytest.mark.covers("A16")
def test_every_call_of_a_desk_is_a_route_of_the_api() -> None:
    called = set(_called())
    left_out = set(ONLY_OPERATORS) | set(OTHER_FORMS)
    there = {desk.__name__ for desk in DESKS.values() if _has_subject(desk)}
    wanted = {call for call in SAMPLES if call.partition(".")[0] in there or "." not in call}

    assert len(called) > 40
    assert sorted(wanted - called - left_out) == []
    assert sorted(called & left_out) == [], "has a route: not to be listed as left out"
    assert left_out <= set(SAMPLES)
