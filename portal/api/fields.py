"""Types of fields that the bodies and answers of the API share."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Any, Literal

from fastapi import Header, Query
from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from models.characters import LONGEST_NAME
from models.errors import Refused
from models.identifiers import reference, storable
from models.paging import MOST_COUNTED
from models.travel.stock_views import MOST_FREE
from starter.keys import LONGEST_KEY, checked_key

COUNTED_UP = f", counted up to {MOST_COUNTED}: {MOST_COUNTED} stands for that many or more."
FREE_COUNTED_UP = f", counted up to {MOST_FREE}: {MOST_FREE} stands for that many or more."
"""The ends of descriptions of such numbers."""


class Body(BaseModel):
    """The base class of bodies: an unknown field is refused, so that a misspelt one is not ignored."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class Resource(BaseModel):
    """The base class of what the API answers. New fields may be added at any time; none is removed."""

    model_config = ConfigDict(frozen=True)


class Accepted(Resource):
    """The answer of a dry run: the call would be accepted now."""

    accepted: Literal[True] = True


def _storable(text: str) -> str:
    if not storable(text):
        raise PydanticCustomError("text_invalid", "The text has characters that cannot be stored.")
    return text


def _no_number(value: Any) -> Any:
    if isinstance(value, int | float) and not isinstance(value, bool):
        raise PydanticCustomError(
            "iccid_number", "An ICCID is a text in quotes: as a JSON number it loses digits."
        )
    return value


def _utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise PydanticCustomError("moment_invalid", "The time is out of range.") from None


def _with_plus(value: Any) -> Any:
    """The phone number whose + was not escaped in a query, where it means a blank."""
    lost = isinstance(value, str) and _PLUS_LOST.fullmatch(value)
    return f"+{value[1:]}" if lost else value


_PLUS_LOST = re.compile(r" [0-9]{8,15}")
_WITHOUT_NUL = Field(json_schema_extra={"pattern": r"^[^\u0000]*$"})
"""In the document alone; `_storable` checks it, and lone surrogates too, which no pattern can express."""
Text = Annotated[str, Field(max_length=2000), _WITHOUT_NUL, AfterValidator(_storable)]
"""A text of a caller."""
Name = Annotated[str, Field(min_length=1, max_length=LONGEST_NAME), _WITHOUT_NUL, AfterValidator(_storable)]
"""The name of a person or a thing."""
Id = Annotated[
    str,
    BeforeValidator(_with_plus),
    Field(min_length=1, max_length=LONGEST_NAME),
    _WITHOUT_NUL,
    AfterValidator(_storable),
]
"""An id, or what names the same record: a phone number, an ICCID, an e-mail address (A7)."""
Iccid = Annotated[
    str, BeforeValidator(_no_number), Field(max_length=40), _WITHOUT_NUL, AfterValidator(_storable)
]
"""An ICCID: 18 to 20 digits, as text (A20)."""
IdOrIccid = Annotated[Id, BeforeValidator(_no_number)]
"""The id of a record, or the ICCID of its eSIM, as text (A20)."""
Moment = Annotated[AwareDatetime, AfterValidator(_utc)]
"""A time with its time zone."""

SimId = Annotated[Id, BeforeValidator(_no_number)]
"""A SIM: `S-12`, an ICCID as text (A20), or the phone number that it serves."""


def _whole(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() else value


WHOLE = BeforeValidator(_whole)
"""Takes 10.0 for 10, as JSON Schema does; beside `Strict`, which refuses texts and truth values. It is the
last of the annotations: before `Field`, it would keep the limits out of the document.
"""

Currency = Annotated[str, Field(description="ISO 4217.", examples=["EUR"])]
DryRun = Annotated[
    bool, Query(description="Run all checks and change nothing; needs no `Idempotency-Key` and uses none up.")
]
IdempotencyKey = Annotated[
    str | None,
    Header(
        max_length=LONGEST_KEY,
        description="A key of your own, without which the call is refused: a repeat with the same key does "
        "nothing twice. A dry run needs none.",
    ),
]


def one_of(values: Iterable[StrEnum]) -> str:
    """The description of a field with these values."""
    return f"More values may be added: {', '.join(f'`{value}`' for value in values)}."


def id_or_none(letters: str, number: int | None) -> str | None:
    """The id of a record, if there is one."""
    return None if number is None else reference(letters, number)


def required(key: str | None) -> str:
    """The idempotency key of a call that needs one. Raises `Refused` (`idempotency_key_needed`)."""
    if not key or not key.strip():
        raise Refused.because("idempotency_key_needed")
    return checked_key(key)
