"""What an e-mail is: a class of its own that carries exactly the facts that its text needs."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, ClassVar, Self

TAIL = 4
"""Digits that tell one number from another without giving it away."""


@dataclass(frozen=True, kw_only=True, repr=False)
class Email:
    """What one e-mail says. Its fields are names and numbers of people, so it is never printed whole."""

    name: ClassVar[str]
    """What its text and its record in the database are found by."""
    texts: ClassVar[str]
    """Whose texts it has: one of `wording.emails.SUBJECTS`."""
    rows: ClassVar[tuple[str, ...]]
    """The facts that are shown one by one: fields, or phrases of its kind."""
    button: ClassVar[str | None] = None
    """What its link is for; None if it has none."""

    @classmethod
    def of(cls, known: Mapping[str, Any]) -> Self:
        """The e-mail with its facts among all that are known."""
        return cls(**{field.name: known[field.name] for field in fields(cls)})

    def __repr__(self) -> str:
        return f"{type(self).__name__}(...)"


@dataclass(frozen=True, kw_only=True, repr=False)
class Editable(Email):
    """An e-mail that a user may edit before it is sent; what they left as it was is None.

    What they wrote is shown as it is, paragraph by paragraph, and never read as a template.
    """

    subject: str | None
    text: str | None


def tail(number: str | None) -> str | None:
    """The end of a phone number or an ICCID."""
    return number and f"…{number[-TAIL:]}"
