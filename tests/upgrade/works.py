"""Two firms on real parts, whose people do what users, distributors and networks do, at chosen times."""

import re
from collections.abc import Awaitable
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from temporalio.service import RPCError

from models.errors import NotFound, Refused
from models.identifiers import order_id
from models.orders.lifecycle import OrderStatus
from models.orders.views import OrderView
from models.people.callers import Caller, LinkBearer, Role, UserKind
from models.people.views import ContactRole
from qr.draw import png
from starter import callers
from starter.desks import Desks
from store import origins
from store.clock import set_clock
from store.operations.unfinished import waiting
from tests.builders import ACCOUNT, ANA, OPERATOR, as_csv, empty_slot, iccid, item, line
from tests.system.qr_scene import a_code
from tests.system.scene import Scene
from tests.temporal_server import comes_true, eventually
from workflows.travel.sweep import EsimTravelSweep

OLGA, ADAM, SUE, VIC = ("olga@acme.example", "adam@acme.example", "sue@acme.example", "vic@acme.example")
"""Acme's owner, administrator, support staff, and a service user who may only look."""
ELSA = "elsa@acme.example"
"""She leaves, and is erased."""
BOLT, CLEO = "Bolt", "cleo@bolt.example"
QUENTIN = "quentin@telvia.example"
"""Of the distributor: he is asked for QR codes."""
BOSS = "boss@acme.example"
REFUSES = "550 5.1.1 No such user"
LATER = "451 4.3.0 Try later"
TAKES = "250 2.0.0 taken"
PHYSICAL, ESIM = range(1, 13), range(21, 41)
"""The numbers of lines with such a SIM."""
_STUCK = (
    "CREATE TABLE stuck (id text, status text)",
    """CREATE FUNCTION not_yet() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF EXISTS (SELECT FROM stuck WHERE id = NEW.id AND status = NEW.status) THEN
        RAISE EXCEPTION 'not yet';
    END IF; RETURN NEW; END $$""",
    "CREATE TRIGGER not_yet BEFORE UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION not_yet()",
)
_FREE = ("DROP TRIGGER not_yet ON orders", "DROP FUNCTION not_yet", "DROP TABLE stuck")


