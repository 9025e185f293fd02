"""E-mail addresses as they are stored. Whether anybody reads them is not asked: that needs a network."""

from email_validator import EmailNotValidError, validate_email


def parse_email(text: str) -> str:
    """The address in its normal form; raises `ValueError` with a sentence that does not repeat it."""
    try:
        return validate_email(text.strip(), check_deliverability=False, test_environment=True).normalized
    except EmailNotValidError:
        raise ValueError("This is not an e-mail address.") from None
