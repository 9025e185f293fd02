"""The log of the test's PostgreSQL server, where it says that it ended a circle of transactions."""

from sandbox.postgres import ThrowAwayPostgres

CIRCLE = b"deadlock detected"


class ServerLog:
    """What the server has written since the test began."""

    def __init__(self, postgres: ThrowAwayPostgres) -> None:
        self._path = postgres.log
        self._begun = self._path.stat().st_size

    def circles(self) -> int:
        """How many circles of waiting transactions the server had to end."""
        with self._path.open("rb") as log:
            log.seek(self._begun)
            return log.read().count(CIRCLE)
