"""What all messages and records of the contract are made of."""

from datetime import timedelta
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, Strict
from pydantic_core import PydanticCustomError

from models.characters import LONGEST_NAME

RecordId = Annotated[int, Strict(), Field(ge=1, le=2**63 - 1)]
"""The id of a record. No record has one beyond it, and PostgreSQL cannot even be asked for one."""

Name = Annotated[str, Field(max_length=LONGEST_NAME)]
"""The name of a record, as long as imports and desks take one."""

Slot = Annotated[int, Strict(), Field(ge=1, le=3)]
"""The place of a SIM in a device."""

Flag = Annotated[bool, Strict()]
"""True or false: a confirmation is not read from `"yes"` or from a number."""

REMINDERS = Field(ge=0, le=20)
"""How many reminders are sent before a person has to look: neither an endless wait nor a flood of e-mails."""
Reminders = Annotated[int, Strict(), REMINDERS]

Retries = Annotated[int, Strict(), Field(ge=0, le=1_000_000)]
"""How often a person retried before."""


def _no_flag(value: Any) -> Any:
    if isinstance(value, bool):
        raise PydanticCustomError("time_delta_type", "A duration is ISO 8601 or a number of seconds.")
    return value


Duration = Annotated[
    timedelta, Field(ge=timedelta(seconds=1), le=timedelta(days=365)), BeforeValidator(_no_flag)
]
"""How long something is waited for. A shorter one floods with reminders, a far longer one has no date."""


def cut(name: str) -> str:
    """A name that was recorded before names had a greatest length, as long as the contract takes one."""
    return name[:LONGEST_NAME]


class Frozen(BaseModel):
    """A value that travels between processes. Unknown fields are kept out, new ones need a default."""

    model_config = ConfigDict(frozen=True)


class View(BaseModel):
    """A record as it was when it was read."""

    model_config = ConfigDict(frozen=True)
