"""The inventory for callers: fleet and catalogue, users and profiles, and what may be done to a line.

    inventory = Inventory(database := Database(settings.database_url))
    ana = await callers.user(database, "ana@acme.example")
    for offer in await inventory.actions(ana, "+33612345678"):
        print(offer.label, offer.offered)

It reads and writes the database alone, so it works while Temporal and the workers are down.
"""

import asyncio
import re
from collections.abc import Iterable

from sqlalchemy.ext.asyncio import AsyncConnection

from models.catalogue.file import parse_catalogue
from models.catalogue.views import CatalogueItem
from models.codes.requests import QrHistory, QrWaitingView
from models.errors import NotFound, Refused
from models.fleet.file import parse_fleet
from models.fleet.inventory import LineView, SimKind, SimView
from models.fleet.offers import ActionOffer, Shop, offers, shop
from models.identifiers import ICCID_DIGITS
from models.imports import ImportReport, Progress
from models.people.callers import AllAccounts, Caller, OfAccount, Permission
from models.people.profiles import ProfileView, parse_name, parse_roles, parse_targets
from models.people.views import ContactDetails, ContactView
from starter.people.users import Users, email_address, spoken
from store import lookups
from store.catalogue import views
from store.catalogue.file_import import import_catalogue
from store.codes import waiting
from store.fleet import views as fleet
from store.fleet.file_import import import_fleet
from store.orders.facts import line_facts, sim_facts
from store.people import administration, contacts
from store.people import references as people
from store.staging import importing

_SIM = re.compile(rf"\s*([Ss]-[0-9]+|{ICCID_DIGITS})\s*")


def names_sim(text: str) -> bool:
    """Whether this names a SIM (`S-12` or an ICCID) rather than a line."""
    return _SIM.fullmatch(text) is not None


