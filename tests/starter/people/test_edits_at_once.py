"""Two administrators save the same form at once: the second is told, and overwrites nothing."""

from typing import Any

import pytest

from models.errors import Refused
from starter.people.employees import EmployeeDesk
from store.session import Database
from tests.builders import ACCOUNT, OPERATOR, world
from tests.store.licences.races import at_once

_PROFILES = "SELECT 1 FROM authorised_actions_profiles FOR NO KEY UPDATE"
_EMPLOYEES = "SELECT 1 FROM employees FOR NO KEY UPDATE"


def told(answers: list[Any], code: str) -> None:
    """One was saved, and the other refused with this code."""
    refused = [each for each in answers if isinstance(each, BaseException)]
    assert len(refused) == 1, answers
    assert isinstance(refused[0], Refused), refused
    assert [each.code for each in refused[0].refusals] == [code]


@pytest.mark.parametrize("locked", [_PROFILES, None], ids=["held", "free"])
async def test_of_two_edits_of_a_profile_at_once_the_second_is_told(
    database: Database, locked: str | None
) -> None:
    profiles = (await world(database)).profiles
    made = await profiles.create_profile(OPERATOR, ACCOUNT, "Clerk")
    was, name = (made.name, made.enabled), f"AP-{made.id}"
    edits = [
        profiles.edit_profile(OPERATOR, ACCOUNT, name, new_name=each, targets=targets, was=was)
        for each, targets in (("Day", ["replace_esim"]), ("Night", ["switch_to_esim:1"]))
    ]
    told(await at_once(database, locked, *edits), "profile_changed")
    saved = await profiles.profile(OPERATOR, ACCOUNT, name)
    assert (saved.name, len(saved.enabled)) in (("Day", 3), ("Night", 1)), "nothing of the other"


@pytest.mark.parametrize("locked", [_EMPLOYEES, None], ids=["held", "free"])
async def test_of_two_edits_of_an_employee_at_once_the_second_is_told(
    database: Database, locked: str | None
) -> None:
    await world(database)
    employees = EmployeeDesk(database)
    made = await employees.add_employee(OPERATOR, ACCOUNT, "Gina Roth", "gina@acme.example")
    was = {"name": made.name, "email": made.email or ""}
    edits = [
        employees.edit_employee(OPERATOR, f"E-{made.id}", name=name, email=email, was=was)
        for name, email in (("Gina Lind", "lind@acme.example"), ("Gina Berg", "berg@acme.example"))
    ]
    told(await at_once(database, locked, *edits), "user_changed")
    saved = await employees.employee(OPERATOR, f"E-{made.id}")
    assert (saved.name, saved.email) in (
        ("Gina Lind", "lind@acme.example"),
        ("Gina Berg", "berg@acme.example"),
    )
