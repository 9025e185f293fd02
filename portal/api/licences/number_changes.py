"""Changes of numbers over HTTP. Each takes an `Idempotency-Key`: a repeat changes nothing, same answer.

What its provider is to be asked goes on afterwards: `unfinished_changes` of the number says whether it was.
"""

from datetime import datetime
from typing import Annotated

from fastapi import Response
from pydantic import Field

from models.codes.requests import NotificationView
from models.identifiers import reference
from models.licences.numbers import LineType, ReplaceReason
from models.licences.views import Changed
from models.people.callers import Caller, Permission
from portal.api.caller import At, needs
from portal.api.fields import Body, Id, IdempotencyKey, Resource, Text, one_of, required
from portal.api.licences.number_resources import NumberChangeResource
from portal.api.made import say_replayed
from portal.api.routing import router

routes = router("Changes of numbers")
Managing = Annotated[Caller, needs(Permission.MANAGE_NUMBERS)]
_STOPPED_FOR = [reason for reason in ReplaceReason if reason.stops_at_once]


class NumberUserBody(Body):
    """Who uses the number from now on."""

    agent: Id | None = Field(description="An address or `AG-4`; null: no agent uses it any more.")


class ConvertBody(Body):
    """What the number becomes."""

    line_type: Id = Field(description=one_of(LineType))


class SuspendNumberBody(Body):
    """Why the number is suspended."""

    reason: Text = Field(min_length=1)


class StopBody(Body):
    """Why the eSIM is stopped."""

    reason: Id = Field(description=one_of(_STOPPED_FOR))


class SentAgainResource(Resource):
    """The e-mail that is on its way to the agent, with a link that shows the QR code."""

    id: str = Field(examples=["qr-notification-abcdefghijklmnop"])
    sim: str = Field(examples=["S-12"])
    version: int = Field(description="The number of the code's version.")
    address: str
    created_at: datetime
    state: str

    @classmethod
    def of(cls, sent: NotificationView) -> "SentAgainResource":
        """The e-mail as it is answered."""
        shown = sent.model_dump(include={"id", "version", "address", "created_at", "state"})
        return cls(**shown, sim=reference("S", sent.sim_id))


@routes.post("/numbers/{number}/change-user", summary="Change the agent who uses a number")
async def change_user_of_number(
    caller: Managing,
    desks: At,
    number: Id,
    body: NumberUserBody,
    response: Response,
    idempotency_key: IdempotencyKey = None,
) -> NumberChangeResource:
    """To another agent, the eSIM stops at once, an open order is cancelled and the licence is free. Nothing
    is assigned by itself.
    """
    key = required(idempotency_key)
    return _answer(response, await desks.numbers.change_user(caller, number, body.agent, key=key))


@routes.post("/numbers/{number}/convert", summary="Convert a number")
async def convert_number(
    caller: Managing,
    desks: At,
    number: Id,
    body: ConvertBody,
    response: Response,
    idempotency_key: IdempotencyKey = None,
) -> NumberChangeResource:
    """To a direct number, which can have an eSIM, or to a shared line if it has none."""
    key = required(idempotency_key)
    return _answer(response, await desks.numbers.convert(caller, number, body.line_type, key=key))


@routes.post("/numbers/{number}/suspend", summary="Suspend a number")
async def suspend_number(
    caller: Managing,
    desks: At,
    number: Id,
    body: SuspendNumberBody,
    response: Response,
    idempotency_key: IdempotencyKey = None,
) -> NumberChangeResource:
    """Its eSIM is off; the licence stays in use and is charged."""
    key = required(idempotency_key)
    return _answer(response, await desks.numbers.suspend(caller, number, body.reason, key=key))


@routes.post("/numbers/{number}/resume", summary="Resume a number")
async def resume_number(
    caller: Managing, desks: At, number: Id, response: Response, idempotency_key: IdempotencyKey = None
) -> NumberChangeResource:
    """Resume a suspended number, and its eSIM."""
    key = required(idempotency_key)
    return _answer(response, await desks.numbers.resume(caller, number, key=key))


@routes.post("/numbers/{number}/stop-esim", summary="Stop the eSIM of a number")
async def stop_esim_of_number(
    caller: Managing,
    desks: At,
    number: Id,
    body: StopBody,
    response: Response,
    idempotency_key: IdempotencyKey = None,
) -> NumberChangeResource:
    """Of a lost or stolen phone, at once and for ever: an open order is cancelled and the licence is free. To
    replace the eSIM and keep the licence, place an order of the kind `replace_licence_esim` instead.
    """
    key = required(idempotency_key)
    return _answer(response, await desks.numbers.stop_esim(caller, number, body.reason, key=key))


@routes.post("/numbers/{number}/delete", summary="Delete a number")
async def delete_number(
    caller: Managing, desks: At, number: Id, response: Response, idempotency_key: IdempotencyKey = None
) -> NumberChangeResource:
    """Its eSIM stops at once, an open order is cancelled, the licence is free and no agent uses it. Until
    `recoverable_until` of the number it can be recovered.
    """
    key = required(idempotency_key)
    return _answer(response, await desks.numbers.delete(caller, number, key=key))


@routes.post("/numbers/{number}/recover", summary="Recover a deleted number")
async def recover_number(
    caller: Managing, desks: At, number: Id, response: Response, idempotency_key: IdempotencyKey = None
) -> NumberChangeResource:
    """It comes back without an agent, a licence or an eSIM."""
    key = required(idempotency_key)
    return _answer(response, await desks.numbers.recover(caller, number, key=key))


@routes.post("/numbers/{number}/resend", summary="Send the agent's e-mail again", status_code=202)
async def resend_to_agent(
    caller: Annotated[Caller, needs(Permission.ASSIGN_LICENCES)],
    desks: At,
    number: Id,
    response: Response,
    idempotency_key: IdempotencyKey = None,
) -> SentAgainResource:
    """The agent gets the e-mail with the QR code again, at the present address; the links of earlier e-mails
    show nothing any more.
    """
    key = required(idempotency_key)
    sent = await desks.assignments.resend(caller, number, key=key)
    say_replayed(response, replayed=sent.replayed)
    return SentAgainResource.of(sent)


def _answer(response: Response, changed: Changed) -> NumberChangeResource:
    say_replayed(response, replayed=changed.replayed)
    return NumberChangeResource.of(changed)
