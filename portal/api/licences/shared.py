"""What the resources of numbers, agents and licences share: add-ons, quantities and money."""

from typing import Annotated

from pydantic import Field, Strict

from models.licences.add_ons import AddOn
from models.licences.entered import MOST_LICENCES
from portal.api.fields import WHOLE, one_of

Quantity = Annotated[
    int, Strict(), Field(ge=1, le=MOST_LICENCES, description="The number of licences."), WHOLE
]
AddOnName = Annotated[str, Field(description=one_of(AddOn), examples=["voice_sms_data"])]
Money = Annotated[str, Field(description="An amount of money with two decimals.", examples=["10.00"])]
