"""What the resources of numbers, agents and licences share: add-ons, money, people, and what waits."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import Field, Strict

from models.identifiers import reference
from models.language import Language
from models.licences.add_ons import AddOn
from models.licences.entered import MOST_LICENCES
from models.operations.not_sent import NotSentView
from models.operations.views import HoldView
from portal.api.fields import WHOLE, Resource, person
from portal.api.orders.resources import HoldResource
from wording.labels import hold_sentence, not_sent_reason

Quantity = Annotated[
    int, Strict(), WHOLE, Field(ge=1, le=MOST_LICENCES, description="The number of licences.")
]
Flag = Annotated[bool, Strict()]


def one_of(values: Iterable[StrEnum]) -> str:
    """The description of a field with these values."""
    return f"More values may be added: {', '.join(f'`{value}`' for value in values)}."


AddOnName = Annotated[str, Field(description=one_of(AddOn), examples=["voice_sms_data"])]
Money = Annotated[str, Field(description="An amount of money with two decimals.", examples=["10.00"])]
Currency = Annotated[str, Field(description="ISO 4217.", examples=["EUR"])]


class NotSentResource(Resource):
    """An e-mail or a call that has not been sent yet. It is tried again without a call."""

    step: str
    recipients: list[str] = Field(description="`C-7`, `U-3`.")
    reason: str
    sentence: str
    since: datetime
    tried_at: datetime
    attempts: int


def id_or_none(letters: str, number: int | None) -> str | None:
    """The id of a record, if there is one."""
    return None if number is None else reference(letters, number)


def holds_of(holds: Iterable[HoldView], language: Language) -> list[HoldResource]:
    """The steps that wait for a person, oldest first."""
    return [HoldResource(**one.model_dump(), sentence=hold_sentence(one.reason, language)) for one in holds]


def not_sent_of(unsent: Iterable[NotSentView], language: Language) -> list[NotSentResource]:
    """What has not been sent yet, oldest first."""
    return [
        NotSentResource(
            **each.model_dump(exclude={"recipients"}),
            recipients=[person(one) for one in each.recipients],
            sentence=not_sent_reason(each.reason, language),
        )
        for each in unsent
    ]
