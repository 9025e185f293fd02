"""An account as it is read."""

from datetime import datetime

from models.errors import Refusal
from models.language import Language
from models.people.callers import Role
from models.values import View


class AccountView(View):
    """An account with what decides whom it is written to, and how."""

    id: int
    name: str
    language: Language
    """Of e-mails to people who have no language of their own (F66)."""
    contact_email: str | None = None
    """Whom a notification of a QR code is offered to where nobody requested the code (F65)."""
    closed_at: datetime | None = None
    """Since when it takes no new orders and its users cannot act (F67)."""
    open_orders: int = 0
    """Orders that have a way to go; they finish also in a closed account."""


def closed_refusal(closed_at: datetime | None, role: Role) -> Refusal | None:
    """Why a user with this role cannot act in the account: it is closed (F67).

    The staff of a distributor can: they finish the orders that are open.
    """
    if closed_at is None or role is Role.PROVIDER_DESK:
        return None
    return Refusal.of("account_closed")
