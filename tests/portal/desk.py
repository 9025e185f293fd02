"""A desk for the portal's tests: it keeps its own links, and counts what is done with them."""

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from models.codes.activation import ActivationCode
from models.codes.confirmation import parse_confirmation_code
from models.codes.links import LinkPage, Over, OverPage, Preview, Sent, UploadPage
from models.codes.reading import read_code
from models.codes.requests import Imported, QrVersionView, RequestStatus
from models.codes.shown import ShownCode
from models.errors import NotFound, Refused, Unavailable
from models.people.callers import LinkBearer
from starter.codes.link_desk import LinkDesk

UPLOAD = "upload-3q8Zk1vJ0yV9w2nB7tXe5RcLmAsDfGhJkLpOiUyTrEw"
DOWNLOAD = "download-8Zk1vJ0yV9w2nB7tXe5RcLmAsDfGhJkLpOiUyTr"
CODE = ActivationCode("smdp.operator.example", "K3-SENTINEL-7F42Q")
GOOD = b"a file with a code"
LOGS = "portal"
NOW = datetime(2027, 3, 4, 10, 20, tzinfo=UTC)


MANAGER = ("Ana Lopes", "ana@acme.example")
VERSION = QrVersionView(
    id=1, sim_id=12, number=1, current=True, file_type="png", imported_at=NOW, imported_by="contact:7"
)


@dataclass(frozen=True)
class _OfSim(LinkPage):
    sim: str = "S-12"
    iccid_tail: str = "4711"
    provider: str = "Nordlicht Mobile"
    distributor: str = "Dupont Télécom"
    account: str = "Acme Logistics"
    expires_at: datetime = datetime(2027, 3, 11, 10, 20, tzinfo=UTC)
    request: str = "qr-request-4n6f5k3yynhq6buz"


@dataclass(frozen=True)
class About(_OfSim, UploadPage):
    """The page of an upload or a download link, with something in each field."""

    requested_at: datetime = NOW
    recipient: str = "contact:7"
    recipient_name: str = "Bruno Keller"


@dataclass(frozen=True)
class Ended(_OfSim, OverPage):
    """The page of a request that is over."""

    status: RequestStatus = RequestStatus.IMPORTED
    since: datetime = NOW
    answered_by_recipient: bool = True
    unnotified: bool = True


@dataclass
class InventedDesk(LinkDesk):
    """Answers every call of `LinkDesk` itself. What is in `fails` is raised by the call of that name."""

    about: About = field(default_factory=About)
    ended: Ended | None = None
    """Once it is there, the request is over."""
    code: ActivationCode = CODE
    confirmation_code: str | None = None
    fails: dict[str, Exception] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    done: Counter[str] = field(default_factory=Counter)
    received: list[tuple[str, int]] = field(default_factory=list)
    sent: set[str] = field(default_factory=set)
    recipients: dict[str, str] = field(default_factory=dict)
    """More upload links, and whom each was sent to."""

    async def upload_page(self, bearer: LinkBearer) -> About:
        self._found("upload_page", bearer, UPLOAD)
        self._open()
        return replace(self.about, recipient=self.recipients.get(bearer.token, self.about.recipient))

    async def over(self, bearer: LinkBearer) -> Over:
        self._found("over", bearer, UPLOAD)
        assert self.ended is not None
        return Over(self.ended, *MANAGER)

    async def check(
        self, bearer: LinkBearer, content: bytes, filename: str, confirmation_code: str | None = None
    ) -> Preview:
        self._found("check", bearer, UPLOAD)
        self.received.append((filename, len(content)))
        if not content.startswith(GOOD):
            raise Refused.because("no_qr_code")
        return Preview("upload-1", self.code, "png", has_confirmation_code=confirmation_code is not None)

    async def check_code(
        self, bearer: LinkBearer, text: str, confirmation_code: str | None = None
    ) -> Preview:
        self._found("check_code", bearer, UPLOAD)
        asked = None if confirmation_code is None else parse_confirmation_code(confirmation_code)
        return Preview("upload-2", read_code(text).code, "typed", has_confirmation_code=asked is not None)

    async def send(self, bearer: LinkBearer, upload_id: str) -> Sent:
        self._found("send", bearer, UPLOAD)
        self._open()
        if upload_id not in ("upload-1", "upload-2"):
            raise NotFound.because("upload_unknown")
        changed = upload_id not in self.sent
        self.sent.add(upload_id)
        imported = Imported(version=VERSION, changed=changed, manager=MANAGER[1], warnings=self.warnings)
        return Sent(imported, *MANAGER)

    async def notify_manager(self, bearer: LinkBearer) -> None:
        self._found("notify_manager", bearer, UPLOAD)

    async def download_page(self, bearer: LinkBearer) -> About:
        self._found("download_page", bearer, DOWNLOAD)
        return self.about

    async def reveal(self, bearer: LinkBearer) -> ShownCode:
        self._found("reveal", bearer, DOWNLOAD)
        return ShownCode(self.code, VERSION, self.confirmation_code)

    async def download(self, bearer: LinkBearer) -> ShownCode:
        self._found("download", bearer, DOWNLOAD)
        return ShownCode(self.code, VERSION, self.confirmation_code)

    def _open(self) -> None:
        if self.ended is not None:
            raise Refused.because("request_over", ended="imported")

    def _found(self, call: str, bearer: LinkBearer, expected: str) -> None:
        if bearer.token != expected and not (expected == UPLOAD and bearer.token in self.recipients):
            raise NotFound.because("link_unknown")
        if call in self.fails:
            raise self.fails[call]
        self.done[call] += 1


def database_away() -> Unavailable:
    return Unavailable("database", "The database does not answer; see ESIM_DATABASE_URL.")
