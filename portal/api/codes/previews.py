"""The e-mail of a request as it would be sent."""

from typing import Any

from pydantic import Field

from models.codes.requests import EmailPreview
from models.identifiers import reference
from portal.api.fields import Resource


class QrRecipientResource(Resource):
    """A contact who would get the e-mail."""

    id: str = Field(examples=["C-7"])
    name: str
    email: str
    language: str


class QrRequestPreviewResource(Resource):
    """The e-mail as it would be sent; each recipient's also has facts about the SIM, and an upload link."""

    sim: str
    recipients: list[QrRecipientResource]
    subject: str
    text: str
    language: str = Field(
        description="Of the pre-filled text: what is not edited, each recipient gets in their own language."
    )
    open_request: str | None = Field(description="The request that is open: it can only be sent again.")
    version: int | None = Field(description="The version of the code that the SIM has already.")

    @classmethod
    def of(cls, preview: EmailPreview) -> "QrRequestPreviewResource":
        """The preview as it is answered."""
        known: dict[str, Any] = preview.model_dump(exclude={"sim_id", "recipients"})
        recipients = [
            QrRecipientResource(
                **each.model_dump(include={"name", "email", "language"}), id=reference("C", each.id)
            )
            for each in preview.recipients
        ]
        return cls(**known, sim=reference("S", preview.sim_id), recipients=recipients)
