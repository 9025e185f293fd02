"""The inventory for callers: fleet and catalogue, users and profiles, and what may be done to a line."""

from store.session import Database


class Inventory:
    """Reads and administers the inventory. Works while Temporal and the workers are down."""

    def __init__(self, database: Database) -> None:
        self._database = database
