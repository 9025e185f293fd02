"""Base classes and field types of all messages and records of the contract."""

from datetime import timedelta
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, Strict
from pydantic_core import PydanticCustomError

from models.characters import LONGEST_NAME

RecordId = Annotated[int, Strict(), Field(ge=1, le=2**63 - 1)]
"""The id of a record. The upper limit is PostgreSQL's: a query with a larger number fails."""

Name = Annotated[str, Field(max_length=LONGEST_NAME)]
"""The name of a record, limited to the length that imports and desks accept."""

Slot = Annotated[int, Strict(), Field(ge=1, le=3)]
"""The slot of a SIM in a device."""

Flag = Annotated[bool, Strict()]
"""True or false; `"yes"` and numbers are not accepted, as a confirmation must be explicit."""

REMINDERS = Field(ge=0, le=20)
"""The number of reminders before the step is held: neither an endless wait nor a flood of e-mails."""
Reminders = Annotated[int, Strict(), REMINDERS]

Retries = Annotated[int, Strict(), Field(ge=0, le=1_000_000)]
"""How often a person has retried already."""


def _no_flag(value: Any) -> Any:
    if isinstance(value, bool):
        raise PydanticCustomError("time_delta_type", "A duration is ISO 8601 or a number of seconds.")
    return value


Duration = Annotated[
    timedelta, Field(ge=timedelta(seconds=1), le=timedelta(days=365)), BeforeValidator(_no_flag)
]
"""A timeout. A shorter one would send a flood of reminders; a far longer one exceeds what a date can hold."""


def cut(name: str) -> str:
    """Truncate a name that was recorded before names were limited to the length in the contract."""
    return name[:LONGEST_NAME]


class Frozen(BaseModel):
    """A message between processes. Unknown fields are ignored; new ones need a default."""

    model_config = ConfigDict(frozen=True)


class View(BaseModel):
    """A record as it was when it was read; immutable."""

    model_config = ConfigDict(frozen=True)
