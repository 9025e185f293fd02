"""An account as it is read."""

from models.inventory import View
from models.language import Language


class AccountView(View):
    """An account with what decides whom it is written to, and how."""

    id: int
    name: str
    language: Language
    """Of e-mails to people who have no language of their own (F66)."""
    contact_email: str | None = None
    """Whom a notification of a QR code is offered to where nobody requested the code (F65)."""
