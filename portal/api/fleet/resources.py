"""Lines, SIMs, devices and offers of actions as the API answers them."""

from datetime import datetime

from pydantic import Field

from models.fleet.edits import FleetEdit
from models.fleet.inventory import DeviceView, LineView, SimView
from models.fleet.offers import ActionOffer, Shop
from models.identifiers import named, reference
from models.language import Language
from models.people.callers import Caller
from portal.api.catalogue.resources import PackResource
from portal.api.fields import Resource
from portal.api.problems import RefusalProblem, worded
from wording.labels import action_label

_STATES = "`in_stock`, `temporary`, `active`, `suspended`, `discarded`; more may be added."


class SimResource(Resource):
    """A SIM."""

    id: str = Field(examples=["S-12"])
    iccid: str | None = Field(description="Null on a temporary eSIM whose ICCID is not known yet.")
    kind: str = Field(description="`physical` or `esim`.", examples=["esim"])
    state: str = Field(description=_STATES, examples=["active"])
    mark: str = Field(description="`SIM-Temp` on a temporary eSIM, else empty.", examples=[""])
    provider: str
    distributor: str | None
    employee: str | None
    groups: list[str]
    order: str | None = Field(description="The order that created it.")
    discarded_at: datetime | None
    holder: str | None = Field(description="What it serves, or will serve: `L-42`.", examples=["L-42"])

    @classmethod
    def of(cls, view: SimView) -> "SimResource":
        """The SIM as it is answered."""
        return cls(
            **view.model_dump(
                exclude={"id", "groups", "holder", "order_id", "employee_email", "employee_language"}
            ),
            id=reference("S", view.id),
            mark=view.mark,
            groups=list(view.groups),
            order=view.order_id,
            holder=None if view.holder is None else named(view.holder),
        )


class LineResource(Resource):
    """A line in its slot, with the SIM in place and the temporary eSIM of an open order."""

    id: str = Field(examples=["L-42"])
    msisdn: str = Field(description="The phone number in E.164.", examples=["+33639980000"])
    device: str = Field(examples=["Phone 7"])
    slot: int
    provider: str
    groups: list[str]
    sim: SimResource | None
    temporary: SimResource | None
    open_order: str | None

    @classmethod
    def of(cls, view: LineView) -> "LineResource":
        """The line as it is answered."""
        return cls(
            id=reference("L", view.id),
            msisdn=view.msisdn,
            device=view.device,
            slot=view.slot,
            provider=view.provider,
            groups=list(view.groups),
            sim=None if view.sim is None else SimResource.of(view.sim),
            temporary=None if view.temporary is None else SimResource.of(view.temporary),
            open_order=view.open_order,
        )


class DeviceResource(Resource):
    """A device, such as a phone."""

    id: str = Field(examples=["D-3"])
    name: str
    lines: int = Field(description="How many lines it has.")

    @classmethod
    def of(cls, view: DeviceView) -> "DeviceResource":
        """The device as it is answered."""
        return cls(id=reference("D", view.id), name=view.name, lines=view.lines)


class OfferResource(Resource):
    """An action on a line or a SIM: whether it is offered to this caller's user, and if not, why."""

    action: str = Field(examples=["switch_to_esim"])
    label: str = Field(examples=["Switch to eSIM"])
    offered: bool
    refusals: list[RefusalProblem]

    @classmethod
    def of(cls, offer: ActionOffer, caller: Caller) -> "OfferResource":
        """The offer as it is answered."""
        return cls(
            action=offer.action,
            label=action_label(offer.action, Language(caller.language)),
            offered=offer.offered,
            refusals=worded(offer.refusals, Language(caller.language)),
        )


class ShopResource(Resource):
    """What may be ordered for a line."""

    line: str
    action: str = Field(
        description="The one kind of order that fits the SIM in place.", examples=["switch_to_esim"]
    )
    packs: list[PackResource]
    chosen: str | None = Field(description="The pack, if only one is eligible.")
    refusals: list[RefusalProblem] = Field(description="Why nothing may be ordered.")

    @classmethod
    def of(cls, shop: Shop, caller: Caller) -> "ShopResource":
        """The shop as it is answered."""
        return cls(
            line=reference("L", shop.line_id),
            action=shop.action,
            packs=[PackResource.of(pack) for pack in shop.packs],
            chosen=None if shop.chosen is None else reference("P", shop.chosen.id),
            refusals=worded(shop.refusals, Language(caller.language)),
        )


class EditResource(Resource):
    """What an edit of lines changed: all of the lines, or none."""

    lines: int
    changed: list[str]
    created: dict[str, int]
    dry_run: bool

    @classmethod
    def of(cls, edit: FleetEdit) -> "EditResource":
        """The edit as it is answered."""
        changed = [reference("L", line) for line in edit.changed]
        return cls(lines=edit.lines, changed=changed, created=edit.created, dry_run=edit.dry_run)
