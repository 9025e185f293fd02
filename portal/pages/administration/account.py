"""`/administration/account`: what is set for the whole account: e-mails, reminders, billing."""

from typing import Any

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from models.language import Language
from models.people.callers import Permission
from portal.auth.signed_in import SignedIn
from portal.pages.forms import Asking, FormModel, Sent, read_form, unsent
from portal.pages.routes import form, page

PATH = "/administration/account"
_FIELDS = {"email_invalid": "contact_email"}


class MailForm(FormModel):
    """Language and contact address. `was_...`: what the form showed; what equals it is not saved."""

    language: Language
    contact_email: str = Field(default="", max_length=254)
    was_language: str = Field(default="", max_length=10)
    was_contact_email: str = Field(default="", max_length=254)

    def changes(self) -> dict[str, str | None]:
        """What was chosen or typed otherwise than it was shown; an empty address removes it."""
        found: dict[str, str | None] = {}
        if self.language != self.was_language:
            found["language"] = self.language.value
        if self.contact_email.strip() != self.was_contact_email:
            found["contact_email"] = self.contact_email.strip() or None
        return found


async def show(request: Request, who: SignedIn) -> Response:
    """The settings, with who changes them and from when on they hold."""
    account = await who.desks.accounts.account(who.caller)
    billing = await who.desks.licences.billing(who.caller) if who.may(Permission.VIEW_LICENCES) else None
    return who.page(request, "administration/account", account=account, billing=billing, path=PATH)


async def ask_mail(request: Request, who: SignedIn) -> Response:
    """The form of what e-mails depend on."""
    return await _mail(request, who, unsent())


async def save_mail(request: Request, who: SignedIn) -> Response:
    """Save it; it holds from the next e-mail on."""
    sent = await read_form(request, MailForm, who.language)
    with Asking(sent, who.language, _FIELDS) as asking:
        if sent.model is not None:
            await who.desks.accounts.edit(who.caller, None, **sent.model.changes())
            return who.done(PATH, "account_saved")
    return await _mail(request, who, asking.form, asking.status)


async def _mail(request: Request, who: SignedIn, sent: Sent[Any], status: int = 200) -> Response:
    account = await who.desks.accounts.account(who.caller)
    return who.page(request, "administration/account_mail", status, form=sent, account=account, path=PATH)


_MANAGES = Permission.MANAGE_USERS
routes = [
    page(PATH, show, needs=Permission.VIEW_PEOPLE),
    page(f"{PATH}/mail", ask_mail, needs=_MANAGES),
    form(f"{PATH}/mail", save_mail, needs=_MANAGES),
]
