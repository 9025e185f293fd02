"""The steps that the workflows of travel eSIMs ask for."""

from abc import abstractmethod

from workflows.step import Steps, outside, step
from workflows.travel.messages import SendNotice


class TravelMailSteps(Steps):
    """E-mails about travel eSIMs besides those of orders."""

    @step(outside("Send the notice by e-mail"))
    @abstractmethod
    async def send_notice(self, notice: SendNotice) -> None:
        """Send the notice to the subscriber or to the staff, once, unless it is not needed any more."""
