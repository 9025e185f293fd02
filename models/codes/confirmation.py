"""The confirmation code that belongs to an activation code: what the phone asks for besides, and a secret.

The server that has the profile knows only its hash (SGP.22 3.1.3), so its form is the issuer's choice.
"""

from models.characters import UNPRINTABLE
from models.errors import Refused

LONGEST = 64


def parse_confirmation_code(text: str) -> str:
    """The code without the blanks around it. Raises `Refused` (`confirmation_code_invalid`)."""
    code = text.strip()
    if not 0 < len(code) <= LONGEST or UNPRINTABLE.search(code):
        raise Refused.because("confirmation_code_invalid", characters=LONGEST)
    return code
