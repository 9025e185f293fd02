"""Request licences: an administrator asks, every owner is notified once, a purchase answers (L37)."""

from models.licences.entered import parse_add_on, parse_quantity
from models.licences.licence_views import LicenceRequestView
from models.paging import Page, Position, Wanted
from models.people.callers import Caller, Permission
from starter.connected import ConnectedDesk
from starter.keys import checked_key
from store import lookups
from store.licences import request_rows
from workflows.licences.licence_request import EsimLicenceRequest
from workflows.licences.messages import RequestLicences
from workflows.search_attributes import licence_request_labels


class LicenceRequestDesk(ConnectedDesk):
    """Makes requests for licences and lists them."""

    async def request(
        self,
        caller: Caller,
        account: str | None,
        add_on: str,
        quantity: int,
        note: str | None = None,
        *,
        key: str | None = None,
    ) -> LicenceRequestView:
        """Request so many licences of an add-on, with a note for the owners, who are notified; once per key.

        After `Unavailable` the request may be recorded already: call again with the same key.
        """
        async with self._database.transaction() as connection:
            found = await lookups.find_account(connection, caller.scope, account)
            caller.require(Permission.ASSIGN_LICENCES)
            what, number, checked = parse_add_on(add_on), parse_quantity(quantity), checked_key(key)
            made = await request_rows.request(
                connection, found.id, caller.user, what, number, note, checked, caller.by
            )
        if made.notified_at is None and made.purchase_id is None:
            await self._notify_owners(found.id, made)
        return made

    async def requests(
        self,
        caller: Caller,
        account: str | None = None,
        *,
        open_only: bool = False,
        held: bool = False,
        limit: int | None = None,
        after: Position | None = None,
    ) -> Page[LicenceRequestView]:
        """List requests for licences, the oldest first; `open_only`: those that no purchase has answered;
        `held`: those of which the owners cannot be notified until a person acts.
        """
        async with self._database.reading() as connection:
            scope = await lookups.narrowed(connection, caller.scope, account)
            caller.require(Permission.VIEW_LICENCES)
            part = Wanted(limit, after)
            return await request_rows.requests(connection, scope, open_only=open_only, held=held, wanted=part)

    async def find(self, caller: Caller, request: str) -> LicenceRequestView:
        """One request (`licence-request-...`). Raises `NotFound` (`unknown_licence_request`)."""
        async with self._database.reading() as connection:
            found = await request_rows.find(connection, caller.scope, request.strip().lower())
            caller.require(Permission.VIEW_LICENCES)
            return found

    async def _notify_owners(self, account_id: int, made: LicenceRequestView) -> None:
        """Start the workflow, which is a no-op where it runs; an owner's purchase may have answered it."""
        start = RequestLicences(
            request_id=made.id,
            account_id=account_id,
            add_on=made.add_on,
            quantity=made.quantity,
            given_up_after=self._settings.notification_given_up_after,
        )
        await self._calls.start(EsimLicenceRequest.run, start, made.id, licence_request_labels(start))
