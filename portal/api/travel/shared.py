"""What the resources of travel eSIMs share: amounts and open enumerations."""

from decimal import Decimal
from typing import Annotated

from fastapi import Path
from pydantic import Field, Strict

from models.travel.profiles import Outcome, PlanState, Reported
from models.travel.stock_views import StockState
from portal.api.fields import WHOLE, Id, one_of

TheLine = Annotated[Id, Path(description="`EL-9`, or the ICCID of its eSIM.")]
Number = Annotated[int, Strict(), WHOLE]
"""A number of a body; its desk says what it may be."""
Amount = Annotated[str, Field(description="An amount of money, with a point.", examples=["9.90"])]
Country = Annotated[str, Field(description="ISO 3166-1 alpha-2.", examples=["FR"])]
ProfileNumber = Annotated[int, Field(description="An IMSI profile.", examples=[7])]
StateOfPlan = Annotated[str, Field(description=one_of(PlanState))]
StateOfStock = Annotated[str, Field(description=one_of(StockState))]
WhatReported = Annotated[str, Field(description=one_of(Reported))]
OutcomeOfReport = Annotated[str, Field(description=f"What it led to. {one_of(Outcome)}")]


def amount(value: Decimal) -> str:
    """An amount without an exponent."""
    return f"{value:f}"
