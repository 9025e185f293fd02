"""The phone numbers of agents: which qualify for an eSIM, and how a number is used (L5, L6, L13, L39)."""

import re
from enum import StrEnum

_FRENCH_MOBILE = re.compile(r"\+33[67][0-9]{8}")
_FRENCH_MACHINE = re.compile(r"\+330?700[0-9]{10}")
_SEPARATORS = re.compile(r"[\s().\-/]+")


class LineType(StrEnum):
    """A direct number rings one agent; a shared line rings several people and can have no eSIM (L6)."""

    DIRECT = "direct"
    SHARED = "shared"


class NumberState(StrEnum):
    """Whether a number is in use. A deleted number can be recovered for some time."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    DELETED = "deleted"


class Change(StrEnum):
    """A change of a number that is no order; each is a workflow of its own (L6, L13, L15, L38, L39)."""

    CHANGE_USER = "change_user"
    """To another agent, or to none; a deactivated agent leaves all numbers in this way."""
    DELETE = "delete"
    RECOVER = "recover"
    SUSPEND = "suspend"
    RESUME = "resume"
    MAKE_DIRECT = "make_direct"
    MAKE_SHARED = "make_shared"
    STOP_ESIM = "stop_esim"
    """The eSIM of a lost or stolen phone, or of a licence that has ended, stops."""


class Notice(StrEnum):
    """What the number's provider is asked to do with an eSIM, because the number was changed."""

    STOP = "stop"
    SUSPEND = "suspend"
    RESUME = "resume"


class ReplaceReason(StrEnum):
    """Why the eSIM of a number is replaced. Of a lost or stolen phone it stops at once (L29, L30)."""

    NEW_PHONE = "new_phone"
    LOST = "lost"
    STOLEN = "stolen"

    @property
    def stops_at_once(self) -> bool:
        """Whether the old eSIM stops when the replacement is ordered, not when it is processed."""
        return self is not ReplaceReason.NEW_PHONE


def is_french_mobile(msisdn: str) -> bool:
    """Whether this E.164 number is a French mobile number: +33 6 or +33 7 with nine digits after +33 (L5).

    Not the 14-digit numbers of machines (+33 700...), nor overseas mobiles such as +262.
    """
    return _FRENCH_MOBILE.fullmatch(msisdn) is not None


def is_french_machine(text: str) -> bool:
    """Whether this is the 14-digit number of a machine, +33 700 and ten digits, however it is written (L5).

    It is longer than the phone numbers of people, so it cannot be parsed as one.
    """
    return _FRENCH_MACHINE.fullmatch(_SEPARATORS.sub("", text)) is not None
