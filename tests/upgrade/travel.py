"""What happens to subscribers: eSIM lines with plans in every state, and orders in every status."""

from models.identifiers import travel_line_id
from models.orders.lifecycle import HoldReason, OrderKind, OrderStatus
from starter.people.erasure import erase
from starter.travel.line_orders import AddLineDraft, AddPlanDraft, ReplaceEsimDraft
from tests.builders import ACCOUNT, OPERATOR, iccid
from tests.starter.travel.files import esim, stock_file
from tests.temporal_server import eventually
from tests.upgrade.works import ADAM, BOLT, OLGA, REFUSES, SUE, Works

EURO, LONG, ASIA = 7, 2, 10
"""IMSI profiles: with much stock, with a little, and with two eSIMs."""
RATES = b"""country,network,imsi,data
France,Hexa Mobile,7,$0.004
Germany,Rhein Mobil,7,$0.005
Italy,Tevere Mobile,7,$0.006
France,Hexa Mobile,2,$0.5
United States,Liberty Mobile,2,$0.02
Japan,Fuji Mobile,10,$0.008
Thailand,Siam Mobile,10,$0.012
"""
PLANS = b"""name,countries,data,price,currency,shelf_life_months,complimentary
Euro 1,France;Germany;Italy,1 GB,9.90,USD,12,yes
Short,France,1 GB,4.90,USD,1,no
Asia,Japan;Thailand,2 GB,19.90,USD,12,yes
Gone,France,1 GB,7.90,USD,12,no
Pinned,France,3 GB,14.90,USD,12,no
Nowhere,Brazil,1 GB,7.90,USD,12,no
"""
SUBSCRIBERS = b"""name,phone,plan,email,bundles,language
Rosa Diaz,+12125550101,Unlimited All,rosa@home.example,0,en
Luc Morel,+12125550102,Family 10 GB,luc@home.example,1,fr
Vera Vance,+12125550103,Family 10 GB,vera@home.example,0,
Ed Eastman,+12125550104,Family 10 GB,ed@home.example,0,en
"""
ROSA, LUC, VERA, ED = "+12125550101", "+12125550102", "+12125550103", "+12125550104"
SEQUENCE = (
    OrderStatus.PROCESSED,
    OrderStatus.CANCELLED,
    OrderStatus.SUBMITTED,
    OrderStatus.REFUSED,
    OrderStatus.PROVIDER_PROCESSING,
)
"""In this sequence, since a replacement is refused while another one is open."""


