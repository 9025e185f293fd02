"""What all messages and records of the contract are made of."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

RecordId = Annotated[int, Field(ge=1, le=2**63 - 1)]
"""The id of a record. No record has one beyond it, and PostgreSQL cannot even be asked for one."""


class Frozen(BaseModel):
    """A value that travels between processes. Unknown fields are kept out, new ones need a default."""

    model_config = ConfigDict(frozen=True)
