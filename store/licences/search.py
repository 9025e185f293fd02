"""Finds numbers and agents by what people type: a phone number however it is spelled, its last digits, a
name or an address.
"""

import re
from typing import Any, cast

from sqlalchemy import ARRAY, BigInteger, ColumnElement, String, and_, false, func, literal, or_, select, true
from sqlalchemy import cast as as_type
from sqlalchemy.dialects.postgresql import TSQUERY, array
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import aliased

from models.identifiers import parse_reference, storable
from models.people.callers import Scope
from store.licences.tables import AgentRow, NumberRow
from store.paging import among, most
from store.scopes import within

LEAST_ENDING = 3
"""Digits by which a phone number is found that ends with them."""
LONGEST = 200
FEW = 250
"""Of so many rows that a search finds, a list reads these alone; of more, it is read in its sequence."""
_NUMBER = re.compile(r"\+?[0-9(][0-9\s().\-/]*")
_REFERENCE = re.compile(r"(n|ag)-[0-9]+", re.IGNORECASE)
_BETWEEN_WORDS = re.compile(r"[\W_]+")
_OWN = re.compile(r"([\\%_])")
_FRENCH = "+33"
_user = aliased(AgentRow)


def of_agents(text: str, agent: Any = AgentRow) -> ColumnElement[bool]:
    """Whether an agent's name or address has a word that begins like what was typed."""
    text = text.strip()
    if not storable(text) or len(text) > LONGEST:
        return false()
    if _REFERENCE.fullmatch(text) and (number := parse_reference("AG", text)) is not None:
        return cast("ColumnElement[bool]", agent.id == number)
    names = func.lower(func.concat(" ", agent.name, " ", agent.email))
    return cast("ColumnElement[bool]", names.like(f"% {_plain(text.lower())}%"))


def _has_words(text: str) -> ColumnElement[bool]:
    """Whether an agent has the words that follow from what was typed, which their index finds. It writes
    letters with accents in its own way, so nothing follows where others than those of ASCII were typed.
    """
    words = _BETWEEN_WORDS.split(text.lower()) if text.isascii() else []
    quoted = [f"'{word}'" for word in words if word]
    if not quoted:
        return true()
    query = literal(" & ".join(quoted) + ":*", String)
    has = func.inventory_words(array([AgentRow.name, AgentRow.email])).bool_op("@@")
    return cast("ColumnElement[bool]", has(as_type(query, TSQUERY)))


async def numbers(connection: AsyncConnection, scope: Scope, text: str) -> ColumnElement[bool]:
    """Whether a number, or the agent who uses it, is what was typed, as a condition of a list."""
    text = text.strip()
    if _REFERENCE.fullmatch(text):
        return _of_reference(text)
    if _NUMBER.fullmatch(text):
        asked = _of_digits(text)
        ids = await _few(connection, scope, NumberRow, asked)
        return asked if ids is None else among(NumberRow.id, ids)
    ids = await _few(connection, scope, AgentRow, and_(of_agents(text), _has_words(text)))
    if ids is not None:
        return among(NumberRow.agent_id, ids)
    # of so many that the list is read in its sequence: as a join, all of it would be read first
    uses = (_user.id == NumberRow.agent_id, _user.account_id == NumberRow.account_id)
    called = select(of_agents(text, _user)).where(*uses).correlate(NumberRow).scalar_subquery()
    return func.coalesce(called, false())


async def _few(
    connection: AsyncConnection, scope: Scope, row: Any, asked: ColumnElement[bool]
) -> ColumnElement[Any] | None:
    """The ids of the rows that are asked for, so that a list reads these alone; None where they are many."""
    some = select(row.id).where(within(scope, row.account_id), asked).limit(most(FEW))
    ids = list(await connection.scalars(some))
    return None if len(ids) >= FEW else literal(ids, ARRAY(BigInteger))


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
