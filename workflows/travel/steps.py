"""The steps that the workflows of travel eSIMs ask for."""

from abc import abstractmethod

from workflows.step import Steps, database, outside, step, swept
from workflows.travel.messages import (
    AdvanceLine,
    DropNotice,
    LineAdvanced,
    SendNotice,
    SweepTravel,
    Swept,
    WakeTravel,
)


class LineLifeSteps(Steps):
    """What is due of an eSIM line: each is one database transaction."""

    @step(database("Record which plans have ended, and what is due next"))
    @abstractmethod
    async def advance_line(self, line: AdvanceLine) -> LineAdvanced:
        """Record the plans that have expired by the database's clock; answer with what is left."""

    @step(database("Give up the notice"))
    @abstractmethod
    async def drop_notice(self, notice: DropNotice) -> None:
        """The notice is not sent any more."""


class TravelMailSteps(Steps):
    """E-mails about travel eSIMs besides those of orders."""

    @step(outside("Send the notice by e-mail"))
    @abstractmethod
    async def send_notice(self, notice: SendNotice) -> None:
        """Send the notice to the subscriber or to the staff, once, unless it is not needed any more."""


class SweepSteps(Steps):
    """What is due by date, found by the database in batches."""

    @step(swept("Find and record what is due by date"))
    @abstractmethod
    async def sweep_travel(self, sweep: SweepTravel) -> Swept:
        """One batch of one part, in a transaction."""

    @step(swept("Wake the work that lost its call"))
    @abstractmethod
    async def wake_travel(self, wake: WakeTravel) -> Swept:
        """Wake the lines, orders or alerts whose workflow does not know what is due."""
