"""Saved mappings: `client.import_mappings`."""

# Written by `make client` from docs/openapi.json; changes here are lost.

from esim_orders_client._sync.connection import Connection
from esim_orders_client.calls import Call, path_of
from esim_orders_client.model import Page
from esim_orders_client.models import Mapping


class ImportMappingsApi:
    """Saved mappings."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def list(self) -> Page[Mapping]:
        """List saved mappings.

        What headings of the account's files mean, by kind of file: `POST /jobs` with `save_map` saves it,
        and later files of the kind are read by it.

        Needs the permission `run_jobs`.
        """
        return self._connection.ask(Page[Mapping], Call("GET", path_of("import-mappings")))

    def delete(self, kind: str) -> None:
        """Delete a saved mapping.

        Later files of the kind need `map` again. Not found (`unknown_mapping`) if none is saved.

        Needs the permission `run_jobs`.
        """
        self._connection.content(Call("DELETE", path_of("import-mappings", "{kind}", kind=kind)))
