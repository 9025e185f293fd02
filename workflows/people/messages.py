"""The messages of the workflow that sends a user an invitation or a link to another password."""

from datetime import timedelta

from models.people.sign_in import TokenPurpose
from models.people.user_mails import UserMailId
from models.values import Duration, Frozen, RecordId, Retries


class SendUserMail(Frozen):
    """Starts the workflow `EsimUserMail` under the id `mail_id`; its row must exist."""

    mail_id: UserMailId
    account_id: RecordId
    user_id: RecordId
    purpose: TokenPurpose
    given_up_after: Duration = timedelta(days=7)
    retries: Retries = 0

    @property
    def summary(self) -> str:
        """The e-mail in one line without personal data, such as `E-mail to user U-3: invitation`."""
        return f"E-mail to user U-{self.user_id}: {self.purpose.value}"

    @property
    def details(self) -> str:
        """Which records it is about, for the Web UI."""
        return f"User `U-{self.user_id}` of account {self.account_id}."


class SendToUser(Frozen):
    """Input of the step `send_to_user`; `retries` as in `ProviderInput`."""

    mail_id: str
    retries: int = 0
