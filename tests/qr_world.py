"""A world with eSIMs whose codes can be asked for, and the steps of that as tests call them."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from models.codes.activation import ActivationCode, parse_activation_code
from models.codes.reading import ReadCode
from models.codes.requests import Imported, NotificationView, QrHistory, QrRequest, RequestResult
from models.errors import Refused
from models.identifiers import qr_notification_id, qr_request_id
from models.orders.lifecycle import HoldReason
from models.people.callers import AllAccounts, By
from store.codes import codes, imports, links, notifications, request_steps
from store.key_ring import KeyRing
from store.operations import holds
from store.session import Database
from tests.builders import line, run, world

MATCHING_ID = "QR-SECRET-MATCHING-ID-0001"
SECRET = f"LPA:1$smdp.example.com${MATCHING_ID}"
FILE = b"%PDF-1.7 a file with SECRET-IN-FILE in it"
DAY = timedelta(days=1)


def code(number: int = 1, smdp: str = "smdp.example.com", tail: str = "") -> ActivationCode:
    """An activation code, the same for the same number."""
    return parse_activation_code(f"LPA:1${smdp}$QR-SECRET-MATCHING-ID-{number:04d}{tail}")


def staged(
    number: int, file_type: str, original: bytes | None, confirmation_code: str | None = None
) -> links.StagedUpload:
    """An upload of that code."""
    return links.StagedUpload(ReadCode(code(number), confirmation_code), file_type, original)


@dataclass(frozen=True)
class QrWorld:
    """The account Acme with eSIMs S-1, S-2, ...; the user U-1; and contacts of the distributor Telvia."""

    database: Database
    keys: KeyRing
    account_id: int
    user_id: int
    contacts: tuple[int, ...]
    """Two with the role eSIM QR Code."""
    orders_only: int
    """A contact without that role."""

    def wish(self, sim: int = 1, key: str = "a", **changes: Any) -> QrRequest:
        """Ana's wish for the code of a SIM."""
        known = {"account_id": self.account_id, "sim_id": sim, "user_id": self.user_id}
        return QrRequest(**{"request_id": qr_request_id(self.account_id, key), **known, **changes})

    async def ask(self, sim: int = 1, key: str = "a", **changes: Any) -> RequestResult:
        """A request for the code of a SIM."""
        async with self.database.transaction() as connection:
            return await request_steps.open_request(connection, self.wish(sim, key, **changes))

    async def asked(self, sim: int = 1, key: str = "a", **changes: Any) -> str:
        """A request that is accepted; its id."""
        result = await self.ask(sim, key, **changes)
        assert result.refusals == ()
        return result.state.request_id

    async def again(self, request_id: str, call: str = "again", **changes: Any) -> RequestResult:
        """The request is sent once more."""
        by = By(changes.pop("actor", "operator"), changes.pop("origin_id", None))
        async with self.database.transaction() as connection:
            return await request_steps.add_round(connection, request_id, by, call, **changes)

    async def withdraw(self, request_id: str) -> RequestResult:
        """The request is withdrawn."""
        async with self.database.transaction() as connection:
            return await request_steps.withdraw(connection, request_id, By("operator"))

    async def take(self, sim: int = 1, number: int = 1, **changes: Any) -> Imported:
        """Ana imports a code of this number from a file."""
        wanted: dict[str, Any] = {
            "code": code(number),
            "file_type": "pdf",
            "original": FILE,
            "by": By(changes.pop("actor", f"user:{self.user_id}")),
            "request_id": None,
        } | changes
        async with self.database.transaction() as connection:
            return await imports.take(connection, self.keys, sim_id=sim, **wanted)

    async def upload_link(self, request_id: str, sim: int = 1, contact: int | None = None) -> str:
        """The token of a mail's upload link."""
        async with self.database.transaction() as connection:
            return await links.mint(
                connection,
                purpose="upload",
                account_id=self.account_id,
                sim_id=sim,
                expires_after=DAY,
                request_id=request_id,
                recipient=f"contact:{contact or self.contacts[0]}",
            )

    async def take_by_link(self, token: str, number: int = 1, **changes: Any) -> Imported:
        """A contact imports a code with the link."""
        async with self.database.transaction() as connection:
            link = await links.find(connection, token, "upload", lock=True)
            return await imports.take(
                connection,
                self.keys,
                sim_id=link.sim_id,
                code=code(number),
                file_type="pdf",
                original=FILE,
                by=By(str(link.recipient)),
                request_id=link.request_id,
                link_id=link.id,
                **changes,
            )

    async def notify(
        self, version_id: int, sim: int = 1, key: str = "n", to: str = "boss@acme.example"
    ) -> NotificationView:
        """A notification of a version of a SIM's code."""
        async with self.database.transaction() as connection:
            return await notifications.create(
                connection,
                notification_id=qr_notification_id(self.account_id, key),
                account_id=self.account_id,
                sim_id=sim,
                version_id=version_id,
                address=to,
                by=By("operator"),
            )

    async def download_link(self, notification: NotificationView, version_id: int) -> str:
        """The token of a notification's link."""
        async with self.database.transaction() as connection:
            return await links.mint(
                connection,
                purpose="download",
                account_id=self.account_id,
                sim_id=notification.sim_id,
                expires_after=DAY,
                notification_id=notification.id,
                version_id=version_id,
            )

    async def history(self, sim: int = 1) -> QrHistory:
        """Everything about the SIM's code."""
        async with self.database.reading() as connection:
            return await codes.history(connection, AllAccounts(), sim)

    async def happened(self, sim: int = 1) -> list[str]:
        """The types of everything that happened about the SIM's code, oldest first."""
        return [event.type for event in (await self.history(sim)).events]


