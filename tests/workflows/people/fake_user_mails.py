"""E-mails to users in memory: what their workflow moves when tested alone."""

from tests.workflows.troubles import Troubles
from workflows.people.messages import SendToUser
from workflows.people.steps import UserMailSteps


class FakeUserMails(UserMailSteps):
    """`got` is what was sent."""

    def __init__(self, troubles: Troubles) -> None:
        self.troubles = troubles
        self.got: list[str] = []

    async def send_to_user(self, mail: SendToUser) -> None:
        async with self.troubles.around("send_to_user"):
            self.got.append(mail.mail_id)
