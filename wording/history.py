"""What happened, in the reader's language: to a device, its lines and SIMs (P4), and to all else (A17)."""

from collections.abc import Mapping
from functools import cache

from models.language import Language
from wording.event_words import EVENT_WORDS
from wording.french.event_words import EVENT_WORDS as FRENCH_EVENT_WORDS
from wording.french.history import HISTORY as FRENCH
from wording.french.spaces import spaced


def sentence(event: str, language: Language) -> str:
    """What happened, without who and when. An event of another version is shown by its type."""
    if language is Language.EN:
        return _ENGLISH.get(event, event)
    return _french().get(event, event)


@cache
def _french() -> Mapping[str, str]:
    return spaced(FRENCH | FRENCH_EVENT_WORDS)


ENGLISH = {
    "order.submitted": "An order was placed",
    "order.refused": "An order was refused",
    "order.provider_processing": "The provider began to process the order",
    "order.processed": "The provider processed the order",
    "order.cancelled": "The order was cancelled",
    "order.mailed_again": "The order is e-mailed to the distributor again",
    "order.held": "The order is held: it waits for a person",
    "order.released": "The order continued",
    "mail.failed": "An e-mail could not be sent",
    "mail.uncertain": "It is not known whether an e-mail arrived",
    "mail.given_up": "An e-mail was given up",
    "esim.temporary_created": "A temporary eSIM was created",
    "esim.temporary_deleted": "The temporary eSIM was deleted",
    "esim.iccid_entered": "The ICCID of the temporary eSIM was entered",
    "esim.activated": "The eSIM was activated",
    "esim.suspended": "The eSIM was suspended",
    "esim.resumed": "The eSIM was resumed",
    "sim.discarded": "The SIM was discarded",
    "incident.processed_after_cancelled": "The provider processed an order that was cancelled",
    "qr.requested": "The QR code was requested",
    "qr.sent_again": "The request for the QR code was sent again",
    "qr.refused": "A request for the QR code was refused",
    "qr.withdrawn": "The request for the QR code was withdrawn",
    "qr.sim_discarded": "The request for the QR code ended, as the SIM was discarded",
    "qr.imported": "A QR code was imported",
    "qr.import_refused": "An import of a QR code was refused",
    "qr.shown": "The QR code was shown",
    "notification.created": "A notification of the QR code was created",
    "notification.revoked": "A notification of the QR code was revoked",
    "link.checked": "A file was checked by a mailed link",
    "link.used": "A mailed link was used",
    "link.shown": "The QR code was shown by a mailed link",
    "link.downloaded": "The QR code was downloaded by a mailed link",
    "link.refused": "A mailed link was refused",
    "link.revoked": "A mailed link was revoked",
    "mail.sent": "An e-mail was sent",
    "sim.employee_changed": "The employee of the SIM was changed",
    "line.groups_changed": "The management groups were changed",
    "number.added": "The number was added",
    "number.edited": "The number was changed by an import",
    "number.user_changed": "The user of the number was changed",
    "number.deleted": "The number was deleted",
    "number.recovered": "The number was recovered",
    "number.suspended": "The number was suspended",
    "number.resumed": "The number was resumed",
    "number.made_direct": "The number was converted to a direct number",
    "number.made_shared": "The number was converted to a shared line",
    "number.esim_stopped": "The eSIM of the number was stopped",
    "number.provider_notified": "The provider was notified of a change of the number",
    "number.notice_superseded": "The provider was not notified: another change replaced this one",
    "licence.freed": "The licence is free again",
}
_ENGLISH = ENGLISH | EVENT_WORDS
