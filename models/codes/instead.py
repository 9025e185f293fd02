"""What a text is that holds no activation code: people scan and enter what is printed beside it (R5)."""

import re

from models.codes.labels import ENDS, Part, labelled
from models.errors import Refusal

_WIFI = re.compile(r"wifi:", re.IGNORECASE)
_INSTALL_LINK = re.compile(r"esimsetup\.(?:apple|android)\.com|[?&]carddata=", re.IGNORECASE)
_WEB = re.compile(r"(?:[a-z][a-z0-9+.-]{0,20}://|www\.)\S", re.IGNORECASE)
_TELEPHONE = re.compile(r"(?:tel|sms|smsto):", re.IGNORECASE)
_PHONE_NUMBER = re.compile(r"(?:\+|00)[1-9][0-9]{6,14}|0[1-9][0-9]{7,9}")
_EID = re.compile(r"(?:EID[: ]*)?[0-9]{32}", re.IGNORECASE)
_ICCID = re.compile(r"(?:ICCID[: ]*[0-9]{18,20}|89[0-9]{16,18})F{0,2}", re.IGNORECASE)
_GROUPED = re.compile(r"[ \-./()='\"]")
"""What stands between the digits of a number, or around it in a spreadsheet."""
_PIN = re.compile(r"[0-9]{4,8}")
_HALF = re.compile(
    r"[^\s.$/@]+(?:\.[^\s.$/@]+)*\.[A-Za-z]{2,63}|(?=[^0-9]*[0-9])(?=[0-9-]*[A-Z])[0-9A-Z-]{6,}"
)
"""A server alone, or a matching id alone: phones call that the activation code."""


def instead(text: str) -> Refusal | None:
    """What the clean text is instead of an activation code; None if it is anything else."""
    digits = _GROUPED.sub("", text)
    if _WIFI.match(text):
        return Refusal.of("wifi_code_instead")
    if _INSTALL_LINK.search(text):
        return Refusal.of("install_link_without_code")
    if _WEB.match(text.lstrip(ENDS)):
        return Refusal.of("web_address_instead")
    if _EID.fullmatch(digits):
        return Refusal.of("eid_instead")
    if _ICCID.fullmatch(digits):
        return Refusal.of("iccid_instead")
    if _TELEPHONE.match(text) or _PHONE_NUMBER.fullmatch(digits):
        return Refusal.of("phone_number_instead")
    return _part(text)


def _part(text: str) -> Refusal | None:
    """That only a part of a code is there, or not which."""
    values = labelled(text).values
    halves = any(_HALF.fullmatch(line.strip(ENDS)) for line in text.split("\n"))
    if values[Part.SERVER] or values[Part.CODE] or halves:
        return Refusal.of("code_in_parts")
    if values[Part.CONFIRMATION] or _PIN.fullmatch(text.strip(ENDS)):
        return Refusal.of("confirmation_code_instead")
    return None
