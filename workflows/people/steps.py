"""The step that sends a user the e-mail of an invitation or of another password."""

from abc import abstractmethod

from workflows.people.messages import SendToUser
from workflows.step import Steps, outside, step


class UserMailSteps(Steps):
    """E-mails to users about signing in."""

    @step(outside("Send the user the e-mail with the link"))
    @abstractmethod
    async def send_to_user(self, mail: SendToUser) -> None:
        """Send the e-mail, once, unless it is not needed any more. The token of its link is made here."""
