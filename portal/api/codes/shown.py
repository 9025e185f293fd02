"""A QR code as it is shown to a caller who may see it. It is a secret: keep it out of logs and caches."""

from datetime import datetime

from pydantic import Field

from models.codes.install_links import install_links
from models.codes.shown import ShownCode
from models.identifiers import reference
from portal.api.fields import Resource


class QrCodeResource(Resource):
    """The current code of a SIM."""

    sim: str = Field(examples=["S-12"])
    version: int
    imported_at: datetime
    activation_code: str = Field(
        description="All of it, as the QR code holds it: `LPA:1$server$matching id`.", repr=False
    )
    server: str = Field(description="The SM-DP+ that has the profile.")
    server_in_unicode: str | None = Field(
        description="The server's name if it is written in punycode: its characters may look like others."
    )
    matching_id: str = Field(repr=False)
    oid: str | None = Field(repr=False)
    confirmation_code_required: bool = Field(description="The phone asks for a confirmation code besides.")
    confirmation_code: str | None = Field(
        description="Null if it is not known here: the distributor has it.", repr=False
    )
    install: dict[str, str] = Field(
        description="Links that install it on the phone that opens them: `ios`, `android`.", repr=False
    )

    @classmethod
    def of(cls, shown: ShownCode) -> "QrCodeResource":
        """The code as it is answered."""
        code = shown.code
        return cls(
            sim=reference("S", shown.version.sim_id),
            version=shown.version.number,
            imported_at=shown.version.imported_at,
            activation_code=str(code),
            server=code.smdp_address,
            server_in_unicode=code.unicode_address,
            matching_id=code.matching_id,
            oid=code.oid,
            confirmation_code_required=code.confirmation_code_required,
            confirmation_code=shown.confirmation_code,
            install=install_links(code),
        )
