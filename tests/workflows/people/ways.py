"""E-mails to users started the way the desk starts them."""

from typing import Any

from temporalio.client import WorkflowHandle

from models.identifiers import user_mail_id
from models.people.sign_in import TokenPurpose
from models.people.user_mails import UserMailStatus
from tests.workflows.codes.qr_house import QrHouse
from workflows.people.messages import SendUserMail
from workflows.people.user_mail import EsimUserMail


async def invited(house: QrHouse, **more: Any) -> WorkflowHandle[EsimUserMail, UserMailStatus]:
    """An invitation."""
    start = SendUserMail(
        mail_id=user_mail_id(1, house.task_queue),
        account_id=1,
        user_id=3,
        purpose=TokenPurpose.INVITATION,
        **more,
    )
    return await house.client.start_workflow(
        EsimUserMail.run,
        start,
        id=start.mail_id,
        task_queue=house.task_queue,
        static_summary=start.summary,
    )
