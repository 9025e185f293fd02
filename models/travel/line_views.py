"""eSIM lines as staff read them, and what they read of an order about one before it is placed (T13, T39)."""

from datetime import datetime

from models.travel.plan_views import PlanView
from models.travel.reports import ReportView
from models.travel.subscriber_views import LineOfSubscriber
from models.values import View


class EsimLineView(LineOfSubscriber):
    """An eSIM line of an account, with its subscriber."""

    account: str
    subscriber_id: int
    subscriber: str
    """Their name."""
    due_at: datetime | None = None
    """When something of its plans is due next: one ends, or a notice is to be sent."""


class EsimLineDetails(EsimLineView):
    """An eSIM line with what was reported of it, the latest first (T30)."""

    reports: tuple[ReportView, ...] = ()


class LineMoment(View):
    """What happened to an eSIM line: a report with what it led to (T30), or another event."""

    at: datetime
    report: ReportView | None = None
    event: str | None = None
    """The type of the event; None of a report."""
    actor: str = "system"
    actor_name: str | None = None
    assignment_id: int | None = None
    """The plan on the line that it is about."""
    notice: str | None = None
    """The e-mail to the subscriber that was due (T28, T35, T40)."""
    order: str | None = None
    note: str | None = None
    """The reason of a suspension (T33)."""


class ReplacePreview(View):
    """The line whose eSIM would be replaced, and the stock that is free for it (T34, T39)."""

    esim_line_id: int
    line_name: str
    iccid: str | None = None
    """Its present eSIM; None where that was withdrawn (T40)."""
    profile: int
    in_stock: int
    """How many eSIMs of the line's profile are free; with none, the order waits (T17)."""


class LinePreview(View):
    """The plan that would be ordered, and the eSIM that it would go on."""

    plan: PlanView
    line_name: str
    esim_line_id: int | None = None
    """The line that the plan is added to; None: a new one."""
    iccid: str | None = None
    """The eSIM of that line."""
    in_stock: int | None = None
    """How many eSIMs of the plan's profile are free for a new line; with none, the order waits (T17)."""
    complimentary: bool = False

    @property
    def shown(self) -> str:
        """What the confirmation says of it, as a text to compare; how many eSIMs are in stock is left out."""
        plan = self.plan
        price = "0.00" if self.complimentary else f"{plan.price:.2f}"
        return (
            f"{price} {plan.currency}, {plan.name}, {plan.data_mb} MB, {plan.days} days, "
            f"profile {plan.profile}, {' '.join(plan.countries)}, {self.line_name} {self.iccid or ''}"
        )