class Inventory(Users):
    """Reads and administers the inventory.

    LINE is a phone number in E.164 or an id such as `L-42`; USER an e-mail address or `U-3`. Only what is in
    the caller's scope exists; `account` narrows it to one account, which only a caller of several needs.
    Refusals are raised as `Refused`, all reasons at once.
    """

    async def import_fleet(
        self, caller: Caller, content: bytes, dry_run: bool = False, progress: Progress | None = None
    ) -> ImportReport:
        """Take over a fleet from a CSV file (`models.fleet.file`): all rows or none.

        New accounts get their default profile. A dry run does everything and keeps nothing.
        """
        caller.require(Permission.IMPORT_INVENTORY)
        file = await asyncio.to_thread(parse_fleet, content, progress)
        async with importing(self._database, dry_run) as connection:
            await _own_accounts(connection, caller, {row.account for row in file.rows})
            report = await import_fleet(connection, file.rows, progress, self._language)
        return report.model_copy(update={"warnings": file.warnings.warnings(), "dry_run": dry_run})

    async def import_catalogue(
        self, caller: Caller, content: bytes, dry_run: bool = False, progress: Progress | None = None
    ) -> ImportReport:
        """Take over order packs and order contacts from a CSV file (`models.catalogue.file`)."""
        caller.require(Permission.EDIT_CATALOGUE)
        file = await asyncio.to_thread(parse_catalogue, content, progress)
        async with importing(self._database, dry_run) as connection:
            await _own_accounts(connection, caller, {row.account for row in file.rows})
            report = await import_catalogue(connection, file.rows, file.warnings, progress)
        return report.model_copy(update={"warnings": file.warnings.warnings(), "dry_run": dry_run})

    async def lines(
        self,
        caller: Caller,
        account: str | None = None,
        *,
        group: str | None = None,
        device: str | None = None,
        kind: SimKind | None = None,
        without_code: bool = False,
        limit: int | None = None,
        offset: int = 0,
    ) -> list[LineView]:
        """Lines by account, device and slot, each with the SIM in place and the temporary eSIM (F17).

        With a kind only lines with such a SIM in place; `without_code`, those with an eSIM without a code.
        """
        async with self._database.transaction() as connection:
            scope = await lookups.narrowed(connection, caller.scope, account)
            caller.require(Permission.VIEW_INVENTORY)
            return await fleet.lines(
                connection,
                scope,
                group=group,
                device=device,
                kind=kind,
                without_code=without_code,
                limit=limit,
                offset=offset,
            )

    async def line(self, caller: Caller, line: str) -> LineView:
        """One line with its SIMs."""
        async with self._database.transaction() as connection:
            key = await lookups.find_line(connection, caller.scope, line)
            caller.require(Permission.VIEW_INVENTORY)
            return await fleet.line(connection, caller.scope, key.id)

    async def sim(self, caller: Caller, sim: str) -> SimView:
        """One SIM by its id (`S-12`) or ICCID, also when it is discarded."""
        async with self._database.transaction() as connection:
            key = await lookups.find_sim(connection, caller.scope, sim)
            caller.require(Permission.VIEW_INVENTORY)
            return await fleet.sim(connection, caller.scope, key.id)

    async def qr_history(self, caller: Caller, sim: str) -> QrHistory:
        """Versions, requests and notifications of a SIM's QR code, and what happened; never the code."""
        from store.codes import codes  # noqa: PLC0415  brings cryptography along, which no other call needs

        async with self._database.reading() as connection:
            key = await lookups.find_sim(connection, caller.scope, sim)
            caller.require(Permission.VIEW_INVENTORY)
            return await codes.history(connection, caller.scope, key.id)

    async def qr_waiting(
        self,
        caller: Caller,
        account: str | None = None,
        *,
        open_only: bool = False,
        held: bool = False,
        limit: int = 100,
    ) -> list[QrWaitingView]:
        """The newest requests of all SIMs, and the notifications that wait for a person."""
        async with self._database.reading() as connection:
            scope = await lookups.narrowed(connection, caller.scope, account)
            caller.require(Permission.VIEW_INVENTORY)
            return await waiting.waiting(connection, scope, open_only=open_only, held=held, limit=limit)

    async def qr_held(self, caller: Caller) -> int:
        """How many requests and notifications wait for a person."""
        async with self._database.reading() as connection:
            caller.require(Permission.VIEW_INVENTORY)
            return await waiting.held_count(connection, caller.scope)

    async def people(self, caller: Caller, sim: str, references: Iterable[str]) -> dict[str, str]:
        """Names and addresses of those of the SIM's account who are referred to: `contact:7`, `user:3`."""
        async with self._database.reading() as connection:
            key = await lookups.find_sim(connection, caller.scope, sim)
            caller.require(Permission.VIEW_INVENTORY)
            return await people.names(connection, OfAccount(key.account_id), references)

    async def actions(self, caller: Caller, target: str) -> list[ActionOffer]:
        """The three actions on a line or a SIM, each offered to this user or with the reasons why not."""
        async with self._database.transaction() as connection:
            if names_sim(target):
                sim = await lookups.find_sim(connection, caller.scope, target)
                caller.require(Permission.VIEW_INVENTORY)
                return offers(await sim_facts(connection, sim.id, caller.user), caller.permissions)
            line = await lookups.find_line(connection, caller.scope, target)
            caller.require(Permission.VIEW_INVENTORY)
            facts, _ = await line_facts(connection, line.id, caller.user)
            return offers(facts, caller.permissions)

    async def shop(self, caller: Caller, line: str) -> Shop:
        """The shop for a line: only eSIMs of its provider; with one alone it is chosen (F8, F10)."""
        async with self._database.transaction() as connection:
            key = await lookups.find_line(connection, caller.scope, line)
            caller.require(Permission.PLACE_ORDERS)
            facts, _ = await line_facts(connection, key.id, caller.user)
            return shop(key.id, facts, await lookups.eligible_packs(connection, caller.scope, key.id))

    async def catalogue(self, caller: Caller, account: str | None = None) -> list[CatalogueItem]:
        """Every item of every order pack, withdrawn packs too, with whom its orders are sent to."""
        async with self._database.transaction() as connection:
            scope = await lookups.narrowed(connection, caller.scope, account)
            caller.require(Permission.VIEW_CATALOGUE)
            items = await views.items(connection, scope)
            contacts = await people.order_contacts(connection, scope)
        of_distributor: dict[tuple[str, str], list[ContactView]] = {}
        for contact in contacts:
            of_distributor.setdefault((contact.account, contact.distributor), []).append(contact)
        return [
            CatalogueItem(
                **item.model_dump(),
                order_contacts=tuple(of_distributor.get((item.account, item.distributor), ())),
            )
            for item in items
        ]

    async def profiles(self, caller: Caller, account: str | None = None) -> list[ProfileView]:
        """The account's authorised actions profiles, the default one first."""
        async with self._database.transaction() as connection:
            found = await lookups.find_account(connection, caller.scope, account)
            caller.require(Permission.VIEW_PEOPLE)
            return await administration.profiles(connection, found)

    async def profile(self, caller: Caller, account: str | None, name: str) -> ProfileView:
        """One profile with its enabled targets."""
        async with self._database.transaction() as connection:
            account_key = await lookups.find_account(connection, caller.scope, account)
            found = await administration.profile(connection, account_key, name)
            caller.require(Permission.VIEW_PEOPLE)
            return found

    async def create_profile(self, caller: Caller, account: str | None, name: str) -> ProfileView:
        """A new custom profile, with the nine targets disabled (F61)."""
        async with self._database.transaction() as connection:
            found = await lookups.find_account(connection, caller.scope, account)
            caller.require(Permission.MANAGE_PROFILES)
            return await administration.create_profile(connection, found, parse_name(name), caller.by)

    async def enable(
        self, caller: Caller, account: str | None, name: str, targets: Iterable[str]
    ) -> ProfileView:
        """Allow targets to the users of a profile (F41); those enabled already stay so."""
        return await self._set_targets(caller, account, name, targets, enabled=True)

    async def disable(
        self, caller: Caller, account: str | None, name: str, targets: Iterable[str]
    ) -> ProfileView:
        """Take targets from the users of a profile (F41). Orders that were accepted go on (F53)."""
        return await self._set_targets(caller, account, name, targets, enabled=False)

    async def _set_targets(
        self, caller: Caller, account: str | None, name: str, targets: Iterable[str], *, enabled: bool
    ) -> ProfileView:
        change = administration.enable if enabled else administration.disable
        async with self._database.transaction() as connection:
            found = await lookups.find_account(connection, caller.scope, account)
            profile = await administration.profile(connection, found, name)
            caller.require(Permission.MANAGE_PROFILES)
            await change(connection, found.id, profile.id, parse_targets(targets), caller.by)
            return await administration.profile(connection, found, name)

    async def contacts(
        self,
        caller: Caller,
        account: str | None = None,
        distributor: str | None = None,
        role: str | None = None,
    ) -> list[ContactDetails]:
        """The distributors' contacts with their roles; with a role, only those who have it."""
        async with self._database.transaction() as connection:
            scope = await lookups.narrowed(connection, caller.scope, account)
            caller.require(Permission.VIEW_PEOPLE)
            wanted = None if role is None else parse_roles([role])[0]
            return await contacts.contacts(connection, scope, distributor=distributor, role=wanted)

    async def distributors(self, caller: Caller, account: str | None = None) -> list[str]:
        """The names of the account's distributors."""
        async with self._database.reading() as connection:
            found = await lookups.find_account(connection, caller.scope, account)
            caller.require(Permission.VIEW_PEOPLE)
            return await contacts.distributors(connection, OfAccount(found.id))

    async def add_contact(  # noqa: PLR0917  the caller, and what a contact has
        self,
        caller: Caller,
        account: str | None,
        distributor: str,
        name: str,
        email: str,
        roles: Iterable[str] = (),
        *,
        language: str | None = None,
    ) -> ContactDetails:
        """A new contact of a distributor that the account has; its roles may be given later (F42)."""
        async with self._database.transaction() as connection:
            found = await lookups.find_account(connection, caller.scope, account)
            caller.require(Permission.MANAGE_CONTACTS)
            chosen, address, given = parse_name(name), email_address(email), parse_roles(roles)
            return await contacts.add(
                connection,
                found.id,
                distributor,
                name=chosen,
                email=address,
                roles=given,
                language=spoken(language),
                by=caller.by,
            )

    async def edit_contact(
        self,
        caller: Caller,
        account: str | None,
        contact: str,
        *,
        name: str | None = None,
        email: str | None = None,
        add_roles: Iterable[str] = (),
        remove_roles: Iterable[str] = (),
        language: str | None = None,
    ) -> ContactDetails:
        """Correct a contact (`C-7` or its address) and its roles (F42). What was sent to it stays sent."""
        async with self._database.transaction() as connection:
            scope = await lookups.narrowed(connection, caller.scope, account)
            found = await contacts.find(connection, scope, contact)
            caller.require(Permission.MANAGE_CONTACTS)
            chosen = None if name is None else parse_name(name)
            address = None if email is None else email_address(email)
            given, taken = parse_roles(add_roles), parse_roles(remove_roles)
            if set(given) & set(taken):
                raise Refused.because("role_contradicted")
            return await contacts.edit(
                connection,
                found.id,
                name=chosen,
                email=address,
                add_roles=given,
                remove_roles=taken,
                language=spoken(language),
                by=caller.by,
            )


async def _own_accounts(connection: AsyncConnection, caller: Caller, named: set[str]) -> None:
    """A caller of one account imports for that account alone; the others do not exist. Raises `NotFound`."""
    if isinstance(caller.scope, AllAccounts):
        return
    own = await lookups.find_account(connection, caller.scope, None)
    if named - {own.name}:
        raise NotFound.because("other_account")
