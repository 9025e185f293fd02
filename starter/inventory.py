"""The inventory for callers: fleet and catalogue, users and profiles, and what may be done to a line.

    inventory = Inventory(Database(settings.database_url))
    for offer in await inventory.actions("+33612345678", "ana@acme.example"):
        print(offer.label, offer.offered)

It reads and writes the database alone, so it works while Temporal and the workers are down.
"""

import asyncio
import re
from collections.abc import Iterable

from sqlalchemy.ext.asyncio import AsyncConnection

from models.addresses import parse_email
from models.administration import ProfileView, parse_name, parse_roles, parse_targets
from models.catalogue_file import parse_catalogue
from models.errors import Refused
from models.fleet_file import parse_fleet
from models.identifiers import ICCID_DIGITS
from models.imports import ImportReport, Progress
from models.inventory import CatalogueItem, ContactView, LineView, SimKind, SimView, UserView
from models.offers import ActionOffer, Shop, offers, shop
from models.qr import ContactDetails, QrHistory, QrWaitingView
from store import administration, catalogue, contacts, fleet, lookups, people, qr_waiting
from store.catalogue_import import import_catalogue
from store.facts import line_facts, sim_facts
from store.fleet_import import import_fleet
from store.session import Database
from store.staging import importing

_SIM = re.compile(rf"\s*([Ss]-[0-9]+|{ICCID_DIGITS})\s*")


def names_sim(text: str) -> bool:
    """Whether this names a SIM (`S-12` or an ICCID) rather than a line."""
    return _SIM.fullmatch(text) is not None


