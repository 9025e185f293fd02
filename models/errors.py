"""The errors that callers handle.

    EsimError
    ├── Refused        a rule forbids it, or the input is invalid: nothing was done (CLI exit 2)
    │   └── NotFound   the record does not exist, or belongs to another account
    ├── Unavailable    the database, Temporal, a worker or the mail server does not answer (CLI exit 3)
    └── DecryptionFailed   a code, file or payload was changed after it was encrypted
        └── UnknownKey     or is encrypted with a key that this process does not have

A `Refusal` is one reason: a stable `code` and its parameters, as `models.refusals` declares them. `wording`
makes the sentence in the reader's language. No parameter contains a name, an address or a phone number of a
person: refusals are stored in Temporal histories.
"""

from typing import Self

from pydantic import BaseModel, ConfigDict

from models.refusals import DECLARED, UNKNOWN
from models.refusals.declared import UNPROCESSABLE, filled
from models.refusals.words import WORDS


class Refusal(BaseModel):
    """One reason why something is not done. In a history or a row it may have another version's code."""

    model_config = ConfigDict(frozen=True)

    code: str
    parameters: dict[str, str | int] = {}

    def __hash__(self) -> int:
        return hash((self.code, frozenset(self.parameters.items())))

    @classmethod
    def of(cls, code: str, /, **parameters: str | int) -> Self:
        """A declared refusal. Raises `KeyError` for an unknown code, `TypeError` for other parameters."""
        declared = DECLARED[code].parameters
        if parameters.keys() != declared:
            raise TypeError(f"{code} has the parameters {sorted(declared)}, not {sorted(parameters)}.")
        return cls(code=code, parameters=parameters)

    @property
    def sentence(self) -> str:
        """The reason in English, and what to do about it."""
        declared = DECLARED.get(self.code)
        sentence = filled(declared.sentence, self.parameters, WORDS) if declared else None
        return sentence or UNKNOWN.format(code=self.code)

    @property
    def status(self) -> int:
        """The HTTP status of its problem details."""
        declared = DECLARED.get(self.code)
        return declared.status if declared else UNPROCESSABLE


class EsimError(Exception):
    """Base class: the application refuses something, or cannot do it now."""


class Refused(EsimError):
    """The request was understood and refused; nothing was changed. Carries every reason at once."""

    def __init__(self, *refusals: Refusal) -> None:
        super().__init__(" ".join(refusal.sentence for refusal in refusals))
        self.refusals = refusals

    @classmethod
    def because(cls, code: str, /, **parameters: str | int) -> Self:
        """A refusal with a single reason, as `Refusal.of` makes it."""
        return cls(Refusal.of(code, **parameters))


class NotFound(Refused):
    """The record does not exist or is not in the caller's account; both are reported alike."""


class Unavailable(EsimError):
    """A component is unavailable. The call may be repeated with the same idempotency key."""

    def __init__(self, component: str, sentence: str) -> None:
        super().__init__(sentence)
        self.component = component


class DecryptionFailed(EsimError):
    """A code, file or payload was changed, or moved to another record, after it was encrypted. The sentence
    contains no secret: it names a key id at most.
    """


class UnknownKey(DecryptionFailed):
    """A code, file or payload is encrypted with a key that this process does not have."""
