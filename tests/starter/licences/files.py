"""Rows of files of numbers."""

from tests.builders import ACCOUNT
from tests.licences_world import GINA, number_msisdn

EID = "89049032123451234512345678901235"


def number_row(number: int = 1, **changes: object) -> dict[str, object]:
    """A row of a file of numbers: Gina's direct number of Orange, whose distributor is Telvia."""
    return {
        "account": ACCOUNT,
        "msisdn": number_msisdn(number),
        "line_type": "direct",
        "provider": "Orange",
        "distributor": "Telvia",
        "agent_name": "Gina",
        "agent_email": GINA,
    } | changes


def unused(number: int = 1, **changes: object) -> dict[str, object]:
    """A row about a number that no agent uses."""
    return number_row(number, agent_name="", agent_email="", **changes)
