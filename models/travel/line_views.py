"""What staff read of an order about an eSIM line before it is placed (T39)."""

from models.travel.plan_views import PlanView
from models.values import View


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
