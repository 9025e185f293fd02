"""Check what orders need (database, Temporal), for the readiness page and for `doctor`."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy.exc import SQLAlchemyError
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest
from temporalio.client import Client
from temporalio.service import RPCError

from models.errors import EsimError
from store.head_revision import head_revision
from store.session import Database
from temporal.connection import answered, missing_search_attributes, temporal_unavailable

ANSWERS_WITHIN = 3.0
"""Timeout of each component, in seconds."""

Found = TypeVar("Found")

UNKNOWN = "Not known, as {} does not answer."


@dataclass(frozen=True)
class Check:
    """The result of one check: whether the component works, and if not, what to do."""

    name: str
    ok: bool
    sentence: str
    ids: tuple[str, ...] = ()
    """All that the sentence is about, where it names only the first few."""


async def readiness(database: Database, client: Client) -> list[Check]:
    """Check database, its tables, Temporal and its search attributes. Never raises; bounded by timeouts."""
    tables, temporal = await asyncio.gather(_tables(database), _temporal(client))
    return [*tables, *temporal]


async def _tables(database: Database) -> list[Check]:
    found, unavailable = await within(
        database.revision, "The database does not answer; see ESIM_DATABASE_URL."
    )
    if unavailable:
        unknown = Check("migrations", ok=False, sentence=UNKNOWN.format("the database"))
        return [Check("database", ok=False, sentence=unavailable), unknown]
    sentence = "The tables are those of this version."
    at_head = found == head_revision()
    if not at_head:
        there = f"The tables are at revision {found}" if found else "There are no tables yet"
        sentence = f"{there}, this version needs {head_revision()}; run: esim-orders db upgrade"
    return [
        Check("database", ok=True, sentence=f"The database answers.{_without_effect(database)}"),
        Check("migrations", ok=at_head, sentence=sentence),
    ]


def _without_effect(database: Database) -> str:
    """What ESIM_DATABASE_URL asks for in vain, if anything."""
    names = ", ".join(database.ignored_parameters)
    return f" Without effect in ESIM_DATABASE_URL: {names}." if names else ""


async def _temporal(client: Client) -> list[Check]:
    otherwise = str(temporal_unavailable())
    _, unavailable = await within(lambda: _describe(client), otherwise)
    if unavailable:
        unknown = Check("search_attributes", ok=False, sentence=UNKNOWN.format("Temporal"))
        return [Check("temporal", ok=False, sentence=unavailable), unknown]
    there = Check("temporal", ok=True, sentence="Temporal answers.")
    missing, unavailable = await within(lambda: missing_search_attributes(client), otherwise)
    return [
        there,
        Check(
            "search_attributes",
            ok=not unavailable and not missing,
            sentence=unavailable or _registered(missing),
        ),
    ]


async def _describe(client: Client) -> None:
    with answered():
        await client.workflow_service.describe_namespace(DescribeNamespaceRequest(namespace=client.namespace))


def _registered(missing: list[str] | None) -> str:
    if not missing:
        return "All search attributes are registered."
    options = " ".join(f"--name {name} --type Keyword" for name in missing)
    return f"Search attributes are missing; run: temporal operator search-attribute create {options}"


async def within(
    ask: Callable[[], Awaitable[Found]], otherwise: str, timeout: float = ANSWERS_WITHIN
) -> tuple[Found | None, str]:
    """What was found, or a sentence why not; `otherwise` is that of a timeout."""
    try:
        async with asyncio.timeout(timeout):
            return await ask(), ""
    except (TimeoutError, SQLAlchemyError):
        return None, otherwise
    except EsimError as failure:
        return None, str(failure)
    except RPCError as failure:
        return None, f"Temporal does not take this question ({failure.status.name}); it may be too old."
