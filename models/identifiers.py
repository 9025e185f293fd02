"""Identifiers: ICCID, MSISDN and the ids of orders, requests and records; also which text can be stored.

Parsing functions return the normalized form that is stored, or raise `ValueError` with a sentence that does
not repeat what was entered.
"""

import base64
import hashlib
import re

from models.characters import INVISIBLE

ICCID_DIGITS = "[0-9]{18,20}"
ICCID_PATTERN = f"^{ICCID_DIGITS}$"
ORDER_ID_PATTERN = r"^order-[a-z2-7]{16}$"
QR_REQUEST_ID_PATTERN = r"^qr-request-[a-z2-7]{16}$"
QR_NOTIFICATION_ID_PATTERN = r"^qr-notification-[a-z2-7]{16}$"
NUMBER_CHANGE_ID_PATTERN = r"^number-change-[a-z2-7]{16}$"
LICENCE_REQUEST_ID_PATTERN = r"^licence-request-[a-z2-7]{16}$"
TRAVEL_LINE_ID_PATTERN = r"^travel-line-[1-9][0-9]{0,17}$"
TRAVEL_NOTICE_ID_PATTERN = r"^travel-notice-[a-z2-7]{16}$"
USER_MAIL_ID_PATTERN = r"^user-mail-[a-z2-7]{16}$"
JOB_ID_PATTERN = r"^job-[1-9][0-9]{0,17}$"
WEBHOOK_ID_PATTERN = r"^webhook-[1-9][0-9]{0,17}$"
WORK = (
    "order-",
    "qr-request-",
    "qr-notification-",
    "number-change-",
    "licence-request-",
    "travel-line-",
    "travel-notice-",
    "user-mail-",
    "job-",
)
"""The prefixes of workflow ids, one per kind of work; `store.operations.hold_subjects` has the kinds."""
LETTERS = {
    "agent": "AG",
    "api_key": "K",
    "contact": "C",
    "employee": "E",
    "esim_line": "EL",
    "group": "G",
    "job": "J",
    "licence": "LI",
    "line": "L",
    "number": "N",
    "profile": "AP",
    "sim": "S",
    "subscriber": "SB",
    "travel_plan": "TP",
    "user": "U",
    "view": "V",
    "webhook": "WH",
}
"""The letters of ids, by what events, actors and subjects of orders call the record: `line:42` is `L-42`."""
_CALLERS = "operator|user:[0-9]{1,18}|contact:[0-9]{1,18}"
ACTOR_PATTERN = rf"^({_CALLERS})$"
RETRYING_PATTERN = rf"^(system|{_CALLERS})$"

CHECK_DIGIT_WRONG = "The check digit of ICCID {iccid} is wrong; it is kept, compare it with the card."

_PADDED = re.compile("([0-9]{20}|[0-9]{19}(?=[Ff]?$)|[0-9]{18}(?=[Ff]{0,2}$))[Ff]{0,2}")
_SCIENTIFIC = re.compile(r"\'?[0-9]([.,][0-9]{1,17})?[Ee]\+?[0-9]{2}")
_ROUNDED = re.compile("[0-9]{15}(0{5}|0{4}[Ff]?|0{3}[Ff]{0,2})")
_ORDER_ID = re.compile(ORDER_ID_PATTERN)
_DOUBLED = str.maketrans("0123456789", "0246813579")
"""Twice each digit, and of two digits their sum."""
_FRENCH = re.compile(r"\+33[1-9][0-9]{8}", re.ASCII)
_REFERENCE = re.compile(r"^([A-Za-z]{1,2})-([0-9]{1,15})$")


def parse_iccid(text: str) -> str:
    """Parse an ICCID: 18 to 20 digits, stored without blanks of any kind, without the padding `F` or `FF` of
    the raw format and without what marks it as a text in a spreadsheet (`'...`, `="..."`).

    Source: ITU-T E.118; requirement F49; R9.
    """
    iccid = _PADDED.fullmatch(_unmarked(_without_blanks(text)))
    if iccid is None:
        raise ValueError("An ICCID has 18 to 20 digits.")
    return iccid[1]


def iccid_lost(text: str) -> str | None:
    """Why this is what a spreadsheet has made of an ICCID, as the code of a refusal; None if it is not (R9).

    A right check digit is rarely that of a rounded one.
    """
    if _SCIENTIFIC.fullmatch(_without_blanks(text)):
        return "iccid_scientific"
    return "iccid_rounded" if ends_as_rounded(text) and not luhn_valid(parse_iccid(text)) else None


def ends_as_rounded(text: str) -> bool:
    """Whether all but 15 digits of an ICCID are zeros, as a spreadsheet leaves them. What is marked as a text
    was not rounded.
    """
    return _ROUNDED.fullmatch(_without_blanks(text)) is not None


def _without_blanks(text: str) -> str:
    return re.sub(r"[\s-]", "", INVISIBLE.sub("", text))


def _unmarked(text: str) -> str:
    return text[2:-1] if text.startswith('="') and text.endswith('"') else text.removeprefix("'")


