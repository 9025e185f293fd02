"""What is reported of an eSIM line and what it led to, as it is read; which country a phone number is of."""

from datetime import datetime, timedelta

from pydantic import Field

from models.identifiers import reference
from models.travel.profiles import Outcome, Reported
from models.values import View

AT_SEA = "901"
"""The mobile country code of networks on ships and in aircraft (ITU-T E.212): no country."""
MOST_BYTES = 10**15
NOTICE_DAYS = 7
"""How many days before a plan lapses the subscriber is notified (T28)."""
LAPSES_SOON = timedelta(days=NOTICE_DAYS)
INSTALL_SOON = timedelta(days=NOTICE_DAYS)
"""So long before an eSIM that no phone has installed is withdrawn, the subscriber is notified (T40)."""


class ReportView(View):
    """One report of an eSIM line, and what it led to."""

    id: int
    esim_line_id: int
    report: Reported
    at: datetime
    """When it happened; never later than it was received (T31)."""
    reported_at: datetime | None
    """As it was reported; None where the report had no time."""
    received_at: datetime
    country: str | None = None
    """ISO 3166-1 alpha-2; None at sea, in the air, and of an installation."""
    used_bytes: int | None = None
    assignment_id: int | None = None
    outcome: Outcome
    replayed: bool = Field(default=False, exclude=True)
    """It had been reported before under the key of the call, which counted nothing."""

    @property
    def plan(self) -> str | None:
        """The plan on the line that it started or is counted on: `PA-7`."""
        return None if self.assignment_id is None else reference("PA", self.assignment_id)


def home_of(msisdn: str | None) -> str | None:
    """The country of a phone number in E.164, the home of its subscriber (T30); None where it has none."""
    if msisdn is None:
        return None
    import phonenumbers  # noqa: PLC0415  takes long to import, and most commands need none

    try:
        number = phonenumbers.parse(msisdn, None)
    except phonenumbers.NumberParseException:
        return None
    of_number = phonenumbers.region_code_for_number(number)
    return of_number or phonenumbers.region_code_for_country_code(number.country_code or 0)