class Travel:
    """Acme's eSIM lines; `lines` has the ids of some of them, by what became of them."""

    def __init__(self, works: Works) -> None:
        self.works = works
        self.lines: dict[str, str] = {}

    async def found(self) -> None:
        """Rates, plans, subscribers and stock, in two accounts."""
        desks = self.works.desks
        await desks.travel_plans.import_rates(OPERATOR, ACCOUNT, RATES)
        await desks.travel_plans.import_plans(OPERATOR, ACCOUNT, PLANS)
        await desks.travel_plans.withdraw_plan(OPERATOR, "Gone")
        await desks.travel_plans.pin_plan(OPERATOR, "Pinned", LONG)
        await desks.subscribers.import_subscribers(OPERATOR, ACCOUNT, SUBSCRIBERS)
        other = SUBSCRIBERS.splitlines()[:2]
        await desks.subscribers.import_subscribers(OPERATOR, BOLT, b"\n".join(other))
        stock = [esim(number, confirmation_code="4711-0815") for number in range(1, 30)]
        stock += [esim(number, profile=ASIA) for number in (30, 31)]
        stock += [esim(32, profile=LONG, ends_on="2026-01-31"), esim(33, profile=LONG, ends_on="2031-12-31")]
        stock += [esim(34, profile=LONG)]
        await desks.stock.import_stock(OPERATOR, ACCOUNT, stock_file(*stock))
        await desks.stock.import_stock(OPERATOR, BOLT, stock_file(esim(40), esim(41, profile=LONG)))
        await desks.stock.discard(OPERATOR, iccid(80_034))

    async def line(self, key: str, plan: str = "Euro 1", subscriber: str = ROSA) -> str:
        """A new eSIM line: its id, `EL-3`."""
        desks, sue = self.works.desks, await self.works.who(SUE)
        wish = AddLineDraft(subscriber=subscriber, plan=plan, key=key)
        order = (await desks.line_orders.add_line(sue, wish)).order_id
        await self.works.scene.ended(order)
        query = "SELECT id FROM esim_lines WHERE order_id = :order"
        ((line,),) = await self.works.scene.sql(query, order=order)
        self.lines[key] = f"EL-{line}"
        return self.lines[key]

    async def plan(self, line: str, key: str, plan: str = "Euro 1") -> None:
        """A further plan on this line."""
        wish = AddPlanDraft(line=line, plan=plan, key=key)
        placed = await self.works.desks.line_orders.add_plan(await self.works.who(SUE), wish)
        await self.works.scene.ended(placed.order_id)

    async def installed(self, line: str) -> None:
        """A phone downloads the eSIM; it connects at home, at sea, and where no plan covers."""
        report = self.works.desks.reports
        await report.installed(OPERATOR, line, key=f"installed {line}")
        for country in ("United States", "901", "Brazil"):
            await report.connect(OPERATOR, line, key=f"{country} {line}", country=country)

    async def used(self, line: str, key: str, megabytes: int = 0) -> None:
        """The phone connects in France, and uses data there."""
        report = self.works.desks.reports
        ((now,),) = await self.works.scene.sql("SELECT esim_now()")
        await report.connect(OPERATOR, line, key=f"connect {key}", at=now, country="France")
        if megabytes:
            await report.usage(
                OPERATOR, line, key=f"use {key}", country="France", used_bytes=megabytes * 1_000_000
            )

    async def year_ago(self) -> None:
        """Lines whose plans are over by now."""
        expired, depleted = await self.line("expired"), await self.line("depleted")
        await self.plan(expired, "expired, the next")
        for line in (expired, depleted):
            await self.installed(line)
            await self.used(line, line)
        await self.used(depleted, "80", 850)
        await self.used(depleted, "100", 200)
        await self.installed(await self.line("lapsed", "Short", LUC))
        await self.line("never installed", subscriber=VERA)
        revoked = await self.line("revoked", subscriber=LUC)
        await self.installed(revoked)
        sue = await self.works.who(SUE)
        (plan,) = (await self.works.desks.line_book.line(sue, revoked)).plans
        await self.works.desks.line_changes.revoke(sue, f"PA-{plan.id}")
        await self.line("erased", subscriber=ED)

    async def erase(self) -> None:
        """A subscriber leaves. The network goes on to report of the line."""
        await erase(OPERATOR, self.works.scene.database, "ed@home.example")

    async def order(self, kind: OrderKind, status: OrderStatus, key: str) -> None:
        """A line or plan is ordered, or an eSIM replaced, and the order gets as far as this status."""
        works, sue = self.works, await self.works.who(SUE)
        orders = works.desks.line_orders
        waits = status in (OrderStatus.SUBMITTED, OrderStatus.CANCELLED) and kind is not OrderKind.ADD_PLAN
        if status is OrderStatus.PROVIDER_PROCESSING:
            await works.stuck_before(key, OrderStatus.PROCESSED)
        elif status is not OrderStatus.PROCESSED and kind is OrderKind.ADD_PLAN:
            await works.stuck_before(key, OrderStatus.PROVIDER_PROCESSING)
        refused = status is OrderStatus.REFUSED
        if kind is OrderKind.ADD_LINE:
            plan = "Nowhere" if refused else ("Asia" if waits else "Euro 1")
            call = orders.add_line(sue, AddLineDraft(subscriber=ROSA, plan=plan, key=key))
        elif kind is OrderKind.ADD_PLAN:
            line = await self.line(f"for {key}")
            call = orders.add_plan(
                sue, AddPlanDraft(line=line, plan="Asia" if refused else "Euro 1", key=key)
            )
        else:
            line = self.lines["asia"] if waits or refused else await self.line(f"for {key}")
            call = orders.replace(sue, ReplaceEsimDraft(line=line, reason="new_phone", key=key))
        if refused:
            await works.is_refused(call)
            return
        order = (await call).order_id
        if status is OrderStatus.PROCESSED:
            await works.scene.ended(order)
        elif waits:
            await works.held(order, HoldReason.NO_STOCK)
        if status is OrderStatus.CANCELLED:
            await works.desks.orders.cancel(OPERATOR, order, reason="Stays at home.")
            await works.scene.ended(order)
        elif status is OrderStatus.PROVIDER_PROCESSING:
            await eventually(lambda: works.order(order), lambda seen: seen.status is status)

    async def asia(self) -> None:
        """Two lines take all stock of this profile; the staff cannot be alerted that it is low."""
        works = self.works
        works.scene.mailbox.answers = {OLGA: REFUSES, ADAM: REFUSES}
        await works.desks.stock.set_threshold(OPERATOR, ACCOUNT, EURO, 1)
        for key in ("asia", "asia, too"):
            await self.installed(await self.line(key, "Asia"))
        await works.desks.stock.set_threshold(OPERATOR, ACCOUNT, ASIA, 1)
        await works.sweep()
        query = "SELECT 1 FROM holds WHERE workflow_id LIKE 'travel-notice-%'"
        await eventually(lambda: works.scene.sql(query), bool)
        works.scene.mailbox.answers = {}

    async def today(self) -> None:
        """Lines that live: an active plan with another behind it, queued ones, a suspended line, and a notice
        that cannot be sent.
        """
        works, sue = self.works, await self.works.who(SUE)
        active = await self.line("active")
        await self.plan(active, "active, the next")
        await self.installed(active)
        await self.used(active, "today", 100)
        await self.line("queued", subscriber=LUC)
        suspended = await self.line("suspended", subscriber=LUC)
        await works.desks.line_changes.suspend(sue, suspended, "Phone lost.")
        unnotified = await self.line("not notified", subscriber=VERA)
        works.scene.mailbox.answers = {"vera@home.example": REFUSES}
        await self.used(unnotified, "not notified", 900)
        await works.held(travel_line_id(int(unnotified[3:])), HoldReason.MAIL_REJECTED)
        works.scene.mailbox.answers = {}
