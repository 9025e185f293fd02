"""Accounts over HTTP: one's own settings; and, for a platform key, all accounts of its mode (F65 to F67)."""

from typing import Annotated

from fastapi import Response
from pydantic import Field, Strict

from models.people.api_keys import Mode
from models.people.callers import Caller, Permission
from models.people.reminders import MOST_DAYS, MOST_REMINDERS
from portal.api.caller import At, Who, needs
from portal.api.fields import WHOLE, Body, Id, IdempotencyKey, Name, required
from portal.api.lists import ListOf, Pages
from portal.api.made import say_made
from portal.api.people.resources import AccountResource, RemindersResource
from portal.api.routing import router

routes = router("Accounts")
Viewing = Annotated[Caller, needs(Permission.VIEW_PEOPLE)]
Listing = Annotated[Caller, needs(Permission.VIEW_PEOPLE, any_account=True)]
Managing = Annotated[Caller, needs(Permission.MANAGE_ACCOUNTS)]
Creating = Annotated[Caller, needs(Permission.MANAGE_ACCOUNTS, any_account=True)]
Setting = Annotated[Caller, needs(Permission.MANAGE_USERS)]
Days = Annotated[int, Strict(), Field(ge=1, le=MOST_DAYS), WHOLE]
Number = Annotated[int, Strict(), Field(ge=0, le=MOST_REMINDERS), WHOLE]


class NewAccountBody(Body):
    """An account to create, in the mode of the platform key."""

    name: Name = Field(examples=["Acme Logistics"])
    language: Name | None = Field(default=None, description="`en` or `fr`.")
    contact_email: Name | None = None


class AccountBody(Body):
    """What changes of the account; what is left out stays, null removes the contact address or the name."""

    language: Name | None = None
    contact_email: Name | None = None
    sender_name: Name | None = Field(
        default=None, description="The name that e-mails come from; null: that of the platform."
    )


class RemindersBody(Body):
    """The whole schedule; what is left out, or null, is as the settings of the platform say."""

    acknowledgement_days: Days | None = None
    processing_days: Days | None = None
    reminders: Number | None = Field(default=None, description="Sent in each wait before the order is held.")
    qr_code_days: Days | None = None
    qr_reminders: Number | None = None


class NameBody(Body):
    """The account's new name."""

    name: Name = Field(examples=["Acme Logistics"])


@routes.get("/accounts", summary="List accounts")
async def list_accounts(caller: Listing, desks: At, pages: Pages) -> ListOf[AccountResource]:
    """The key's own account; with a platform key all accounts of its mode, closed ones too."""
    found = await desks.accounts.accounts(caller, limit=pages.limit, after=pages.after)
    return pages.of(found, AccountResource.of)


@routes.post("/accounts", summary="Create an account", status_code=201)
async def create_account(
    caller: Creating,
    found: Who,
    desks: At,
    body: NewAccountBody,
    response: Response,
    idempotency_key: IdempotencyKey = None,
) -> AccountResource:
    """Create an account with its default profile and nothing else."""
    made = await desks.accounts.create(
        caller,
        body.name,
        body.language,
        body.contact_email,
        mode=Mode(found.mode),
        key=required(idempotency_key),
    )
    account = AccountResource.of(made)
    say_made(response, f"/accounts/{account.id}", replayed=made.replayed)
    return account


@routes.get("/accounts/{account}", summary="Show an account")
async def show_account(caller: Listing, desks: At, account: Id) -> AccountResource:
    """One account, by name or `A-3`: the key's own, or with a platform key one of its mode."""
    return AccountResource.of(await desks.accounts.account(caller, account))


@routes.get("/account", summary="Show the account of the call")
async def show_own_account(caller: Viewing, desks: At) -> AccountResource:
    """The key's own account; with a platform key the one that `Esim-Account` names."""
    return AccountResource.of(await desks.accounts.account(caller))


@routes.patch("/account", summary="Change the account's settings")
async def change_account(caller: Setting, desks: At, body: AccountBody) -> AccountResource:
    """Change the language of e-mails, the name they come from, or whom unrequested codes are offered to."""
    changed = await desks.accounts.edit(caller, None, **body.model_dump(include=set(body.model_fields_set)))
    return AccountResource.of(changed)


@routes.get("/account/reminders", summary="Show the account's reminder schedule")
async def show_reminders(caller: Viewing, desks: At) -> RemindersResource:
    """When distributors are reminded; null where the settings of the platform hold."""
    return RemindersResource.of(await desks.accounts.reminders(caller))


@routes.put("/account/reminders", summary="Set the account's reminder schedule")
async def set_reminders(caller: Setting, desks: At, body: RemindersBody) -> RemindersResource:
    """It holds for orders and requests from now on; what is open keeps its schedule. Idempotent."""
    return RemindersResource.of(await desks.accounts.set_reminders(caller, None, body.model_dump()))


@routes.post("/account/rename", summary="Rename the account")
async def rename_account(caller: Managing, desks: At, body: NameBody) -> AccountResource:
    """Files that are imported must use the new name from now on. Idempotent."""
    return AccountResource.of(await desks.accounts.rename(caller, None, body.name))


@routes.post("/account/close", summary="Close the account")
async def close_account(caller: Managing, desks: At) -> AccountResource:
    """No new orders or imports, and its users cannot act. Open orders finish, data stay. Idempotent."""
    return AccountResource.of(await desks.accounts.close(caller, None))


@routes.post("/account/reopen", summary="Reopen the account")
async def reopen_account(caller: Managing, desks: At) -> AccountResource:
    """Open a closed account again, as it was. Idempotent."""
    return AccountResource.of(await desks.accounts.reopen(caller, None))
