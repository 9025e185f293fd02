"""What a caller sends to place an order, by kind.

A new kind is a class with `place` and `check`, and an entry in `Ordering`.
"""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from models.orders.lifecycle import OrderKind
from models.orders.notes import LONGEST_COMMENT, LONGEST_REFERENCE
from models.people.callers import Caller
from models.values import Flag
from portal.api.fields import WHOLE, Accepted, Body, Id, Text
from portal.api.licences.order_bodies import AssignLicenceBody, ReplaceLicenceEsimBody
from portal.api.travel.order_bodies import (
    AddLineBody,
    AddPlanBody,
    LinePreviewResource,
    ReplaceLineEsimBody,
    ReplacementPreviewResource,
)
from starter.desks import Desks
from starter.orders.drafts import OrderDraft, Placed


class SwapBody(Body):
    """Switch a line to an eSIM, or replace its eSIM; the SIM in place is discarded when it is processed."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"kind": "switch_to_esim", "line": "+33639980000", "pack": "P-4", "discard_confirmed": True}
            ]
        }
    )

    kind: Literal["switch_to_esim", "replace_esim"]
    line: Id = Field(description="A phone number, or `L-42`.")
    pack: Id | None = Field(
        default=None, description="The order pack: `P-4` or its name. Left out: the only one that fits."
    )
    quantity: Annotated[int, WHOLE] = Field(
        default=1, description="Locked at 1.", ge=-(2**31), le=2**31 - 1, strict=True
    )
    discard_confirmed: Flag = Field(
        default=False,
        description="The user was warned that the SIM in place is discarded for ever, and agreed.",
    )
    purchase_reference: Text = Field(
        default="", max_length=LONGEST_REFERENCE, description="The number of your purchase order."
    )
    comment: Text = Field(
        default="",
        max_length=LONGEST_COMMENT,
        description="To the distributor, who reads it and the reference in the e-mail of the order.",
    )

    async def place(self, desks: Desks, caller: Caller, key: str) -> Placed:
        """Place the order."""
        return await desks.orders.place(caller, self._draft(key))

    async def check(self, desks: Desks, caller: Caller) -> Accepted | None:
        """Raise `Refused` if placing it would be refused now."""
        await desks.orders.check(caller, self._draft(None))
        return None

    def _draft(self, key: str | None) -> OrderDraft:
        return OrderDraft(**self.model_dump() | {"kind": OrderKind(self.kind), "key": key})


Ordering = Annotated[
    SwapBody | AssignLicenceBody | ReplaceLicenceEsimBody | AddLineBody | AddPlanBody | ReplaceLineEsimBody,
    Field(discriminator="kind"),
]
"""The body of every kind of order."""
Checked = LinePreviewResource | ReplacementPreviewResource | Accepted
"""What the `check` of a body answers to a dry run; one that answers nothing is `Accepted`."""
