"""A scene with an agent's number: what administrator, distributor and agent do, and what they get."""

import io
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage

from aiosmtpd.smtp import SMTP, Envelope, Session
from PIL import Image

from models.licences.kinds import AssignLicence, ReplaceLicenceEsim
from models.licences.numbers import ReplaceReason
from models.people.views import ContactRole
from tests.builders import OPERATOR, iccid, run
from tests.licences_world import (
    ADAM,
    GINA,
    add_agent,
    add_licence,
    add_number,
    licences_world,
)
from tests.qr.scanner import scan
from tests.system.qr_scene import QUENTIN, QrScene
from tests.system.scene import Scene
from tests.temporal_server import comes_true, eventually

ORDERS = "orders@telvia.example"


@dataclass(frozen=True)
class EsimEmail:
    """The e-mail to an agent, as a mail program shows it."""

    subject: str
    text: str
    html: str
    picture_id: str
    picture: bytes

    @classmethod
    def read(cls, content: bytes) -> "EsimEmail":
        """Read the e-mail with Python's own parser; it has text, HTML and one picture, and nothing else."""
        message = message_from_bytes(content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        kinds = [part.get_content_type() for part in message.walk()]
        assert kinds == [
            "multipart/alternative",
            "text/plain",
            "multipart/related",
            "text/html",
            "image/png",
        ]
        _, text, _, html, picture = message.walk()
        assert picture.get_content_disposition() == "inline"
        return cls(
            subject=str(message["Subject"]),
            text=text.get_content(),
            html=html.get_content(),
            picture_id=str(picture["Content-ID"]).strip("<>"),
            picture=picture.get_content(),
        )

    @property
    def scanned(self) -> list[str]:
        """What a phone reads in the picture that the HTML shows."""
        assert f'src="cid:{self.picture_id}"' in self.html
        return scan(Image.open(io.BytesIO(self.picture)))


class Licensed(QrScene):
    """Gina's number, a licence, and the distributor's contacts. `desk` is that of QR codes."""

    def __init__(self, scene: Scene) -> None:
        super().__init__(scene)
        self.number_id = self.agent_id = self.licence_id = 0
        self.raw: list[tuple[str, bytes]] = []

    @classmethod
    async def of(
        cls, scene: Scene, *, email: str | None = GINA, language: str | None = None, qr_contact: bool = True
    ) -> "Licensed":
        await licences_world(scene.database)
        made = cls(scene)
        made.agent_id = await add_agent(scene.database, email=email, language=language)
        made.number_id = await add_number(scene.database, 1, made.agent_id)
        made.licence_id = await add_licence(scene.database)
        if qr_contact:
            await made.contact(QUENTIN, ContactRole.ESIM_QR_CODE)
        made._keep_what_arrives()
        return made

    def _keep_what_arrives(self) -> None:
        """Keep every e-mail as it came, besides what the mailbox keeps of it."""
        mailbox = self.scene.mailbox
        take = mailbox.handle_DATA

        async def keep(server: SMTP, session: Session, envelope: Envelope) -> str:
            answer = await take(server, session, envelope)
            if answer.startswith("250"):
                content = bytes(envelope.original_content or b"")
                self.raw += [(str(recipient), content) for recipient in envelope.rcpt_tos]
            return answer

        mailbox.handle_DATA = keep  # type: ignore[method-assign]

    async def assigned(self) -> str:
        """Adam's order to assign the licence; its id."""
        what = AssignLicence(number_id=self.number_id, licence_id=self.licence_id)
        return (await self.scene.desk.place_order(await self.scene.ana(ADAM), what)).order_id

    async def replaced(self, reason: ReplaceReason = ReplaceReason.NEW_PHONE) -> str:
        """Adam's order to replace the eSIM; its id."""
        what = ReplaceLicenceEsim(number_id=self.number_id, reason=reason)
        return (await self.scene.desk.place_order(await self.scene.ana(ADAM), what)).order_id

    async def processed(self, order_id: str, number: int = 501) -> str:
        """The distributor acknowledges and processes the order; the eSIM, such as `S-2`."""
        await self.scene.desk.acknowledge(OPERATOR, order_id, iccid=iccid(number))
        await self.scene.desk.processed(OPERATOR, order_id)
        order = await self.scene.desk.order(OPERATOR, order_id)
        return f"S-{order.esim_id}"

    async def esim_email(self, address: str = GINA, mails: int = 1) -> EsimEmail:
        """The last of so many e-mails to this address, which shows a QR code."""

        def found() -> list[bytes]:
            return [content for to, content in self.raw if to == address]

        await comes_true(lambda: len(found()) >= mails)
        assert len(found()) == mails
        return EsimEmail.read(found()[-1])

    async def order_held_for(self, order_id: str, *reasons: str) -> None:
        """Wait until the order is held for exactly these reasons, as the database has it."""
        await eventually(
            lambda: self.scene.desk.order(OPERATOR, order_id),
            lambda seen: sorted(hold.reason for hold in seen.holds) == sorted(reasons),
        )

    async def set_address(self, email: str | None) -> None:
        """The agent's address, as an administrator enters it."""
        await run(self.scene.database, "UPDATE agents SET email = :email", email=email)
