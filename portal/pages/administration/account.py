"""`/administration/account`: what is set for the whole account: e-mails, reminders, billing."""

from dataclasses import replace
from typing import Any

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from models.characters import LONGEST_NAME
from models.language import Language
from models.people.callers import Permission
from models.people.reminders import MOST_DAYS, MOST_REMINDERS, AccountReminders
from portal.auth.signed_in import SignedIn
from portal.pages.forms import Asking, FormModel, Sent, read_form, unsent
from portal.pages.routes import form, page
from wording.pages import page_texts

PATH = "/administration/account"
_FIELDS = {
    "email_invalid": "contact_email",
    **dict.fromkeys(("sender_name_invalid", "name_invalid"), "sender_name"),
}


class MailForm(FormModel):
    """Language, sender and contact address. `was_...`: what the form showed; what equals it is not saved."""

    language: Language
    contact_email: str = Field(default="", max_length=254)
    sender_name: str = Field(default="", max_length=LONGEST_NAME)
    was_language: str = Field(default="", max_length=10)
    was_contact_email: str = Field(default="", max_length=254)
    was_sender_name: str = Field(default="", max_length=LONGEST_NAME)

    def changes(self) -> dict[str, str | None]:
        """What was chosen or typed otherwise than it was shown; empty ones are removed."""
        found: dict[str, str | None] = {}
        if self.language != self.was_language:
            found["language"] = self.language.value
        if self.contact_email.strip() != self.was_contact_email:
            found["contact_email"] = self.contact_email.strip() or None
        if self.sender_name.strip() != self.was_sender_name:
            found["sender_name"] = self.sender_name.strip() or None
        return found


class RemindersForm(FormModel):
    """The reminder schedule; an empty field is as the platform's settings say. `was_...`: what the form
    showed; what equals it is not saved.
    """

    acknowledgement_days: str = Field(default="", max_length=3)
    processing_days: str = Field(default="", max_length=3)
    reminders: str = Field(default="", max_length=3)
    qr_code_days: str = Field(default="", max_length=3)
    qr_reminders: str = Field(default="", max_length=3)
    was_acknowledgement_days: str = Field(default="", max_length=3)
    was_processing_days: str = Field(default="", max_length=3)
    was_reminders: str = Field(default="", max_length=3)
    was_qr_code_days: str = Field(default="", max_length=3)
    was_qr_reminders: str = Field(default="", max_length=3)

    def changes(self) -> dict[str, int | None]:
        """What was typed otherwise than it was shown, by field."""
        typed = {name: getattr(self, name) for name in AccountReminders.model_fields}
        return {
            name: int(value) if value else None
            for name, value in typed.items()
            if value != getattr(self, f"was_{name}")
        }


async def show(request: Request, who: SignedIn) -> Response:
    """The settings, with who changes them and from when on they hold."""
    account = await who.desks.accounts.account(who.caller)
    billing = await who.desks.licences.billing(who.caller) if who.may(Permission.VIEW_LICENCES) else None
    chosen = await who.desks.accounts.reminders(who.caller)
    facts: dict[str, Any] = {"billing": billing, "chosen": chosen, "usual": _usual(who)}
    return who.page(request, "administration/account", account=account, path=PATH, **facts)


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


async def ask_reminders(request: Request, who: SignedIn) -> Response:
    """The form of the reminder schedule."""
    return await _reminders(request, who, unsent())


async def save_reminders(request: Request, who: SignedIn) -> Response:
    """Save it; it holds for orders and requests from now on."""
    sent = _whole_numbers(await read_form(request, RemindersForm, who.language), who.language)
    with Asking(sent, who.language) as asking:
        if (given := sent.model) is not None:
            await who.desks.accounts.set_reminders(who.caller, None, given.changes(), others_stay=True)
            return who.done(PATH, "reminders_saved")
    return await _reminders(request, who, asking.form, asking.status)


def _whole_numbers(sent: Sent[RemindersForm], language: Language) -> Sent[RemindersForm]:
    """The form, with an error beside each field that is no number within its limits."""
    texts, errors = page_texts(language)["account_settings"], {}
    for name in AccountReminders.model_fields if sent.model else ():
        typed, of_days = getattr(sent.model, name), name.endswith("_days")
        least, most = (1, MOST_DAYS) if of_days else (0, MOST_REMINDERS)
        if typed and not (typed.isascii() and typed.isdigit() and least <= int(typed) <= most):
            errors[name] = [texts["between"].format(least=least, most=most)]
    return replace(sent, model=None, errors=errors) if errors else sent


async def _reminders(request: Request, who: SignedIn, sent: Sent[Any], status: int = 200) -> Response:
    facts = {"chosen": await who.desks.accounts.reminders(who.caller), "usual": _usual(who)}
    return who.page(request, "administration/account_reminders", status, form=sent, path=PATH, **facts)


def _usual(who: SignedIn) -> dict[str, Any]:
    """What the settings of the platform say, by the names of the schedule's fields."""
    settings = who.desks.settings
    return {
        "acknowledgement_days": settings.acknowledgement_reminder_after,
        "processing_days": settings.processing_reminder_after,
        "reminders": settings.reminders,
        "qr_code_days": settings.qr_reminder_after,
        "qr_reminders": settings.qr_reminders,
    }


async def _mail(request: Request, who: SignedIn, sent: Sent[Any], status: int = 200) -> Response:
    account = await who.desks.accounts.account(who.caller)
    return who.page(request, "administration/account_mail", status, form=sent, account=account, path=PATH)


_MANAGES = Permission.MANAGE_USERS
routes = [
    page(PATH, show, needs=Permission.VIEW_PEOPLE),
    page(f"{PATH}/mail", ask_mail, needs=_MANAGES, recent=True),
    form(f"{PATH}/mail", save_mail, needs=_MANAGES, recent=True),
    page(f"{PATH}/reminders", ask_reminders, needs=_MANAGES, recent=True),
    form(f"{PATH}/reminders", save_reminders, needs=_MANAGES, recent=True),
]
