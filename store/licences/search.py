"""Finds numbers and agents by what people type: a phone number however it is spelled, its last digits, a
name or an address.
"""

import re
from typing import Any, cast

from sqlalchemy import ARRAY, BigInteger, ColumnElement, false, func, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import aliased

from models.identifiers import parse_reference, storable
from models.paging import Wanted
from models.people.callers import OfAccount, Scope
from store.licences.tables import AgentRow, NumberRow
from store.paging import Keys, among
from store.scopes import within

LEAST_ENDING = 3
"""Digits by which a phone number is found that ends with them."""
LONGEST = 200
_NUMBER = re.compile(r"\+?[0-9(][0-9\s().\-/]*")
_REFERENCE = re.compile(r"(n|ag)-[0-9]+", re.IGNORECASE)
_OWN = re.compile(r"([\\%_])")
_FRENCH = "+33"
_user = aliased(AgentRow)


def of_numbers(text: str) -> ColumnElement[bool]:
    """Whether a number, or the agent who uses it, is what was typed."""
    text = text.strip()
    if _REFERENCE.fullmatch(text):
        return _of_reference(text)
    if _NUMBER.fullmatch(text):
        return _of_digits(text)
    uses = (_user.id == NumberRow.agent_id, _user.account_id == NumberRow.account_id)
    return select(_user.id).where(*uses, of_agents(text, _user)).correlate(NumberRow).exists()


def of_agents(text: str, agent: Any = AgentRow) -> ColumnElement[bool]:
    """Whether an agent's name or address has a word that begins like what was typed."""
    text = text.strip()
    if not storable(text) or len(text) > LONGEST:
        return false()
    if _REFERENCE.fullmatch(text) and (number := parse_reference("AG", text)) is not None:
        return cast("ColumnElement[bool]", agent.id == number)
    names = func.lower(func.concat(" ", agent.name, " ", agent.email))
    return cast("ColumnElement[bool]", names.like(f"% {_plain(text.lower())}%"))


async def numbers(
    connection: AsyncConnection, scope: Scope, text: str, wanted: Wanted
) -> ColumnElement[bool]:
    """The condition of the wanted part of a list of numbers: these are found first, then read."""
    asked, keys = of_numbers(text), Keys(NumberRow.msisdn, NumberRow.id)
    return await _first(connection, scope, NumberRow, keys, asked, wanted)


async def agents(connection: AsyncConnection, scope: Scope, text: str, wanted: Wanted) -> ColumnElement[bool]:
    """The same of a list of agents."""
    asked, keys = of_agents(text), Keys(AgentRow.name, AgentRow.id)
    return await _first(connection, scope, AgentRow, keys, asked, wanted)


async def _first(  # noqa: PLR0917  what a part of a list is
    connection: AsyncConnection,
    scope: Scope,
    row: Any,
    keys: Keys,
    asked: ColumnElement[bool],
    wanted: Wanted,
) -> ColumnElement[bool]:
    if wanted.limit is None or not isinstance(scope, OfAccount):
        return asked
    mine = keys.of(select(row.id).where(within(scope, row.account_id), asked), wanted)
    ids = list(await connection.scalars(mine, keys.position(wanted)))
    return among(row.id, literal(ids, ARRAY(BigInteger)))


def _of_reference(text: str) -> ColumnElement[bool]:
    number, agent = parse_reference("N", text), parse_reference("AG", text)
    if number is not None:
        return NumberRow.id == number
    return false() if agent is None else NumberRow.agent_id == agent


def _of_digits(text: str) -> ColumnElement[bool]:
    digits = re.sub(r"[^0-9]", "", text)
    abroad = digits.removeprefix("00") if digits.startswith("00") else digits
    begins = [f"+{abroad}"]
    if not text.startswith("+") and digits.startswith("0") and not digits.startswith("00"):
        begins = [f"{_FRENCH}{digits[1:]}"]
    found = [NumberRow.msisdn.like(f"{each}%") for each in begins]
    if not text.startswith("+") and len(digits) >= LEAST_ENDING:
        found.append(NumberRow.msisdn.like(f"%{digits}"))
    return or_(*found)


def _plain(text: str) -> str:
    """The text in a pattern: its own signs stand for themselves."""
    return _OWN.sub(r"\\\1", text)
