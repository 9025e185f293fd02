"""What can go wrong, as callers see it.

    EsimError
    ├── Refused        a rule says no, or the input is wrong: nothing was done (CLI exit 2)
    │   └── NotFound   what was named does not exist, or belongs to another account
    └── PartAway       the database, Temporal, a worker or the mail server does not answer (CLI exit 3)

A `Refusal` is one reason: a stable `code` for programs and a sentence for people. Neither holds a name,
an address or a phone number: refusals travel through Temporal histories.
"""

from typing import Self

from pydantic import BaseModel, ConfigDict


class Refusal(BaseModel):
    """One reason why not. `code` is stable and documented; `sentence` says what to do about it."""

    model_config = ConfigDict(frozen=True)

    code: str
    sentence: str


class EsimError(Exception):
    """Anything this application says no to, or cannot do now."""


class Refused(EsimError):
    """The request was understood and refused; nothing was changed. Carries every reason at once."""

    def __init__(self, *refusals: Refusal) -> None:
        super().__init__(" ".join(refusal.sentence for refusal in refusals))
        self.refusals = refusals

    @classmethod
    def because(cls, code: str, sentence: str) -> Self:
        """A refusal with a single reason."""
        return cls(Refusal(code=code, sentence=sentence))


class NotFound(Refused):
    """What was named does not exist, or is not in the caller's account: the two are told alike."""


class PartAway(EsimError):
    """A part does not answer. What was asked may be repeated with the same key."""

    def __init__(self, part: str, sentence: str) -> None:
        super().__init__(sentence)
        self.part = part
