"""What a caller sends to order an eSIM for a number: a licence, or a new eSIM under the same licence."""

from typing import Literal

from pydantic import Field

from models.licences.add_ons import AddOn
from models.licences.numbers import ReplaceReason
from models.people.callers import Caller
from models.values import Flag
from portal.api.fields import Body, Id, one_of
from starter.desks import Desks
from starter.licences.assignments import AssignDraft, ReplaceDraft
from starter.orders.drafts import Placed


class _NumberBody(Body):
    number: Id = Field(description="A phone number, or `N-7`.")
    phone_confirmed: Flag = Field(default=False, description="The agent's phone was found to support eSIM.")


class AssignLicenceBody(_NumberBody):
    """Assign a licence to a number: this one, or any free one of an add-on. Its agent gets the eSIM by
    e-mail. Needs the permission `assign_licences`.
    """

    kind: Literal["assign_licence"]
    licence: Id | None = Field(default=None, description="This one: `LI-3`. Or name an add-on.")
    add_on: AddOn | None = Field(default=None, description="A free licence of it.")

    async def place(self, desks: Desks, caller: Caller, key: str) -> Placed:
        """Place the order."""
        return await desks.assignments.assign(caller, self._draft(key))

    async def check(self, desks: Desks, caller: Caller) -> None:
        """Raise `Refused` if placing it would be refused now."""
        await desks.assignments.check_assign(caller, self._draft(None))

    def _draft(self, key: str | None) -> AssignDraft:
        return AssignDraft(**self.model_dump(exclude={"kind"}), key=key)


class ReplaceLicenceEsimBody(_NumberBody):
    """Replace the eSIM of a number; the licence stays. Of a lost or stolen phone the eSIM stops first, also
    where its replacement is then refused: its licence is then free. Needs the permission
    `assign_licences`.
    """

    kind: Literal["replace_licence_esim"]
    reason: Id = Field(description=one_of(ReplaceReason))

    async def place(self, desks: Desks, caller: Caller, key: str) -> Placed:
        """Place the order."""
        return await desks.assignments.replace(caller, self._draft(key))

    async def check(self, desks: Desks, caller: Caller) -> None:
        """Raise `Refused` if placing it would be refused now."""
        await desks.assignments.check_replace(caller, self._draft(None))

    def _draft(self, key: str | None) -> ReplaceDraft:
        return ReplaceDraft(**self.model_dump(exclude={"kind"}), key=key)
