"""The reasons for refusing an upload; their sentences are in `models.refusals.files`."""

from models.codes.activation import Rule
from models.errors import Refused
from models.refusals.files import FILES

REASONS = frozenset(FILES)
"""The codes of all refusals of an upload."""


def refused(reason: str) -> Refused:
    """The refusal of an upload for a reason without parameters."""
    return Refused.because(reason)


def invalid_code(rule: Rule) -> Refused:
    """The refusal of a QR code with an activation code that breaks a rule."""
    return Refused.because("broken_activation_code", rule=rule)
