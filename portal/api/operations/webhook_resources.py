"""What webhooks are over HTTP: endpoints, attempts, and what is sent to change them (A11)."""

from datetime import datetime
from typing import Annotated

from pydantic import ConfigDict, Field

from models.identifiers import named
from models.operations.webhooks import (
    DisabledFor,
    Outcome,
    WebhookState,
    WebhookView,
)
from portal.api.fields import WHOLE, Body, Id, Moment, Name, Resource, Text, one_of

Types = Annotated[
    list[Name] | None,
    Field(
        description="Types of events: `order.processed`, or `order` for all of these that there are now; "
        "all, if empty.",
        max_length=500,
    ),
]
_SECRET = "whsec_8nKpQ0b1u3Y2tW5xZ7vC9aB4dE6fG8hJ0kL2mN4pQ6s="  # noqa: S105  an example


class WebhookResource(Resource):
    """An endpoint; its secret is answered once, when it is made."""

    id: str = Field(examples=["WH-7"])
    account: str
    url: str = Field(
        description="A query, which may hold a token, is shown as `?…`, but in the answer that makes it.",
        examples=["https://shop.example/hooks"],
    )
    types: list[str] = Field(
        description="The types of events that are sent; empty: all.", examples=[["order.processed"]]
    )
    description: str
    state: str = Field(
        description=f"{one_of(WebhookState)} `failing`: its receiver is tried less and less often, for "
        "three days, and then it is disabled.",
        examples=["enabled"],
    )
    disabled_at: datetime | None
    disabled_for: str | None = Field(
        description=f"{one_of(DisabledFor)} `gone`: the receiver answered 410; `failing`: nothing was "
        "delivered for three days."
    )
    failures: int = Field(description="In a row.", examples=[0])
    failing_since: datetime | None
    next_attempt_at: datetime | None = Field(description="Until when its receiver is left alone.")
    secret_rotates_until: datetime | None = Field(description="Until when earlier secrets sign, too.")
    created_at: datetime
    created_by: str = Field(description="`U-3`, or `operator`.", examples=["U-3"])

    @classmethod
    def of(cls, view: WebhookView) -> "WebhookResource":
        """The endpoint as it is answered."""
        shown = {"id": view.webhook_id, "created_by": named(view.created_by), "types": list(view.types)}
        return cls(**view.model_dump() | shown)


class NewWebhookResource(WebhookResource):
    """An endpoint that was just made, or whose secret was."""

    secret: str = Field(
        description="What its requests are signed with: it is shown this once.", examples=[_SECRET]
    )


class WebhookAnswer(Resource):
    """What the receiver answered to a ping."""

    delivered: bool
    outcome: str = Field(description=one_of(Outcome), examples=["delivered"])
    status: int | None = Field(description="The HTTP status, if there was one.", examples=[204])
    answer: str = Field(description="Of a failure the beginning of the answer, at most 2 KB.")
    milliseconds: int = Field(examples=[48])


class AttemptResource(Resource):
    """An attempt to deliver an event that failed, or an event that is to be sent again."""

    event: str = Field(description="Its id, which is its `webhook-id`.", examples=["MS43OTIuNDI"])
    type: str = Field(examples=["order.processed"])
    number: int = Field(
        description="Which attempt it was, counted anew after an outage or a change of the endpoint; 0: it "
        "is to be sent again and was not tried yet.",
        examples=[1],
    )
    at: datetime
    outcome: str | None = Field(description=one_of(Outcome), examples=["status"])
    status: int | None = Field(examples=[500])
    answer: str | None = Field(description="The beginning of the answer, at most 2 KB.")
    milliseconds: int | None
    next_attempt_at: datetime | None = Field(description="When it is tried again; null if it is over.")
    delivered_at: datetime | None = Field(description="When the next attempt was taken.")
    given_up_at: datetime | None = Field(description="Since when it is not tried any more.")


class ReplayResource(Resource):
    """What is sent again."""

    webhook: str = Field(examples=["WH-7"])
    events: int = Field(description="How many events.", examples=[12])


class NewWebhookBody(Body):
    """An endpoint to make."""

    url: Text = Field(
        description="https, with a host that has public addresses only; in a sandbox this "
        "machine, too, by http.",
        examples=["https://shop.example/hooks"],
    )
    types: Types = None
    description: Text = Field(default="", description="What it is for.")


class WebhookEdit(Body):
    """What is changed; what is left out stays."""

    url: Text | None = None
    types: Types = None
    description: Text | None = None


class RotateBody(Body):
    """How a secret is rotated."""

    keep_hours: Annotated[int, WHOLE] = Field(
        default=24, ge=0, le=720, description="For how many hours the secret before signs, too.", strict=True
    )


class EnableBody(Body):
    """Where the deliveries go on."""

    skip_missed: bool = Field(
        default=False, description="Leave out what was not delivered until now.", strict=True
    )


class ReplayBody(Body):
    """What is sent again: `event`, or what happened `from` a time on and before `to` (now, if left out)."""

    model_config = ConfigDict(validate_by_alias=True, validate_by_name=False)

    event: Id | None = Field(default=None, description="The `webhook-id` of the event.")
    since: Moment | None = Field(default=None, alias="from")
    until: Moment | None = Field(default=None, alias="to")
