"""The base classes of what the API answers and of what it is sent."""

from collections.abc import Iterator
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict

Record = TypeVar("Record")
SECRETS = frozenset({"activation_code", "confirmation_code", "install", "key", "matching_id", "secret"})
"""Fields whose values are not shown when a record is printed or logged."""


class Model(BaseModel):
    """An answer. New fields may come at any time: they are kept in `model_extra`, and no answer is refused
    because of them.
    """

    model_config = ConfigDict(frozen=True, extra="allow", hide_input_in_errors=True)

    def __repr_args__(self) -> Iterator[tuple[str | None, Any]]:
        """Only declared fields, and no secret: a record may be logged."""
        for name, value in super().__repr_args__():
            if name in type(self).model_fields:
                yield name, "***" if name in SECRETS and value is not None else value


class Body(BaseModel):
    """What is sent. A misspelt field is refused here. A field that is None is left out."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class Page(Model, Generic[Record]):
    """One page of a list; `iterate` reads all of them."""

    data: list[Record]
    has_more: bool
    """Whether the list goes on after this page."""
    next_cursor: str | None
    """The `cursor` of the next page; None at the end of the list."""

    def __iter__(self) -> Iterator[Record]:  # type: ignore[override]
        """The records of this page."""
        return iter(self.data)

    def __len__(self) -> int:
        return len(self.data)
