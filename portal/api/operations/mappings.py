"""Saved mappings over HTTP: what headings of an account's files mean (R12)."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from models.files.saved import SavedMapping
from models.people.callers import Caller, Permission
from portal.api.caller import At, needs
from portal.api.fields import Name, Resource
from portal.api.lists import ListOf
from portal.api.routing import router

routes = router("Saved mappings")
Running = Annotated[Caller, needs(Permission.RUN_JOBS)]


class MappingResource(Resource):
    """What the account keeps for files of a kind."""

    kind: str = Field(examples=["import_fleet"])
    map: tuple[str, ...] = Field(
        description='`THEIRS=ours`, and `"value"=ours` for all rows.', examples=[["N° carte=iccid"]]
    )
    saved_at: datetime


@routes.get("/import-mappings", summary="List saved mappings")
async def list_mappings(caller: Running, desks: At) -> ListOf[MappingResource]:
    """What headings of the account's files mean, by kind of file: `POST /jobs` with `save_map` saves it, and
    later files of the kind are read by it.
    """
    found = await desks.mappings.mappings(caller)
    return ListOf.whole(map(_mapping, found))


@routes.delete("/import-mappings/{kind}", summary="Delete a saved mapping", status_code=204)
async def delete_mapping(caller: Running, desks: At, kind: Name) -> None:
    """Later files of the kind need `map` again. Not found (`unknown_mapping`) if none is saved."""
    await desks.mappings.delete(caller, None, kind)


def _mapping(one: SavedMapping) -> MappingResource:
    return MappingResource(kind=one.kind, map=one.entries, saved_at=one.saved_at)
