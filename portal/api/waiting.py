"""What waits, as every answer of the API says it: for a person, or for another try to send it."""

from collections.abc import Iterable
from datetime import datetime

from pydantic import Field

from models.identifiers import named
from models.language import Language
from models.operations.not_sent import NotSentView
from models.operations.views import HoldView
from portal.api.fields import Resource
from wording.labels import hold_sentence, not_sent_reason


class HoldResource(Resource):
    """A step that waits for a person."""

    step: str = Field(examples=["submit_to_provider"])
    reason: str = Field(description="More values may be added.", examples=["no_order_contact"])
    since: datetime
    sentence: str = Field(
        description="What happened and what a person can do.",
        examples=["The distributor has no contact with the role 'order'."],
    )


class NotSentResource(Resource):
    """An e-mail or a call that has not been sent yet. It is tried again without a call."""

    step: str
    recipients: list[str] = Field(description="`C-7`, `U-3`; `cc:1` is the first address of a copy.")
    reason: str
    sentence: str
    since: datetime
    tried_at: datetime
    attempts: int


def holds_of(holds: Iterable[HoldView], language: Language) -> list[HoldResource]:
    """The steps that wait for a person, oldest first."""
    return [HoldResource(**one.model_dump(), sentence=hold_sentence(one.reason, language)) for one in holds]


def not_sent_of(unsent: Iterable[NotSentView], language: Language) -> list[NotSentResource]:
    """What has not been sent yet, oldest first."""
    return [
        NotSentResource(
            **each.model_dump(exclude={"recipients"}),
            recipients=[named(one) for one in each.recipients],
            sentence=not_sent_reason(each.reason, language),
        )
        for each in unsent
    ]
