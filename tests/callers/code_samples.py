"""Sample calls of the desks of QR codes."""

from models.codes.reading import ReadCode
from starter.codes.code_desk import Brought
from starter.codes.drafts import QrEmailDraft, QrRequestDraft
from tests.callers.sample import P, Sample
from tests.qr_world import code

_CODE_BOOK: dict[str, Sample] = {
    "history": Sample(lambda d, c, k, _: d.code_book.history(c, k.esim), P.VIEW_INVENTORY),
    "request": Sample(lambda d, c, k, _: d.code_book.request(c, k.request), P.VIEW_INVENTORY),
    "notification": Sample(lambda d, c, k, _: d.code_book.notification(c, k.notification), P.VIEW_INVENTORY),
    "requests": Sample(lambda d, c, k, _: d.code_book.requests(c, sim=k.esim), P.VIEW_INVENTORY),
    "notifications": Sample(lambda d, c, k, _: d.code_book.notifications(c, sim=k.esim), P.VIEW_INVENTORY),
    "waiting": Sample(lambda d, c, _, a: d.code_book.waiting(c, a), P.VIEW_INVENTORY),
    "held": Sample(lambda d, c, _, __: d.code_book.held(c), P.VIEW_INVENTORY, names_nothing=True),
    "people": Sample(lambda d, c, k, _: d.code_book.people(c, k.sim, ["user:1"]), P.VIEW_INVENTORY),
}


def _id_of(link: str) -> int:
    return int(link.removeprefix("link:"))


_CODES: dict[str, Sample] = {
    "check_import": Sample(lambda d, c, k, _: d.codes.check_import(c, k.esim), P.IMPORT_QR_CODES),
    "import_file": Sample(
        lambda d, c, k, _: d.codes.import_file(c, k.esim, b"no file", "a.png"), P.IMPORT_QR_CODES
    ),
    "import_code": Sample(lambda d, c, k, _: d.codes.import_code(c, k.esim, str(code(1))), P.IMPORT_QR_CODES),
    "import_read": Sample(
        lambda d, c, k, _: d.codes.import_read(c, k.esim, Brought(ReadCode(code(1)))), P.IMPORT_QR_CODES
    ),
    "show": Sample(lambda d, c, k, _: d.codes.show(c, k.esim), P.VIEW_QR_CODES),
    "notify": Sample(lambda d, c, k, _: d.codes.notify(c, k.esim, "x@acme.example"), P.NOTIFY_QR_CODES),
    "manager": Sample(lambda d, c, k, _: d.codes.manager(c, k.esim), P.NOTIFY_QR_CODES),
    "revoke": Sample(lambda d, c, k, _: d.codes.revoke(c, k.notification), P.NOTIFY_QR_CODES),
    "revoke_link": Sample(lambda d, c, k, _: d.codes.revoke_link(c, _id_of(k.link)), P.NOTIFY_QR_CODES),
    "preview": Sample(lambda d, c, k, _: d.codes.preview(c, QrRequestDraft(sim=k.esim)), P.REQUEST_QR_CODES),
    "request": Sample(lambda d, c, k, _: d.codes.request(c, QrRequestDraft(sim=k.esim)), P.REQUEST_QR_CODES),
    "send_again": Sample(
        lambda d, c, k, _: d.codes.send_again(c, k.request, QrEmailDraft()), P.REQUEST_QR_CODES
    ),
    "withdraw": Sample(lambda d, c, k, _: d.codes.withdraw(c, k.request), P.REQUEST_QR_CODES),
    "retry": Sample(lambda d, c, k, _: d.codes.retry(c, k.request), P.RETRY_WORK),
}

CODES: dict[str, Sample] = {
    **{f"CodeBook.{name}": sample for name, sample in _CODE_BOOK.items()},
    **{f"QrDesk.{name}": sample for name, sample in _CODES.items()},
}
