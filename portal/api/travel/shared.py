"""What the resources of travel eSIMs share: ids, amounts, open enumerations."""

from collections.abc import Iterable
from decimal import Decimal
from enum import StrEnum
from typing import Annotated

from pydantic import Field, Strict

from models.identifiers import reference
from models.travel.profiles import Outcome, PlanState, Reported
from models.travel.stock_views import StockState
from portal.api.fields import WHOLE


def one_of(values: Iterable[StrEnum]) -> str:
    """The description of a field with these values."""
    return f"More values may be added: {', '.join(f'`{value}`' for value in values)}."


Flag = Annotated[bool, Strict()]
Number = Annotated[int, Strict(), WHOLE]
"""A number of a body; its desk says what it may be."""
Amount = Annotated[str, Field(description="An amount of money, with a point.", examples=["9.90"])]
Currency = Annotated[str, Field(description="ISO 4217.", examples=["EUR"])]
Country = Annotated[str, Field(description="ISO 3166-1 alpha-2.", examples=["FR"])]
ProfileNumber = Annotated[int, Field(description="An IMSI profile.", examples=[7])]
StateOfPlan = Annotated[str, Field(description=one_of(PlanState))]
StateOfStock = Annotated[str, Field(description=one_of(StockState))]
WhatReported = Annotated[str, Field(description=one_of(Reported))]
OutcomeOfReport = Annotated[str, Field(description=f"What it led to. {one_of(Outcome)}")]


def id_or_none(letters: str, number: int | None) -> str | None:
    """The id of a record, if there is one."""
    return None if number is None else reference(letters, number)


def amount(value: Decimal) -> str:
    """An amount without an exponent."""
    return f"{value:f}"
