"""An account as it is read."""

from datetime import datetime

from pydantic import Field

from models.errors import Refusal
from models.language import Language
from models.people.api_keys import Mode
from models.people.callers import Role
from models.values import View


class AccountView(View):
    """An account, with its language and contact address for e-mails."""

    id: int
    name: str
    language: Language
    """The language of e-mails to people who have no language of their own (F66)."""
    contact_email: str | None = None
    """The pre-filled address of a notification about a QR code that no user requested (F65)."""
    sender_name: str | None = None
    """The name that its e-mails come from; None: that of the platform."""
    closed_at: datetime | None = None
    """When it was closed: it accepts no new orders and its users cannot act (F67)."""
    mode: Mode = Mode.LIVE
    """Whether its eSIMs are real; only API keys of the same mode reach it (A18)."""
    open_orders: int = 0
    """The number of open orders; they continue even in a closed account."""
    replayed: bool = Field(default=False, exclude=True)
    """The account was created before under the key of this call."""


def closed_refusal(role: Role, *, closed: bool) -> Refusal | None:
    """Why a user with this role cannot act in the account: it is closed (F67).

    The staff of a distributor can: they finish the orders that are open.
    """
    if not closed or role is Role.PROVIDER_DESK:
        return None
    return Refusal.of("account_closed")