class Inventory:
    """Reads and administers the inventory.

    LINE is a phone number in E.164 or an id such as `L-42`; USER an e-mail address or `U-3`. Where a user
    is given, only what their account has exists. Refusals are raised as `Refused`, all reasons at once.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def import_fleet(
        self, content: bytes, dry_run: bool = False, progress: Progress | None = None
    ) -> ImportReport:
        """Take over a fleet from a CSV file (`models.fleet_file`): all rows or none.

        New accounts get their default profile. A dry run does everything and keeps nothing.
        """
        file = await asyncio.to_thread(parse_fleet, content, progress)
        async with importing(self._database, dry_run) as connection:
            report = await import_fleet(connection, file.rows, progress)
        return report.model_copy(update={"warnings": file.warnings.warnings(), "dry_run": dry_run})

    async def import_catalogue(
        self, content: bytes, dry_run: bool = False, progress: Progress | None = None
    ) -> ImportReport:
        """Take over order packs and order contacts from a CSV file (`models.catalogue_file`)."""
        file = await asyncio.to_thread(parse_catalogue, content, progress)
        async with importing(self._database, dry_run) as connection:
            report = await import_catalogue(connection, file.rows, file.warnings, progress)
        return report.model_copy(update={"warnings": file.warnings.warnings(), "dry_run": dry_run})

    async def lines(
        self,
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
            return await fleet.lines(
                connection,
                account_id=await _account_id(connection, account),
                group=group,
                device=device,
                kind=kind,
                without_code=without_code,
                limit=limit,
                offset=offset,
            )

    async def line(self, line: str, user: str | None = None) -> LineView:
        """One line with its SIMs."""
        async with self._database.transaction() as connection:
            key = await lookups.find_line(connection, line, await _users_account(connection, user))
            return await fleet.line(connection, key.id)

    async def sim(self, sim: str, user: str | None = None) -> SimView:
        """One SIM by its id (`S-12`) or ICCID, also when it is discarded."""
        async with self._database.transaction() as connection:
            key = await lookups.find_sim(connection, sim, await _users_account(connection, user))
            return await fleet.sim(connection, key.id)

    async def qr_history(self, sim: str, user: str | None = None) -> QrHistory:
        """Versions, requests and notifications of a SIM's QR code, and what happened; never the code."""
        from store import qr_codes  # noqa: PLC0415  brings cryptography along, which no other call needs

        async with self._database.reading() as connection:
            key = await lookups.find_sim(connection, sim, await _users_account(connection, user))
            return await qr_codes.history(connection, key.id)

    async def qr_waiting(
        self, account: str | None = None, *, open_only: bool = False, held: bool = False, limit: int = 100
    ) -> list[QrWaitingView]:
        """The newest requests of all SIMs, and the notifications that wait for a person."""
        async with self._database.reading() as connection:
            account_id = await _account_id(connection, account)
            return await qr_waiting.waiting(
                connection, account_id=account_id, open_only=open_only, held=held, limit=limit
            )

    async def qr_held(self) -> int:
        """How many requests and notifications wait for a person."""
        async with self._database.reading() as connection:
            return await qr_waiting.held_count(connection)

    async def people(self, sim: str, references: Iterable[str]) -> dict[str, str]:
        """Names and addresses of those of the SIM's account who are referred to: `contact:7`, `user:3`."""
        async with self._database.reading() as connection:
            key = await lookups.find_sim(connection, sim, None)
            return await people.names(connection, key.account_id, references)

    async def actions(self, target: str, user: str) -> list[ActionOffer]:
        """The three actions on a line or a SIM, each offered to this user or with the reasons why not."""
        async with self._database.transaction() as connection:
            who = await lookups.find_user(connection, user)
            if names_sim(target):
                sim = await lookups.find_sim(connection, target, who.account_id)
                return offers(await sim_facts(connection, sim.id, who.id))
            line = await lookups.find_line(connection, target, who.account_id)
            facts, _ = await line_facts(connection, line.id, who.id)
            return offers(facts)

    async def shop(self, line: str, user: str) -> Shop:
        """The shop for a line: only eSIMs of its provider; with one alone it is chosen (F8, F10)."""
        async with self._database.transaction() as connection:
            who = await lookups.find_user(connection, user)
            key = await lookups.find_line(connection, line, who.account_id)
            facts, _ = await line_facts(connection, key.id, who.id)
            return shop(key.id, facts, await lookups.eligible_packs(connection, key.id))

    async def catalogue(self, account: str | None = None) -> list[CatalogueItem]:
        """Every item of every order pack, withdrawn packs too, with whom its orders are sent to."""
        async with self._database.transaction() as connection:
            account_id = await _account_id(connection, account)
            items = await catalogue.items(connection, account_id)
            contacts = await people.order_contacts(connection, account_id)
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

    async def profiles(self, account: str | None = None) -> list[ProfileView]:
        """The account's authorised actions profiles, the default one first."""
        async with self._database.transaction() as connection:
            return await administration.profiles(connection, await lookups.find_account(connection, account))

    async def profile(self, account: str | None, name: str) -> ProfileView:
        """One profile with its enabled targets."""
        async with self._database.transaction() as connection:
            found = await lookups.find_account(connection, account)
            return await administration.profile(connection, found, name)

    async def create_profile(self, account: str | None, name: str) -> ProfileView:
        """A new custom profile, with the nine targets disabled (F61)."""
        chosen = parse_name(name)
        async with self._database.transaction() as connection:
            found = await lookups.find_account(connection, account)
            return await administration.create_profile(connection, found, chosen)

    async def enable(self, account: str | None, name: str, targets: Iterable[str]) -> ProfileView:
        """Allow targets to the users of a profile (F41); those enabled already stay so."""
        return await self._set_targets(account, name, targets, enabled=True)

    async def disable(self, account: str | None, name: str, targets: Iterable[str]) -> ProfileView:
        """Take targets from the users of a profile (F41). Orders that were accepted go on (F53)."""
        return await self._set_targets(account, name, targets, enabled=False)

    async def _set_targets(
        self, account: str | None, name: str, targets: Iterable[str], *, enabled: bool
    ) -> ProfileView:
        chosen = parse_targets(targets)
        change = administration.enable if enabled else administration.disable
        async with self._database.transaction() as connection:
            found = await lookups.find_account(connection, account)
            profile = await administration.profile(connection, found, name)
            await change(connection, profile.id, chosen)
            return await administration.profile(connection, found, name)

    async def users(self, account: str | None = None) -> list[UserView]:
        """Users with the profile that rules what they may do."""
        async with self._database.transaction() as connection:
            return await administration.users(connection, await _account_id(connection, account))

    async def create_user(
        self, account: str | None, name: str, email: str, profile: str | None = None
    ) -> UserView:
        """A new user of an existing account, with its default profile where none is named."""
        chosen = parse_name(name)
        address = _address(email)
        async with self._database.transaction() as connection:
            found = await lookups.find_account(connection, account)
            return await administration.create_user(connection, found, chosen, address, profile)

    async def contacts(
        self, account: str | None = None, distributor: str | None = None, role: str | None = None
    ) -> list[ContactDetails]:
        """The distributors' contacts with their roles; with a role, only those who have it."""
        wanted = None if role is None else parse_roles([role])[0]
        async with self._database.transaction() as connection:
            account_id = await _account_id(connection, account)
            return await contacts.contacts(
                connection, account_id=account_id, distributor=distributor, role=wanted
            )

    async def distributors(self, account: str | None = None) -> list[str]:
        """The names of the account's distributors."""
        async with self._database.reading() as connection:
            found = await lookups.find_account(connection, account)
            return await contacts.distributors(connection, found.id)

    async def add_contact(
        self, account: str | None, distributor: str, name: str, email: str, roles: Iterable[str] = ()
    ) -> ContactDetails:
        """A new contact of a distributor that the account has; its roles may be given later (F42)."""
        chosen, address, given = parse_name(name), _address(email), parse_roles(roles)
        async with self._database.transaction() as connection:
            found = await lookups.find_account(connection, account)
            return await contacts.add(
                connection, found.id, distributor, name=chosen, email=address, roles=given
            )

    async def edit_contact(
        self,
        account: str | None,
        contact: str,
        *,
        name: str | None = None,
        email: str | None = None,
        add_roles: Iterable[str] = (),
        remove_roles: Iterable[str] = (),
    ) -> ContactDetails:
        """Correct a contact (`C-7` or its address) and its roles (F42). What was sent to it stays sent."""
        chosen = None if name is None else parse_name(name)
        address = None if email is None else _address(email)
        given, taken = parse_roles(add_roles), parse_roles(remove_roles)
        if set(given) & set(taken):
            raise Refused.because("role_contradicted")
        async with self._database.transaction() as connection:
            found = await contacts.find(connection, contact, await _account_id(connection, account))
            return await contacts.edit(
                connection, found.id, name=chosen, email=address, add_roles=given, remove_roles=taken
            )


def _address(text: str) -> str:
    try:
        return parse_email(text)
    except ValueError:
        raise Refused.because("email_invalid") from None


async def _account_id(connection: AsyncConnection, account: str | None) -> int | None:
    return None if account is None else (await lookups.find_account(connection, account)).id


async def _users_account(connection: AsyncConnection, user: str | None) -> int | None:
    return None if user is None else (await lookups.find_user(connection, user)).account_id
