"""What one firm has does not exist for another, whatever desk is asked; and a scope that is dropped shows."""

import ast
import importlib
import inspect
import pkgutil
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import true

import starter
import store
from models.errors import NotFound, Refused
from models.identifiers import order_id
from models.orders.kinds import Swap
from models.orders.placement import Placement
from models.people.callers import Caller, LinkBearer, Permission
from models.people.sign_in import TokenBearer, Visit
from starter.desks import Desks
from starter.operations.doctor import examine
from starter.people import erasure
from store import scopes
from store.orders import acceptance
from tests.builders import ACCOUNT
from tests.callers.built import forget_statements
from tests.callers.samples import LINKS, SAMPLES
from tests.callers.walk import NOWHERE, SAYS_WHY_NOT, Look, answered, looks_of_a_stranger
from tests.callers.world import BEN, CLEO, UNKNOWN, Known, who

PLUMBING = {
    *("Calls", "QrWorkflows", "Receivers", "Restarts", "EncryptedPayloads", "Watch"),
    *("JobRunner", "NumberChanges", "LineWaking", "Settling", "NewAddresses", "Attempts", "Hasher"),
    *("OpenIdProvider", "ManyCodes", "FileImport", "Receivers"),
}
"""Classes of `starter` that no caller asks: the desks use them, once the caller is known."""
CALLS_OF_DESKS = 252
CALLS_OF_LINKS = 9
OF_VISITORS = {
    *("OpenIdDesk.begin", "OpenIdDesk.sign_in"),
    *("SignInDesk.sign_in", "MailedDesk.forgot", "MailedDesk.look", "MailedDesk.accept"),
}
"""Calls of those who are not signed in yet."""
OWN = {
    f"SignInDesk.{name}"
    for name in (
        *("sign_out", "sessions", "end_session", "end_others", "confirm", "change_password"),
        "set_language",
    )
} | {"OpenIdDesk.confirm", "OpenIdDesk.ways"}
"""What is a signed-in user's own: it takes no permission, and names no record of another one."""
FILES = {"FleetDesk.import_fleet", "CatalogueDesk.import_catalogue", "NumberDesk.import_numbers"}
"""Who may not import is told so before a file of megabytes is read for the accounts in it."""
OF_TRAVEL = f'"permission":"{Permission.VIEW_TRAVEL}"'
"""Who may not see travel eSIMs is told so whatever is named: none of them exists for these callers."""
FUNCTIONS: dict[str, Callable[..., Any]] = {"erase": erasure.erase, "examine": examine}


def _classes() -> Iterator[type]:
    """Every class that is defined in `starter`, but for the command line."""
    for module in pkgutil.walk_packages(starter.__path__, "starter."):
        if not module.name.startswith("starter.cli"):
            loaded = importlib.import_module(module.name)
            for _, found in inspect.getmembers(loaded, inspect.isclass):
                if found.__module__ == module.name and not found.__name__.startswith("_"):
                    yield found


def _calls(desk: type) -> dict[str, Callable[..., Any]]:
    """Its public asynchronous methods, inherited ones too."""
    return {
        name: method
        for name, method in inspect.getmembers(desk, inspect.isfunction)
        if not name.startswith("_")
        and (inspect.iscoroutinefunction(method) or inspect.isasyncgenfunction(method))
    }


def _desks() -> dict[str, type]:
    """Every class that a caller asks; of those that inherit from each other the last."""
    found = [desk for desk in _classes() if _calls(desk) and desk.__name__ not in PLUMBING]
    return {desk.__name__: desk for desk in found if not any(desk in other.__mro__[1:] for other in found)}


def _first(call: Callable[..., Any]) -> inspect.Parameter:
    parameters = list(inspect.signature(call).parameters.values())
    return parameters[1] if parameters[0].name == "self" else parameters[0]


def test_every_call_of_every_desk_names_its_caller_first_and_has_a_sample() -> None:
    expected = {}
    for desk_name, desk in _desks().items():
        for name, call in _calls(desk).items():
            first = _first(call)
            assert first.annotation in (Caller, LinkBearer, Visit, TokenBearer), f"{desk_name}.{name}"
            assert first.default is inspect.Parameter.empty, f"{desk_name}.{name}"
            expected[f"{desk_name}.{name}"] = first.annotation
    of_callers = {name for name, kind in expected.items() if kind is Caller} - OWN
    assert {name for name, kind in expected.items() if kind in (Visit, TokenBearer)} == OF_VISITORS
    assert expected.keys() >= OWN
    of_links = {name.removeprefix("LinkDesk.") for name, kind in expected.items() if kind is LinkBearer}
    for name, function in FUNCTIONS.items():
        assert _first(function).annotation is Caller, name
    assert set(SAMPLES) == of_callers | set(FUNCTIONS)
    assert set(LINKS) == of_links
    assert (len(of_callers), len(of_links)) == (CALLS_OF_DESKS, CALLS_OF_LINKS)


def test_only_one_module_makes_callers() -> None:
    makers = set()
    for room in ("activities", "portal", "providers", "starter", "store", "workflows", "sandbox"):
        for file in (Path(starter.__path__[0]).parent / room).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text())):
                if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Caller":
                    makers.add(f"{file.parent.name}/{file.name}")
    assert makers == {"starter/callers.py"}


