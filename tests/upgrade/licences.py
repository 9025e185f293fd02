"""What happens to agents' numbers: licences, orders in every status, and every change of a number."""

from models.licences.numbers import Change
from models.orders.lifecycle import HoldReason, OrderKind, OrderStatus
from starter.licences.assignments import AssignDraft, ReplaceDraft
from starter.people.erasure import erase
from tests.builders import ACCOUNT, OPERATOR, as_csv
from tests.licences_world import number_msisdn
from tests.starter.licences.files import EID, number_row, unused
from tests.temporal_server import eventually
from tests.upgrade.works import ADAM, BOLT, CLEO, OLGA, REFUSES, Works

ADD_ON, DEARER = "voice_sms", "voice_sms_data"
ORDERS = "orders@telvia.example"
DIRECT, SHARED, FREE = range(1, 31), range(31, 36), range(36, 39)
"""The numbers that have an agent each, those of shared lines, and those that no agent uses."""


class Numbers:
    """Acme's numbers, each used for one thing."""

    def __init__(self, works: Works) -> None:
        self.works = works
        self._direct, self._shared = iter(DIRECT), iter(SHARED)
        self._imported: list[str] = []
        """The requests for codes of which an agent is still to be notified."""

    async def found(self) -> None:
        """A year of licences: prices that change, licences that are bought, given back and changed."""
        desks, works = self.works.desks, self.works
        rows = [
            number_row(
                number,
                agent_name=f"Agent {number}",
                agent_email=f"agent{number}@acme.example",
                phone_supports_esim="yes",
            )
            for number in DIRECT
        ]
        rows += [number_row(n, line_type="shared", phone_supports_esim="yes") for n in SHARED]
        await desks.numbers.import_numbers(OPERATOR, as_csv(*rows, *(unused(n) for n in FREE)))
        spare = await desks.agents.create_agent(OPERATOR, ACCOUNT, "Ivo", "ivo@acme.example", eid=EID)
        await desks.agents.edit_agent(OPERATOR, f"AG-{spare.id}", language="fr")
        olga, cleo = await works.who(OLGA), await works.who(CLEO)
        for account, currency in ((ACCOUNT, "EUR"), (BOLT, "CHF")):
            await desks.licences.set_billing(OPERATOR, account, cycle_day=15, currency=currency)
            for add_on, price in ((ADD_ON, "10.00"), (DEARER, "16.00")):
                await desks.licences.set_price(OPERATOR, account, add_on, price)
        await desks.licences.set_price(OPERATOR, ACCOUNT, ADD_ON, "12.00", since="2026-03-15")
        await desks.licences.buy(olga, ACCOUNT, ADD_ON, 30, key="a year ago")
        await desks.licences.buy(cleo, BOLT, DEARER, 2, key="at Bolt")
        bought = await desks.licences.buy(olga, ACCOUNT, DEARER, 3, key="to change")
        await desks.licences.change(olga, f"LI-{bought.new[0]}", ADD_ON)
        await desks.licences.give_back(olga, f"LI-{bought.new[1]}", key="given back")

    async def assigned(self, key: str) -> str:
        """A number whose agent has an eSIM; nothing of its order is open."""
        number = number_msisdn(next(self._direct))
        order = await self._assign(number, key)
        await self._processed(order)
        return number

    async def _assign(self, number: str, key: str) -> str:
        wish = AssignDraft(number=number, add_on=ADD_ON, key=key)
        return (await self.works.desks.assignments.assign(await self.works.who(ADAM), wish)).order_id

    async def _processed(self, order: str) -> None:
        """It is delivered, and its code arrives."""
        orders = self.works.desks.orders
        await self.works.mailed(order)
        await orders.acknowledge(OPERATOR, order)
        await orders.processed(OPERATOR, order, iccid=self.works.next_iccid())
        await self.works.scene.ended(order)
        sim = f"S-{(await self.works.order(order)).esim_id}"
        query = "SELECT id FROM qr_requests WHERE status = 'requested' AND sim_id = :sim"
        (request,) = await eventually(lambda: self.works.scene.sql(query, sim=int(sim[2:])), bool)
        await self.works.desks.codes.import_code(OPERATOR, sim, str(self.works.next_code()))
        self._imported.append(request.id)

    async def settle(self) -> None:
        """Wait until the agents are notified of their codes."""
        while self._imported:
            await self.works.scene.ended(self._imported.pop())

    async def order(self, kind: OrderKind, status: OrderStatus, key: str) -> None:
        """A number's eSIM is ordered or replaced, and the order gets as far as this status."""
        works, adam = self.works, await self.works.who(ADAM)
        if kind is OrderKind.ASSIGN_LICENCE:
            shared = status is OrderStatus.REFUSED
            number = number_msisdn(next(self._shared if shared else self._direct))
            wish = AssignDraft(number=number, add_on=ADD_ON, key=key)
            call = works.desks.assignments.assign(adam, wish)
        else:
            if status is OrderStatus.REFUSED:
                number = number_msisdn(next(self._shared))
            else:
                number = await self.assigned(f"before {key}")
            other = ReplaceDraft(number=number, reason="new_phone", key=key)
            call = works.desks.assignments.replace(adam, other)
        if status is OrderStatus.REFUSED:
            await works.is_refused(call)
            return
        order = (await call).order_id
        await works.mailed(order)
        if status is OrderStatus.PROVIDER_PROCESSING:
            await works.desks.orders.acknowledge(OPERATOR, order, iccid=works.next_iccid())
        elif status is OrderStatus.CANCELLED:
            await works.desks.orders.cancel(OPERATOR, order, reason="Not needed.")
            await works.scene.ended(order)
        elif status is OrderStatus.PROCESSED:
            await self._processed(order)

    async def changes(self) -> None:
        """Every change of a number that there is; an agent leaves, and another is erased."""
        works, adam, desk = self.works, await self.works.who(ADAM), self.works.desks.numbers
        suspended, resumed = await self.assigned("to suspend"), await self.assigned("to resume")
        for number in (suspended, resumed):
            await desk.suspend(adam, number, "Unpaid.", key=f"suspend {number}")
        await desk.resume(adam, resumed, key="resume")
        handed, deleted = await self.assigned("to hand on"), number_msisdn(next(self._direct))
        await works.mailed(await self._assign(deleted, "cancelled by the deletion"))
        await desk.change_user(adam, handed, "ivo@acme.example", key="hand on")
        await desk.delete(adam, deleted, key="delete")
        recovered = number_msisdn(next(self._direct))
        await desk.delete(adam, recovered, key="delete 2")
        await desk.recover(adam, recovered, key="recover")
        shared = number_msisdn(next(self._shared))
        await desk.convert(adam, shared, "direct", key="to direct")
        await desk.convert(adam, shared, "shared", key="to shared")
        lost = await self.assigned("to lose")
        await works.desks.assignments.replace(adam, ReplaceDraft(number=lost, reason="lost", key="lost"))
        left = f"agent{next(self._direct)}@acme.example"
        await works.desks.agents.deactivate_agent(adam, left)
        leaves = next(self._direct)
        await desk.change_user(adam, number_msisdn(leaves), None, key="leaves")
        await erase(OPERATOR, works.scene.database, f"agent{leaves}@acme.example")
        made = {row.change for row in await works.scene.sql("SELECT DISTINCT change FROM number_changes")}
        assert made == set(Change)

    async def waiting(self) -> None:
        """What waits: the end of a licence on a later day, a provider and owners who cannot be notified."""
        await self.settle()
        works, adam, olga = self.works, await self.works.who(ADAM), await self.works.who(OLGA)
        (bought,) = (await works.desks.licences.buy(olga, ACCOUNT, DEARER, 1, key="ends")).new
        await works.desks.licences.give_back(olga, f"LI-{bought}", key="ends")
        ending = number_msisdn(next(self._direct))
        wish = AssignDraft(number=ending, licence=f"LI-{bought}", key="ends")
        await self._processed((await works.desks.assignments.assign(adam, wish)).order_id)
        await eventually(lambda: works.unfinished("number_change"), bool)
        stopped = await self.assigned("to stop")
        await self.settle()
        requests = works.desks.licence_requests
        for add_on in (ADD_ON, "voice_sms_data_pro"):
            made = await requests.request(adam, ACCOUNT, add_on, 2, "For December.", key=f"notified {add_on}")
            await works.scene.ended(made.id)
        await works.desks.licences.set_price(OPERATOR, ACCOUNT, "voice_sms_data_pro", "25.00")
        await works.desks.licences.buy(olga, ACCOUNT, "voice_sms_data_pro", 2, key="as requested")
        works.scene.mailbox.answers = {ORDERS: REFUSES, OLGA: REFUSES}
        unsent = await requests.request(adam, ACCOUNT, DEARER, 1, key="not notified")
        await works.held(unsent.id, HoldReason.MAIL_REJECTED)
        await works.desks.numbers.delete(adam, stopped, key="not stopped")
        query = "SELECT workflow_id FROM holds WHERE workflow_id LIKE 'number-change-%'"
        await eventually(lambda: works.scene.sql(query), bool)
        works.scene.mailbox.answers = {}
