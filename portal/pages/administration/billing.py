"""`/administration/account/billing`: the billing day and the time zone, until the first purchase (L34)."""

from functools import cache
from typing import Any
from zoneinfo import available_timezones

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from models.people.callers import Permission
from portal.auth.signed_in import SignedIn
from portal.pages.administration.account import PATH
from portal.pages.forms import Asking, FormModel, Sent, read_form, unsent
from portal.pages.routes import form, page

_FIELDS = {"day_invalid": "cycle_day", "time_zone_invalid": "time_zone"}
_AREAS = ("Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian")


class BillingForm(FormModel):
    """When billing cycles begin, and whose days count. `was_...`: what the form showed; what equals it is not
    saved.
    """

    cycle_day: str = Field(default="", pattern=r"^([1-9]|[12][0-9]|3[01])?$")
    time_zone: str = Field(min_length=1, max_length=100)
    was_cycle_day: str = Field(default="", max_length=2)
    was_time_zone: str = Field(default="", max_length=100)

    def changes(self) -> dict[str, Any]:
        """What was chosen or typed otherwise than it was shown."""
        found: dict[str, Any] = {}
        if self.cycle_day and self.cycle_day != self.was_cycle_day:
            found["cycle_day"] = int(self.cycle_day)
        if self.time_zone.strip() != self.was_time_zone:
            found["time_zone"] = self.time_zone
        return found


async def ask(request: Request, who: SignedIn) -> Response:
    """The form; once licences were bought, why nothing can be changed."""
    return await _page(request, who, unsent())


async def save(request: Request, who: SignedIn) -> Response:
    """Save it; it holds from the first purchase of licences on."""
    sent = await read_form(request, BillingForm, who.language)
    with Asking(sent, who.language, _FIELDS) as asking:
        if sent.model is not None:
            await who.desks.licences.set_billing(who.caller, None, **sent.model.changes())
            return who.done(PATH, "billing_saved")
    return await _page(request, who, asking.form, asking.status)


async def _page(request: Request, who: SignedIn, sent: Sent[Any], status: int = 200) -> Response:
    billing = await who.desks.licences.billing(who.caller)
    facts = {"billing": billing, "zones": _zones()}
    return who.page(request, "administration/account_billing", status, form=sent, path=PATH, **facts)


@cache
def _zones() -> list[str]:
    """The time zones that the field offers; any other that the database knows may be typed."""
    return [*sorted(zone for zone in available_timezones() if zone.split("/")[0] in _AREAS), "UTC"]


_NEEDS = Permission.BUY_LICENCES
routes = [
    page(f"{PATH}/billing", ask, needs=_NEEDS, recent=True),
    form(f"{PATH}/billing", save, needs=_NEEDS, recent=True),
]
