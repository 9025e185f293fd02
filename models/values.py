"""What all messages and records of the contract are made of."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from models.characters import LONGEST_NAME

RecordId = Annotated[int, Field(ge=1, le=2**63 - 1)]
"""The id of a record. No record has one beyond it, and PostgreSQL cannot even be asked for one."""

Name = Annotated[str, Field(max_length=LONGEST_NAME)]
"""The name of a record, as long as imports and desks take one."""


def cut(name: str) -> str:
    """A name that was recorded before names had a greatest length, as long as the contract takes one."""
    return name[:LONGEST_NAME]


class Frozen(BaseModel):
    """A value that travels between processes. Unknown fields are kept out, new ones need a default."""

    model_config = ConfigDict(frozen=True)