@pytest.mark.covers("S5")
async def test_a_stranger_is_answered_as_about_what_nobody_has(desks: Desks, acme: Known) -> None:
    shown = [await look() for look in (await looks_of_a_stranger(desks, acme)).values()]
    assert list(filter(None, shown)) == []


async def test_an_order_of_ids_that_are_another_accounts_is_refused_like_one_of_ids_that_nobody_has(
    desks: Desks, acme: Known
) -> None:
    cleo = await who(desks.database, CLEO)
    answers = []
    for number, line in enumerate((acme.line, UNKNOWN.line)):
        what = Swap(kind="switch_to_esim", line_id=int(line[2:]), pack_id=1, discard_confirmed=True)
        placement = Placement(
            order_id=order_id(cleo.account, str(number)),
            account_id=cleo.account,
            user_id=cleo.user,
            what=what,
        )
        async with desks.database.transaction() as connection:
            answers.append((await acceptance.accept(connection, placement)).refusals)
    assert answers[0] == answers[1]
    assert [refusal.code for refusal in answers[0]] == ["unknown_line"]


async def test_who_may_only_look_is_told_so_about_their_own_and_nothing_about_others(
    desks: Desks, acme: Known
) -> None:
    ben = await who(desks.database, BEN)
    for name, sample in SAMPLES.items():
        kind, said = await answered(sample.call(desks, ben, acme, ACCOUNT))
        if ben.may(sample.needs):
            assert "not_permitted" not in said or name in SAYS_WHY_NOT, f"{name}: {said}"
            continue
        assert kind is Refused, f"{name}: {said}"
        assert "not_permitted" in said, f"{name}: {said}"
        assert f'"permission":"{sample.needs}"' in said or OF_TRAVEL in said, f"{name}: {said}"
        if not sample.names_nothing and name not in FILES and OF_TRAVEL not in said:
            kind, said = await answered(sample.call(desks, ben, UNKNOWN, NOWHERE))
            assert kind is NotFound, f"{name}: first look, then ask for the right: {said}"


_IN_SCOPE = "what it finds narrows a list that is within the scope by itself"
NARROWING = {
    "fleet.group_members named": _IN_SCOPE,
    "licences.number_views without_licence": _IN_SCOPE,
    "licences.search _few": _IN_SCOPE,
    "people.book _some": _IN_SCOPE,
    "operations.audit _edges": _IN_SCOPE,
    "operations.jobs _report": _IN_SCOPE,
    "operations.mail_log _to": _IN_SCOPE,
    "operations.mail_log _names": _IN_SCOPE,
    "operations.held_views how_many": "no desk counts it: the frame of the pages, whose tests have it",
}
"""Functions whose conditions no answer of a desk shows, with the reason."""


def _conditions() -> list[tuple[str, int]]:
    """Where in the store a scope becomes a condition: each call of `within`."""
    found = []
    top = Path(store.__path__[0])
    for file in sorted(top.rglob("*.py")):
        if file.stem != "scopes" and "migrations" not in file.parts:
            module = ".".join(file.relative_to(top).with_suffix("").parts)
            text = file.read_text()
            found += [
                (module, node.lineno)
                for part in (ast.parse(text).body if "within(" in text else ())
                if f"{module} {getattr(part, 'name', '')}" not in NARROWING
                for node in ast.walk(part)
                if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "within"
            ]
    return found


CONDITIONS = _conditions()


def test_all_conditions_are_found() -> None:
    assert len(CONDITIONS) >= 26


Place = tuple[str, int]
"""A module of the store and a line."""


@pytest.fixture
def drop(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Place | None], set[Place]]]:
    """Drops the condition at a place, or none; the set gets every place that is reached from then on."""

    def of(module: str, dropped: Place | None, reached: set[Place]) -> Callable[..., Any]:
        def within(*arguments: Any, **columns: Any) -> Any:
            place = (module, sys._getframe(1).f_lineno)
            reached.add(place)
            return true() if place == dropped else scopes.within(*arguments, **columns)

        return within

    def dropping(place: Place | None) -> set[Place]:
        reached: set[Place] = set()
        for module in {module for module, _ in CONDITIONS}:
            monkeypatch.setattr(
                importlib.import_module(f"store.{module}"), "within", of(module, place, reached)
            )
        forget_statements()
        return reached

    yield dropping
    forget_statements()


_REACHING: dict[Place, list[str]] = {}
"""The looks of a stranger that get to each condition: no other is another one without it."""


async def _find_reaching(looks: Mapping[str, Look], reached: set[Place]) -> None:
    for name, look in looks.items():
        reached.clear()
        forget_statements()
        assert await look() == "", name
        for place in reached:
            _REACHING.setdefault(place, []).append(name)


@pytest.mark.parametrize("place", CONDITIONS, ids=lambda place: "-".join(map(str, place)))
async def test_a_condition_that_is_dropped_shows(
    place: Place, desks: Desks, acme: Known, drop: Callable[[Place | None], set[Place]]
) -> None:
    looks = await looks_of_a_stranger(desks, acme)
    if not _REACHING:
        await _find_reaching(looks, drop(None))
    assert place in _REACHING, "no call gets there"
    drop(place)
    for name in _REACHING[place]:
        if await looks[name]():
            return
    pytest.fail("No call shows it.")
