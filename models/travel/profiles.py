"""IMSI profiles, states of plans, and what a network reports (T15, T28 to T30)."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field, Strict

LARGEST_PROFILE = 99
Profile = Annotated[int, Strict(), Field(ge=1, le=LARGEST_PROFILE)]
"""An IMSI profile of an eSIM, such as 2, 7 or 10: which international networks it reaches (T15)."""

UNLIMITED_ALL = "unlimited_all"
"""The subscriber's plan under which every eSIM may be complimentary (T2)."""


class PlanState(StrEnum):
    """The state of a plan on an eSIM line. All but the first two are final."""

    QUEUED = "queued"
    ACTIVE = "active"
    EXPIRED = "expired"
    """30 days have passed since it was activated (T5)."""
    DEPLETED = "depleted"
    """Its data volume is used up (T29)."""
    LAPSED = "lapsed"
    """It was never used within its shelf life (T28)."""
    REVOKED = "revoked"


class Reported(StrEnum):
    """What is reported of an eSIM line."""

    INSTALLED = "installed"
    """A phone has downloaded the eSIM."""
    CONNECTION = "connection"
    """The phone has connected to a network in a country."""
    USAGE = "usage"
    """The phone has used data in a country since the report before."""


class Outcome(StrEnum):
    """What a report led to; staff see it (T30)."""

    NOTED = "noted"
    """The installation is noted."""
    STARTED = "started"
    """A queued plan is active from then on."""
    COVERED = "covered"
    """A running plan covers the country; of usage: it is counted on that plan."""
    AT_HOME = "at_home"
    AT_SEA_OR_IN_THE_AIR = "at_sea_or_in_the_air"
    """The network is on no land (MCC 901)."""
    NOT_COVERED = "not_covered"
    """No plan of the line covers the country."""


class Notice(StrEnum):
    """The e-mails of a travel eSIM besides those of its orders. Each is sent once."""

    USED_80 = "used_80"
    USED_100 = "used_100"
    LAPSES_SOON = "lapses_soon"
    INSTALL_SOON = "install_soon"
    """The eSIM is withdrawn in a few days if no phone installs it (T40)."""
    NOT_INSTALLED = "not_installed"
    STOCK_LOW = "stock_low"
    """To the account's staff: a profile's stock is below its threshold (T26)."""
    ORDER_WAITS = "order_waits"
    """To the account's staff: an order waits for stock of a profile (T17)."""


class EsimReason(StrEnum):
    """Why the eSIM of a line is replaced (T34)."""

    NEW_PHONE = "new_phone"
    DELETED = "deleted"