class Works:
    """All desks around one scene, and what every part of the world needs."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.desks = Desks.of(scene.temporal.client, scene.database, scene.settings)
        self._physical, self._esims = iter(PHYSICAL), iter(ESIM)
        self._codes = iter(range(1, 1000))
        self._iccids = iter(range(5_000, 6_000))
        self._origins: dict[str, int] = {}
        self._sweeps = iter(range(1, 1000))

    async def found(self) -> None:
        """The accounts, their fleets, users, profiles and contacts; one account is closed."""
        desks = self.desks
        fleet = [line(number) for number in PHYSICAL]
        fleet += [line(number, sim_type="esim", iccid=iccid(1000 + number)) for number in ESIM]
        fleet[0]["employee_language"] = "fr"
        fleet += [empty_slot(15), line(51, account=BOLT), line(52, account=BOLT, sim_type="esim")]
        await desks.fleet.import_fleet(OPERATOR, as_csv(*fleet))
        await desks.catalogue.import_catalogue(OPERATOR, as_csv(item(), item("Bolt pack", account=BOLT)))
        for name, address, role in (
            ("Ana", ANA, Role.MANAGER),
            ("Olga", OLGA, Role.OWNER),
            ("Adam", ADAM, Role.ADMINISTRATOR),
            ("Sue", SUE, Role.SUPPORT),
            ("Elsa Eriksen", ELSA, Role.MANAGER),
        ):
            await desks.users.create_user(OPERATOR, ACCOUNT, name, address, role=role)
        service = UserKind.SERVICE
        await desks.users.create_user(OPERATOR, ACCOUNT, "Vic", VIC, role=Role.VIEWER, kind=service)
        paul = ("Paul", "paul@telvia.example")
        await desks.users.create_user(OPERATOR, ACCOUNT, *paul, role=Role.PROVIDER_DESK, distributor="Telvia")
        await desks.users.create_user(OPERATOR, BOLT, "Cleo", CLEO, role=Role.OWNER, language="fr")
        await desks.profiles.create_profile(OPERATOR, ACCOUNT, "Clerk")
        await desks.profiles.enable(OPERATOR, ACCOUNT, "Clerk", ["switch_to_esim:1"])
        roles = (ContactRole.ESIM_QR_CODE,)
        for account in (ACCOUNT, BOLT):
            await desks.contacts.add_contact(
                OPERATOR, account, "Telvia", "Quentin", QUENTIN, roles, language="fr"
            )
        await desks.accounts.set_contact(OPERATOR, ACCOUNT, "codes@acme.example")
        await desks.accounts.set_language(OPERATOR, BOLT, "fr")
        await desks.accounts.create(OPERATOR, "Calla")
        await desks.accounts.close(OPERATOR, "Calla")
        await desks.users.create_user(OPERATOR, ACCOUNT, "Gus", "gus@acme.example", role=Role.VIEWER)
        await desks.users.deactivate_user(OPERATOR, "gus@acme.example")

    # --- people, numbers and names --------------------------------------------------------------------

    async def who(self, address: str) -> Caller:
        """The user with this address, as they call now; where from is known."""
        if address not in self._origins:
            caller = await callers.user(self.scene.database, address)
            known = {"session": "key-7", "address": "198.51.100.7", "request_id": "r-1"}
            async with self.scene.database.transaction() as connection:
                origin = await origins.record(connection, actor=caller.actor, surface="api", **known)
            self._origins[address] = origin
        return await callers.user(self.scene.database, address, origin_id=self._origins[address])

    async def sim_of(self, number: int) -> str:
        """The SIM on the line of this number: `S-21`."""
        found = await self.scene.line(number)
        assert found.sim is not None
        return f"S-{found.sim.id}"

    def next_iccid(self) -> str:
        """An ICCID that no SIM has."""
        return iccid(next(self._iccids))

    def next_code(self) -> Any:
        """An activation code that no SIM has."""
        return a_code(next(self._codes))

    def next_line(self, *, esim: bool) -> int:
        """The number of a line that nothing was done with."""
        return next(self._esims if esim else self._physical)

    async def next_esim(self) -> str:
        """An eSIM on such a line: `S-21`."""
        return await self.sim_of(self.next_line(esim=True))

    # --- time -----------------------------------------------------------------------------------------

    async def clock(self, when: datetime) -> None:
        """Set the clock of the database; what is due by then is done, and its e-mails are sent."""
        self.scene._ahead = when - datetime.now(UTC)
        async with self.scene.database.transaction() as connection:
            await set_clock(connection, self.scene._ahead)
        for _ in range(2):  # what the sweep finds is the lines' work
            await self.sweep()
            for one in await self.unfinished("travel_line"):
                with suppress(RPCError):  # it has just ended
                    await self.scene.temporal.client.get_workflow_handle(one).signal("look")
        await eventually(self._overdue, lambda late: not late)

    async def sweep(self) -> None:
        """The sweep of travel eSIMs, as its Schedule starts it."""
        await self.scene.temporal.client.execute_workflow(
            EsimTravelSweep.run,
            id=f"travel-sweep-{next(self._sweeps)}",
            task_queue=self.scene.settings.task_queue,
        )

    async def _overdue(self) -> list[Any]:
        return await self.scene.sql("SELECT id FROM esim_lines WHERE due_at <= esim_now()")

    # --- what is waited for ---------------------------------------------------------------------------

    async def unfinished(self, kind: str = "") -> list[str]:
        """All that must have a workflow, or only this kind of it."""
        async with self.scene.database.reading() as connection:
            found = await waiting(connection, OPERATOR.scope)
        return [one.id for one in found if kind in ("", one.kind)]

    async def held(self, workflow_id: str, reason: str) -> None:
        """Wait until it is held for this reason."""

        async def reasons() -> list[str]:
            query = "SELECT reason FROM holds WHERE workflow_id = :id"
            return [row.reason for row in await self.scene.sql(query, id=workflow_id)]

        await eventually(reasons, lambda found: reason in found)

    async def order(self, order: str) -> OrderView:
        return await self.desks.orders.order(OPERATOR, order)

    async def mailed(self, order: str) -> None:
        """Wait until the distributor has the order."""
        await eventually(lambda: self.scene.events(order), lambda events: "mail.sent" in events)

    async def link(self, address: str, page: str, before: int) -> LinkBearer:
        """The link in the next e-mail to this address, after so many."""
        mails = self.scene.mailbox.mails
        pattern = re.compile(rf"/{page}/([\w-]+)")

        def found() -> list[str]:
            return [
                match[1]
                for mail in mails[before:]
                if address in mail.to
                for match in pattern.finditer(mail.text)
            ]

        await comes_true(found)
        return LinkBearer(found()[0])

    async def is_refused(self, call: Awaitable[Any]) -> None:
        """The call must be refused."""
        try:
            await call
        except (Refused, NotFound):
            return
        raise AssertionError("this was to be refused")

    # --- orders between two statuses ------------------------------------------------------------------

    async def prepare_stuck(self) -> None:
        """Some orders will be stuck in the middle of a step, as where a worker is killed."""
        for statement in _STUCK:
            await self.scene.sql(statement)

    async def stuck_before(self, key: str, status: OrderStatus) -> str:
        """The order that Acme places under this key never reaches this status; its id."""
        of = order_id(1, key)
        await self.scene.sql("INSERT INTO stuck VALUES (:id, :status)", id=of, status=status.value)
        return of

    async def free_stuck(self) -> None:
        """Nothing holds them up any more; no worker runs."""
        for statement in _FREE:
            await self.scene.sql(statement)

    def picture(self, code: Any) -> bytes:
        """A file with the code."""
        return png(code)
