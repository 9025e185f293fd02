"""The demonstration's chapter about travel eSIMs: a subscriber gets an eSIM from stock with a plan, travels,
and the plan lives its 30 days in seconds.
"""

import time
from dataclasses import dataclass
from datetime import timedelta

from models.codes.activation import parse_activation_code
from models.errors import Refused
from models.people.callers import Caller, Role
from models.travel.line_views import EsimLineDetails
from models.travel.profiles import Outcome, PlanState
from qr.intake import read_upload
from sandbox.demo.scene import FILES, OPERATOR, Scene
from sandbox.mails import Mail, last_number, list_mails, read_mail
from settings import sandbox_clock
from starter import callers
from starter.operations.clock import ClockDesk
from starter.people.users import UserDesk
from starter.travel.line_orders import AddLineDraft, AddPlanDraft, LineOrderDesk
from starter.travel.lines import LineBook
from starter.travel.plans import PlanDesk
from starter.travel.reports import ReportDesk
from starter.travel.stock import StockDesk
from starter.travel.subscribers import SubscriberDesk

ROSA, ADDRESS = "Rosa Diaz", "rosa.diaz@home.example"
SUE = "sue.stone@acme.example"
_CODE = "LPA:1$smdp.travel.example$TRAVEL-0001-5E2A"
"""Of the eSIM of profile 7 that is imported first."""
_30_DAYS = timedelta(days=30)


async def travel(scene: Scene) -> None:
    """From the import of rates, plans, subscribers and stock to a plan that has expired."""
    scene.timeline.chapter(f"{ROSA} travels: an eSIM from stock, and a plan that begins abroad")
    chapter = await _prepared(scene)
    line = await chapter.add_line()
    await chapter.refuse_asia(line)
    await chapter.add_plan(line)
    await chapter.connect(line)
    await chapter.let_days_pass(line)


async def _prepared(scene: Scene) -> "_Chapter":
    database, settings = scene.desk.database, scene.qr_desk.settings
    account = scene.user.account
    await UserDesk(database).create_user(OPERATOR, account, "Sue Stone", SUE, role=Role.SUPPORT)
    plans, stock = PlanDesk(database), StockDesk(scene.client, database, settings)
    await plans.import_rates(OPERATOR, account, (FILES / "travel_rates.csv").read_bytes())
    await plans.import_plans(OPERATOR, account, (FILES / "travel_plans.csv").read_bytes())
    subscribers = (FILES / "subscribers.csv").read_bytes()
    await SubscriberDesk(scene.client, database, settings).import_subscribers(OPERATOR, account, subscribers)
    report = await stock.import_stock(OPERATOR, account, (FILES / "travel_stock.csv").read_bytes())
    scene.timeline.says(f"Rates, plans, subscribers and {report.rows} eSIMs are imported from sandbox/*.csv")
    euro = await plans.plan(OPERATOR, "Euro 1")
    scene.timeline.check(
        "Euro 1 goes with IMSI profile 7, whose data costs least in its countries", right=euro.profile == 7
    )
    return _Chapter(
        scene,
        await callers.user(database, SUE),
        LineOrderDesk(scene.client, database, settings),
        ReportDesk(scene.client, database, settings),
        LineBook(database),
    )