def iccid_warning(iccid: str) -> str | None:
    """A warning if the check digit is wrong. The ICCID is accepted: real issuers break that rule (F49)."""
    if luhn_valid(iccid):
        return None
    return CHECK_DIGIT_WRONG.format(iccid=iccid)


def luhn_valid(digits: str) -> bool:
    """Whether the last digit is the Luhn check digit of those before it (ISO/IEC 7812-1)."""
    doubled = digits[-2::-2].translate(_DOUBLED)
    return (sum(map(int, digits[-1::-2])) + sum(map(int, doubled))) % 10 == 0


def parse_msisdn(text: str) -> str:
    """Parse a phone number into E.164, such as `+33612345678`. The country code is needed, after + or 00."""
    written = text.strip()
    if written.startswith("00"):
        written = "+" + written[2:]
    if _FRENCH.fullmatch(written):  # most of them, at a hundredth of the time
        return written
    import phonenumbers  # noqa: PLC0415  takes long to import, and most commands need none

    try:
        number = phonenumbers.parse(written, None)
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not phonenumbers.is_possible_number(number):
        raise ValueError("A phone number is written with + and the country code, such as +33612345678.")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def reference(letter: str, number: int) -> str:
    """The reference of a record for users and in histories: `L-42` a line, `S-7` a SIM, `U-3` a user."""
    return f"{letter}-{number}"


def named(record: str) -> str:
    """`L-42` for `line:42`, as users name the record; what is no such record as it is."""
    kind, _, number = record.partition(":")
    return reference(LETTERS[kind], int(number)) if kind in LETTERS and number.isdigit() else record


def parse_reference(letter: str, text: str) -> int | None:
    """The number in `L-42` (or in a bare `42`) if the letter matches, else None."""
    text = text.strip()
    found = _REFERENCE.match(text)
    if found:
        return int(found[2]) if found[1].upper() == letter else None
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 15 else None


def order_id(account_id: int, key: str) -> str:
    """The id of the order that an account places under this idempotency key; also its workflow id.

    80 bits of SHA-256, so that the key itself, which a caller may build from anything, is never stored or
    sent.
    """
    return "order-" + _of_key(account_id, key)


def qr_request_id(account_id: int, key: str) -> str:
    """The id of the request for a QR code under this idempotency key; also its workflow id."""
    return "qr-request-" + _of_key(account_id, key)


def qr_notification_id(account_id: int, key: str) -> str:
    """The id of a notification about a QR code under this idempotency key; also its workflow id."""
    return "qr-notification-" + _of_key(account_id, key)


def order_notification_id(account_id: int, order_id: str, corrections: int = 0) -> str:
    """The id of the notification that an order sends of its eSIM's code, after so many corrections of the
    address.
    """
    again = f" ({corrections})" if corrections else ""
    return qr_notification_id(account_id, f"code of {order_id}{again}")


def number_change_id(account_id: int, key: str) -> str:
    """The id of a change of a number under this idempotency key; also its workflow id."""
    return "number-change-" + _of_key(account_id, key)


def licence_request_id(account_id: int, key: str) -> str:
    """The id of a request for licences under this idempotency key; also its workflow id."""
    return "licence-request-" + _of_key(account_id, key)


def travel_line_id(esim_line_id: int) -> str:
    """The workflow id of the life of an eSIM line: `travel-line-9`."""
    return f"travel-line-{esim_line_id}"


def travel_notice_id(account_id: int, about: str) -> str:
    """The id of a notice of travel eSIMs, made of what it is about: the same notice is recorded once. Also
    the workflow id of a notice to the staff.
    """
    return "travel-notice-" + _of_key(account_id, about)


def user_mail_id(account_id: int, key: str) -> str:
    """The id of an e-mail to a user about signing in; also its workflow id."""
    return "user-mail-" + _of_key(account_id, key)


def job_work_id(job_id: int) -> str:
    """The workflow id of a job: `job-7`."""
    return f"job-{job_id}"


def webhook_work_id(webhook_id: int) -> str:
    """The workflow id of the deliveries to an endpoint: `webhook-7`."""
    return f"webhook-{webhook_id}"


def mark_of_key(account_id: int, key: str) -> str:
    """A caller's key as it may be stored, such as the name of a report: what is done under the same key has
    the same mark.
    """
    return _of_key(account_id, key)


def _of_key(account_id: int, key: str) -> str:
    digest = hashlib.sha256(f"{account_id}\0{key}".encode()).digest()[:10]
    return base64.b32encode(digest).decode("ascii").lower()


def parse_order_id(text: str) -> str:
    """Parse an order id: the prefix `order-` may be omitted, and case does not matter."""
    wanted = text.strip().lower()
    wanted = wanted if wanted.startswith("order-") else f"order-{wanted}"
    if not _ORDER_ID.fullmatch(wanted):
        raise ValueError("An order's id is order- and 16 letters and digits.")
    return wanted


def licence_key(account_id: int, key: str) -> str:
    """How the idempotency key is stored with which licences are bought or given back."""
    return _of_key(account_id, key)


def storable(text: str) -> bool:
    """Whether PostgreSQL can store the text: no NUL, and no surrogates (bytes that are not UTF-8)."""
    return "\0" not in text and not any("\ud800" <= character <= "\udfff" for character in text)
