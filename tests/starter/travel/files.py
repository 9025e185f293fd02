"""Files of stock, as tests write them."""

from tests.builders import as_csv, iccid

COLUMNS = ("iccid", "profile", "activation_code", "confirmation_code", "ends_on")


def esim(number: int = 1, **changes: object) -> dict[str, object]:
    """A row: the eSIM of this number on profile 7."""
    return {
        "iccid": iccid(80_000 + number),
        "profile": 7,
        "activation_code": code(number),
        "confirmation_code": "",
        "ends_on": "",
    } | changes


def code(number: int = 1) -> str:
    """The activation code of the eSIM of this number."""
    return f"LPA:1$smdp.travel.example$TRAVEL-{number:04d}"


def stock_file(*rows: dict[str, object]) -> bytes:
    """The rows as a file."""
    return as_csv(*rows, columns=COLUMNS)
