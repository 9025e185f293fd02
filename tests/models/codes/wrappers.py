"""What people have instead of a bare activation code: every wrapper of R1 to R3, for any legal code."""

from collections.abc import Callable
from urllib.parse import quote

from hypothesis import strategies as st

from models.codes.activation import ActivationCode

Wrapper = Callable[[ActivationCode], str]
INVISIBLE = ("\ufeff", "\u200b", "\u200c", "\u200d", "\u2060", "\u00ad", "\u200e", "\u202a")
BLANKS = (" ", "\u00a0", "\u202f", "\u2007", "\u3000", "\t", "\n", "\r\n", "\u2028")
_APPLE = "https://esimsetup.apple.com/esim_qrcode_provisioning"
_ANDROID = "https://esimsetup.android.com/esim_qrcode_provisioning"


def _whole(code: ActivationCode) -> str:
    return quote(str(code), safe="")


def _every_character(code: ActivationCode) -> str:
    return "".join(f"%{ord(character):02x}" for character in str(code))


def _safe_link(code: ActivationCode) -> str:
    inner = quote(f"{_APPLE}?carddata={_whole(code)}", safe="")
    return f"https://eur01.safelinks.protection.outlook.com/?url={inner}&data=05%7C02&reserved=0"


LINKS: dict[str, Wrapper] = {
    "an Apple link": lambda code: f"{_APPLE}?carddata={_whole(code)}",
    "an Apple link that is not encoded": lambda code: f"{_APPLE}?carddata={code}",
    "an Android link": lambda code: f"{_ANDROID}?carddata={_whole(code)}",
    "an Android link without TLS": lambda code: f"http{_ANDROID[5:]}?carddata={_whole(code)}",
    "a link with only the dollars encoded": lambda code: f"{_APPLE}?carddata={str(code).replace('$', '%24')}",
    "a link with another parameter in front": lambda code: f"{_APPLE}?lang=fr&carddata={_whole(code)}",
    "a link with another parameter behind": lambda code: f"{_APPLE}?carddata={code}&lang=fr#top",
    "a link of an HTML mail": lambda code: f"{_APPLE}?lang=fr&amp;carddata={_whole(code)}&amp;x=1",
    "a link in capitals": lambda code: f"HTTPS://ESIMSETUP.APPLE.COM/X?CARDDATA={_whole(code)}",
    "a link in a mail": lambda code: f"Install it: {_APPLE}?carddata={_whole(code)} on your iPhone.",
    "a link in a plain mail": lambda code: f"Installer <{_APPLE}?carddata={_whole(code)}>",
    "a link after its words": lambda code: f"{_whole(code)} <{_APPLE}?carddata={_whole(code)}>",
    "a link in a safety program's link": _safe_link,
}
ADDITIONS: dict[str, Wrapper] = {
    "itself": str,
    "without LPA": lambda code: str(code).removeprefix("LPA:"),
    "in small letters": lambda code: "lpa:" + str(code).removeprefix("LPA:"),
    "percent-encoded": _whole,
    "percent-encoded twice": lambda code: quote(_whole(code), safe=""),
    "percent-encoded throughout": _every_character,
    "with a byte-order mark": lambda code: f"\ufeff{code}",
    "with no-break blanks": lambda code: f"\u00a0{code}\u202f",
    "with a zero-width blank at each field": lambda code: str(code).replace("$", "\u200b$\u200b"),
    "with a blank at each field": lambda code: str(code).replace("$", " $ "),
    "with a blank after LPA": lambda code: str(code).replace("LPA:", "LPA\u00a0: "),
    "with line ends at each field": lambda code: str(code).replace("$", "\r\n$"),
    "with a line end behind": lambda code: f"{code}\r\n",
    "in quotation marks": lambda code: f"«\u00a0{code}\u00a0»",
    "in brackets": lambda code: f"<{code}>",
    "with no-break hyphens": lambda code: str(code).replace("-", "\u2011"),
    "in a sentence": lambda code: f"Bonjour,\nvotre code\u00a0: {code}.\nCordialement",
    "with a link behind": lambda code: f"{code} <{_APPLE}?carddata={_whole(code)}>",
}


def _labels(server: str, code: str) -> Wrapper:
    return lambda found: f"{server}{found.smdp_address}\n{code}{found.matching_id}"


PARTS: dict[str, Wrapper] = {
    "two lines": _labels("", ""),
    "two lines the other way round": lambda code: f"{code.matching_id}\r\n{code.smdp_address}\r\n",
    "two lines with an empty one": lambda code: f"\n{code.smdp_address}\n\n{code.matching_id}\n",
    "labels of an iPhone": _labels("SM-DP+ Address: ", "Activation Code: "),
    "labels of an iPhone in French": _labels("Adresse SM-DP+\u00a0: ", "Code d\u2019activation\u00a0: "),
    "labels of a mail": _labels("SMDP+ address=", "Matching ID="),
    "labels with blanks alone": lambda code: (
        f"SM-DP+ address {code.smdp_address}\nActivation code\n{code.matching_id}"
    ),
    "labels on lines of their own": _labels("Serveur SM-DP+\n", "\nCode d'activation\n"),
    "labels in a list": _labels("- Server address: ", "- Activation code (manual entry): "),
    "labels on one line": lambda code: (
        f"Adresse du serveur : {code.smdp_address} ; Code d'activation : {code.matching_id}"
    ),
    "labels in a mail": lambda code: (
        "Bonjour,\nPour activer votre eSIM, scannez le code ou saisissez :\n\n"
        f"Adresse SM-DP+ : {code.smdp_address}\nCode d'activation : {code.matching_id}\n\n"
        "ICCID : 8933011122233344455\nAPN : internet\nMerci de votre confiance."
    ),
}
"""For codes that have a matching id, and neither an OID nor the flag: no part has room for these."""


def ways(code: ActivationCode) -> dict[str, str]:
    """The code in every wrapper that can hold it, by its name."""
    bare = not code.oid and not code.confirmation_code_required
    wrappers = {**LINKS, **ADDITIONS, **(PARTS if bare else {})}
    return {name: wrapper(code) for name, wrapper in wrappers.items()}


def dirt() -> st.SearchStrategy[str]:
    """Characters around a code or its fields that no person sees."""
    return st.lists(st.sampled_from((*INVISIBLE, *BLANKS)), max_size=4).map("".join)
