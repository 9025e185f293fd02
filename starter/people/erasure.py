"""Erase the personal data of a person from the database, and record that it was done."""

from datetime import timedelta

from models.errors import Refused
from models.people.callers import Caller, Permission
from store.operations.job_steps import forget_files
from store.people import erasure
from store.session import Database

_NAMED = 10


class _OnlyLooked(Exception):
    """Rolls back the transaction of a dry run."""


async def erase(caller: Caller, database: Database, who: str, *, only_look: bool = False) -> dict[str, int]:
    """Erase the person with this address, name or reference; how many records of each kind were erased.

    A person's address may be in several accounts, so only the platform's operators may erase. `only_look`:
    count what would be erased, then roll back. Raises `NotFound` (`unknown_person`), `Refused`
    (`not_permitted`, `person_ambiguous`, `person_needed`).
    """
    caller.require(Permission.ERASE_PEOPLE)
    counts: dict[str, int] = {}
    try:
        async with database.transaction() as connection:
            person = await erasure.find(connection, who)
            needed = await erasure.needed_by(connection, person)
            if needed:
                raise needed_by_work(needed)
            counts = await erasure.erase(connection, person, caller.by)
            await forget_files(connection, older_than=timedelta(0))  # they may name the person
            if only_look:
                raise _OnlyLooked  # noqa: TRY301  it rolls back the transaction
    except _OnlyLooked:
        pass
    return counts


def needed_by_work(by: list[str]) -> Refused:
    """The refusal of what would take a person away from this work."""
    listed = ", ".join([*by[:_NAMED], "…"] if len(by) > _NAMED else by)
    return Refused.because("person_needed", references=listed, count=len(by))
