"""The code of an eSIM, decrypted, as it is shown to a person or sent to one."""

from dataclasses import dataclass, field

from models.codes.activation import ActivationCode
from models.codes.requests import QrVersionView


@dataclass(frozen=True)
class ShownCode:
    """A decrypted activation code, to be shown to a caller who is allowed to see it."""

    code: ActivationCode
    version: QrVersionView
    confirmation_code: str | None = field(default=None, repr=False)
    """What the phone asks for besides the code (SGP.22 4.1), if it is known; as secret as the code, and shown
    wherever the code is.
    """