@dataclass
class _Chapter:
    scene: Scene
    sue: Caller
    orders: LineOrderDesk
    reports: ReportDesk
    book: LineBook

    async def add_line(self) -> str:
        """The eSIM of the right profile is taken from stock; two e-mails arrive."""
        draft = AddLineDraft(subscriber=ROSA, plan="Euro 1", countries=("France",), key="demo-line")
        preview = await self.orders.preview_line(self.sue, draft)
        plan = preview.plan
        self.scene.timeline.says(
            f"Sue of the support staff reads: {plan.name}, {plan.price} {plan.currency}, {plan.data_mb} MB, "
            f"{plan.days} days, on one of {preview.in_stock} eSIMs of profile {plan.profile} in stock"
        )
        before = last_number(self.scene.folder.mailbox)
        placed = await self.orders.add_line(self.sue, draft)
        await self.scene.client.get_workflow_handle(placed.order_id).result()
        (line,) = await self.book.lines(self.sue, subscriber=ROSA)
        self.scene.timeline.says(f"{placed.order_id} is processed at once: EL-{line.id} {line.name}")
        self.scene.timeline.check(
            "The line is named after the country, with an active eSIM of profile 7 and a queued plan",
            right=(line.name, line.profile, line.sim_state) == ("France", 7, "active")
            and [one.state for one in line.plans] == [PlanState.QUEUED],
        )
        await self._look_at_emails(before)
        return f"EL-{line.id}"

    async def _look_at_emails(self, before: int) -> None:
        mails = self._mails_to_rosa(before)
        pictures = [part for mail in mails for part in mail.attachments if part.content_type == "image/png"]
        read = await read_upload(pictures[0].content, "code.png") if pictures else None
        self.scene.timeline.check(
            f"{ADDRESS} gets two e-mails: the QR code, readable by a phone, and the confirmation",
            right=len(mails) == 2 and read is not None and read.code == parse_activation_code(_CODE),
        )

    async def refuse_asia(self, line: str) -> None:
        """A plan of another profile goes on another eSIM."""
        reasons = []
        try:
            await self.orders.add_plan(self.sue, AddPlanDraft(line=line, plan="Asia"))
        except Refused as refusal:
            self.scene.timeline.says(f"Asia on {line} is refused: {refusal}")
            reasons = [reason.code for reason in refusal.refusals]
        self.scene.timeline.check(
            "Asia, of profile 10, does not go on this eSIM", right=reasons == ["profile_differs"]
        )

    async def add_plan(self, line: str) -> None:
        """A further plan needs no further eSIM."""
        before = last_number(self.scene.folder.mailbox)
        placed = await self.orders.add_plan(self.sue, AddPlanDraft(line=line, plan="Euro 1", key="demo-plan"))
        await self.scene.client.get_workflow_handle(placed.order_id).result()
        self.scene.timeline.says(f"{placed.order_id} adds another Euro 1 to {line}")
        mails = self._mails_to_rosa(before)
        self.scene.timeline.check(
            "A confirmation arrives, and no QR code", right=[mail.attachments for mail in mails] == [()]
        )

    async def connect(self, line: str) -> None:
        """The first connection abroad activates the first plan; the second does not begin yet."""
        await self.reports.connect(OPERATOR, line, country="United States")
        at_home = await self.book.line(self.sue, line)
        report = await self.reports.connect(OPERATOR, line, key="demo-arrival", country="France")
        again = await self.reports.connect(OPERATOR, line, key="demo-arrival", country="France")
        self.scene.timeline.says("Rosa's phone connects at home, then in France")
        self.scene.timeline.check(
            "At home nothing begins; in France the first plan does, once, and the second waits",
            right=_states(at_home) == [PlanState.QUEUED] * 2
            and report.outcome is Outcome.STARTED
            and again == report.model_copy(update={"replayed": True})
            and _states(await self.book.line(self.sue, line)) == [PlanState.ACTIVE, PlanState.QUEUED],
        )

    async def let_days_pass(self, line: str) -> None:
        """The plan ends 30 days later, to the second, and the next connection begins the other one."""
        clock = ClockDesk(self.scene.client, self.scene.desk.database, self.scene.qr_desk.settings)
        began = time.monotonic()
        await clock.advance(OPERATOR, sandbox_clock(self.scene.folder.path), _30_DAYS)
        self.scene.timeline.says(f"30 days pass on the sandbox's clock, in {time.monotonic() - began:.0f} s")
        after = await self.book.line(self.sue, line)
        first = after.plans[0]
        assert first.started_at is not None  # noqa: S101  it was active
        self.scene.timeline.check(
            "The first plan has expired, 30 x 24 hours after it began; the second still waits",
            right=_states(after) == [PlanState.EXPIRED, PlanState.QUEUED]
            and first.ends_at == first.started_at + _30_DAYS,
        )
        report = await self.reports.connect(OPERATOR, line, country="Italy")
        self.scene.timeline.check(
            "The next connection begins the second one", right=report.outcome is Outcome.STARTED
        )

    def _mails_to_rosa(self, after: int) -> list[Mail]:
        folder = self.scene.folder.mailbox
        numbers = [mail.number for mail in list_mails(folder) if mail.number > after and ADDRESS in mail.to]
        return [read_mail(folder, number) for number in numbers]


def _states(line: EsimLineDetails) -> list[PlanState]:
    return [plan.state for plan in line.plans]
