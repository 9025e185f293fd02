"""List and delete the mappings that accounts keep for their files (R12). An import saves them."""

from models.files.saved import SavedMapping
from models.operations.jobs import KINDS, job_kind
from models.people.callers import Caller, Permission
from store import lookups
from store.operations import mappings
from store.session import Database


class MappingDesk:
    """The saved mappings of the caller's account, of files that the caller may import."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def mappings(self, caller: Caller, account: str | None = None) -> list[SavedMapping]:
        """The account's mappings, by kind of file."""
        async with self._database.reading() as connection:
            found = await lookups.find_account(connection, caller.scope, account)
            caller.require(Permission.RUN_JOBS)
            kept = await mappings.mappings(connection, found.id)
            return [
                one for one in kept if one.kind in KINDS and KINDS[one.kind].permission in caller.permissions
            ]

    async def delete(self, caller: Caller, account: str | None, kind: str) -> None:
        """Keep no mapping for files of this kind any more (`import_fleet`). Raises `NotFound`
        (`unknown_mapping`), `Refused` (`job_kind_unknown`).
        """
        async with self._database.transaction() as connection:
            found = await lookups.find_account(connection, caller.scope, account)
            caller.require(job_kind(kind, file=True).permission)
            await mappings.delete(connection, found.id, kind, caller.by)