CONTACT = """
WITH made AS (
    INSERT INTO contacts (distributor_id, name, email)
    SELECT id, :name, :email FROM distributors WHERE name = 'Telvia' AND account_id = :account RETURNING id
)
INSERT INTO contact_roles (contact_id, role) SELECT id, :role FROM made RETURNING contact_id
"""


async def qr_world(database: Database, *lines: dict[str, object], keys: str | None = None) -> QrWorld:
    """eSIMs S-1 and S-2 on two lines (or these lines' SIMs), and who can be asked for their codes."""
    chosen = lines or (line(1, sim_type="esim"), line(2, sim_type="esim"))
    await world(database, *chosen)
    (user,) = await run(database, "SELECT id, account_id FROM users")
    made = [
        (
            await run(
                database,
                CONTACT,
                name=name,
                email=f"{name}@telvia.example",
                role=role,
                account=user.account_id,
            )
        )[0].contact_id
        for name, role in (("codes", "esim_qr_code"), ("more", "esim_qr_code"), ("billing", "order"))
    ]
    return QrWorld(
        database=database,
        keys=KeyRing(KeyRing.new_key() if keys is None else keys),
        account_id=user.account_id,
        user_id=user.id,
        contacts=(made[0], made[1]),
        orders_only=made[2],
    )


def codes_of(refused: pytest.ExceptionInfo[Refused]) -> list[str]:
    """The codes of what was raised."""
    return [refusal.code for refusal in refused.value.refusals]


def reasons(result: RequestResult) -> list[str]:
    """The codes of what was answered."""
    return [refusal.code for refusal in result.refusals]


async def attempt(call: Any) -> Imported | str:
    """What was imported, or the code of the refusal."""
    try:
        imported: Imported = await call
    except Refused as refused:
        return refused.refusals[0].code
    return imported


async def shown(qr: QrWorld, sim: int = 1) -> tuple[str, int]:
    """The code that the SIM has, and the version's number."""
    async with qr.database.reading() as connection:
        found = await codes.current(connection, AllAccounts(), qr.keys, sim)
    return str(found.code), found.version.number


async def hold(qr: QrWorld, waiting: str, reason: HoldReason) -> None:
    """A request or a notification is held."""
    async with qr.database.transaction() as connection:
        await holds.hold(connection, waiting, "waiting", reason)


async def release(qr: QrWorld, waiting: str, *, given_up: bool = False) -> None:
    """It is released by a user."""
    async with qr.database.transaction() as connection:
        await holds.release(connection, waiting, "waiting", "user:1", given_up=given_up)


async def notification(qr: QrWorld, notification_id: str) -> NotificationView:
    """The notification as it is."""
    async with qr.database.reading() as connection:
        return await notifications.notification(connection, AllAccounts(), notification_id)
