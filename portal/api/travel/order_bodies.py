"""What a caller sends to order a travel eSIM, and what a dry run answers: the plan, and the eSIM that it
would go on (T7, T14, T34, T39).
"""

from typing import Annotated, Literal

from pydantic import Field

from models.identifiers import reference
from models.people.callers import Caller
from models.travel.line_views import LinePreview
from models.travel.profiles import EsimReason
from models.values import Flag
from portal.api.fields import FREE_COUNTED_UP, Accepted, Body, Id, IdOrIccid, Name, id_or_none, one_of
from portal.api.travel.plan_resources import PlanResource, plan_resource
from starter.desks import Desks
from starter.orders.drafts import Placed
from starter.travel.line_orders import AddLineDraft, AddPlanDraft, ReplaceEsimDraft

Plan = Annotated[Id, Field(description="`TP-3`, or its name.")]
Line = Annotated[IdOrIccid, Field(description="`EL-9`, or the ICCID of its eSIM.")]
_MOST_DESTINATIONS = 50


class LinePreviewResource(Accepted):
    """What would be ordered now: the plan, and the eSIM that it would go on."""

    plan: PlanResource
    line_name: str
    esim_line: str | None = Field(description="The line that the plan is added to. Null: a new one.")
    iccid: str | None = Field(description="The eSIM of that line.")
    in_stock: int | None = Field(
        description=f"How many eSIMs of the plan's profile are free for a new line{FREE_COUNTED_UP}"
        " With 0, the order waits."
    )
    complimentary: bool

    @classmethod
    def of(cls, preview: LinePreview) -> "LinePreviewResource":
        """The preview as it is answered."""
        return cls(
            plan=plan_resource(preview.plan),
            esim_line=id_or_none("EL", preview.esim_line_id),
            **preview.model_dump(include={"line_name", "iccid", "in_stock", "complimentary"}),
        )


class ReplacementPreviewResource(Accepted):
    """Whose eSIM would be replaced now."""

    esim_line: str = Field(examples=["EL-9"])
    line_name: str
    iccid: str | None = Field(description="Its present eSIM; null where that was withdrawn.")
    in_stock: int = Field(
        description=f"How many eSIMs of its profile are free{FREE_COUNTED_UP} With 0, the order waits."
    )


class AddLineBody(Body):
    """Give a subscriber an eSIM from stock with a plan: they get the QR code and a confirmation by e-mail.

    Without an eSIM of the plan's profile in stock the order waits. Needs the permission `sell_travel`.
    """

    kind: Literal["add_line"]
    subscriber: Id = Field(description="`SB-4`, phone number, e-mail address or full name.")
    plan: Plan
    countries: list[Name] = Field(
        default=[],
        max_length=_MOST_DESTINATIONS,
        description="Where they go, by name or code: the line is named after the only one, else the plan.",
    )
    complimentary: Flag = Field(
        default=False, description="Free of charge, if the subscriber's own plan allows it."
    )

    async def place(self, desks: Desks, caller: Caller, key: str) -> Placed:
        """Place the order."""
        return await desks.line_orders.add_line(caller, self._draft(key))

    async def check(self, desks: Desks, caller: Caller) -> LinePreviewResource:
        """What would be ordered. Raises `Refused` if placing it would be refused now."""
        return LinePreviewResource.of(await desks.line_orders.preview_line(caller, self._draft(None)))

    def _draft(self, key: str | None) -> AddLineDraft:
        return AddLineDraft(**self.model_dump(exclude={"kind"}), key=key)


class AddPlanBody(Body):
    """Add a plan to an eSIM line; the eSIM stays, the subscriber gets a confirmation by e-mail.

    Needs the permission `sell_travel`.
    """

    kind: Literal["add_plan"]
    line: Line
    plan: Plan

    async def place(self, desks: Desks, caller: Caller, key: str) -> Placed:
        """Place the order."""
        return await desks.line_orders.add_plan(caller, self._draft(key))

    async def check(self, desks: Desks, caller: Caller) -> LinePreviewResource:
        """What would be ordered. Raises `Refused` if placing it would be refused now."""
        return LinePreviewResource.of(await desks.line_orders.preview_plan(caller, self._draft(None)))

    def _draft(self, key: str | None) -> AddPlanDraft:
        return AddPlanDraft(line=self.line, plan=self.plan, key=key)


class ReplaceLineEsimBody(Body):
    """Replace the eSIM of a line by one of the same profile: its plans stay, the old code is dead.

    Needs the permission `sell_travel`.
    """

    kind: Literal["replace_line_esim"]
    line: Line
    reason: Id = Field(description=one_of(EsimReason))

    async def place(self, desks: Desks, caller: Caller, key: str) -> Placed:
        """Place the order."""
        return await desks.line_orders.replace(caller, self._draft(key))

    async def check(self, desks: Desks, caller: Caller) -> ReplacementPreviewResource:
        """What would be replaced. Raises `Refused` if placing it would be refused now."""
        seen = await desks.line_orders.preview_replace(caller, self._draft(None))
        return ReplacementPreviewResource(
            esim_line=reference("EL", seen.esim_line_id),
            **seen.model_dump(include={"line_name", "iccid", "in_stock"}),
        )

    def _draft(self, key: str | None) -> ReplaceEsimDraft:
        return ReplaceEsimDraft(line=self.line, reason=self.reason, key=key)
