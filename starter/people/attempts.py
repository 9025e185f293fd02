"""Counts attempts to sign in: by the address they come from, by the name they are for, and all (S9).

An attempt that succeeds is given back, so that only failures count. Where all attempts together are too many,
an address that has failed before is refused; one that has not goes on signing in.
"""

from dataclasses import dataclass

from models.errors import Refused
from models.people.sign_in import Visit
from store import rates
from store.rates import Bucket
from store.session import Database

_MOST_OF_ADDRESS = 20
_MOST_OF_NAME = 10
_MOST_MAILS = 3
"""Of e-mails to one address: one more every twenty minutes."""
_MOST_IN_ALL = 600


@dataclass(frozen=True)
class Counted:
    """The buckets that an attempt was taken from."""

    buckets: tuple[Bucket, ...]


class Attempts:
    """The three buckets, in the database: all portal processes count together."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def take(self, what: str, name: str, visit: Visit) -> Counted:
        """Count an attempt. Raises `Refused` (`sign_in_too_often`)."""
        address = Bucket(f"{what} from {visit.network}", _MOST_OF_ADDRESS, 1 / 6)
        most, a_second = (_MOST_MAILS, 1 / 1200) if what == "reset" else (_MOST_OF_NAME, 1 / 60)
        named = Bucket(f"{what} of {name.lower()}", most, a_second)
        every = Bucket(f"{what} of all", _MOST_IN_ALL, 5)
        async with self._database.transaction() as connection:
            await rates.forget(connection)
            of_address = await rates.take(connection, address)
            of_name = await rates.take(connection, named)
            of_all = await rates.take(connection, every)
        failed_before = of_address.left < _MOST_OF_ADDRESS - 1
        if not of_address.allowed:
            raise _too_often(of_address.wait)
        if not of_name.allowed:
            raise _too_often(of_name.wait)
        if not of_all.allowed and failed_before:
            raise _too_often(of_all.wait)
        return Counted((address, named, every))

    async def give_back(self, counted: Counted) -> None:
        """The attempt succeeded."""
        async with self._database.transaction() as connection:
            await rates.give_back(connection, *counted.buckets)


def _too_often(seconds: int) -> Refused:
    return Refused.because("sign_in_too_often", seconds=seconds)
