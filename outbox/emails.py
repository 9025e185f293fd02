"""The base classes of e-mails: each e-mail is a class with exactly the facts that its text needs."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, ClassVar, Self

TAIL = 4
"""How many last digits of a number an e-mail shows, to recognise it without disclosing it."""


@dataclass(frozen=True, kw_only=True, repr=False)
class Email:
    """The facts of one e-mail. They are personal data, so its `repr` is redacted."""

    name: ClassVar[str]
    """The key of its text and of its record in the database."""
    texts: ClassVar[str]
    """The subject that its text belongs to: one of `wording.emails.SUBJECTS`."""
    rows: ClassVar[tuple[str, ...]]
    """The facts that its table shows: fields, or phrases of its kind."""
    button: ClassVar[str | None] = None
    """The purpose of its link; None if it has none."""
    shows_code: ClassVar[bool] = False
    """Whether it shows a QR code, which is decrypted only while it is composed."""

    @classmethod
    def of(cls, known: Mapping[str, Any]) -> Self:
        """The e-mail with those of the known facts that it needs."""
        return cls(**{field.name: known[field.name] for field in fields(cls)})

    def __repr__(self) -> str:
        return f"{type(self).__name__}(...)"


@dataclass(frozen=True, kw_only=True, repr=False)
class Editable(Email):
    """An e-mail whose subject and text a user may edit before it is sent; None where they are unchanged.

    The edited text is shown as it is, paragraph by paragraph, and never evaluated as a template.
    """

    subject: str | None
    text: str | None


def tail(number: str | None) -> str | None:
    """The last digits of a phone number or an ICCID, such as `…6789`."""
    return number and f"…{number[-TAIL:]}"
