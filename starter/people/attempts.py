"""Counts attempts to sign in: by the address they come from, by the name they are for, and all (S9).

An attempt that succeeds is given back, so that only failures count. For one name each network has ten, then
one a minute; all networks together have a hundred, then one every six seconds. So who fails on purpose in the
name of another holds that person back at their own network only, or needs more than ten networks at once; and
of one password at most 14,500 are tried in a day, however many networks try. One network has twenty for all
names, then one every six seconds. Where all attempts together are too many, an address that has failed before
is refused; one that has not goes on signing in. An attempt that one bucket refuses is taken from none of the
buckets after it.

The password of a session's own user is counted apart: a wrong one there holds back no sign-in.
"""

from dataclasses import dataclass
from typing import Literal

from sqlalchemy.ext.asyncio import AsyncConnection

from models.errors import Refused
from models.people.sign_in import Visit
from store import rates
from store.rates import Bucket
from store.session import Database

_MOST_OF_ADDRESS = 20
_MOST_OF_NAME_FROM_ADDRESS = 10
_MOST_OF_NAME = 100
_MOST_MAILS = 3
"""Of e-mails to one recipient, for each purpose: one more every twenty minutes."""
_MAILS_A_SECOND = 1 / 1200
_MOST_IN_ALL = 600

What = Literal["sign in", "own password", "openid", "own identity", "mailed link", "reset"]


@dataclass(frozen=True)
class Counted:
    """The buckets that an attempt was taken from."""

    buckets: tuple[Bucket, ...]


class Attempts:
    """The buckets, in the database: all portal processes count together."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def take(self, what: What, name: str, visit: Visit) -> Counted:
        """Count an attempt. Raises `Refused` (`sign_in_too_often`)."""
        address = Bucket(f"{what} from {visit.network}", _MOST_OF_ADDRESS, 1 / 6)
        every = Bucket(f"{what} of all", _MOST_IN_ALL, 5)
        named = _of_name(what, name.lower(), visit)
        async with self._database.transaction() as connection:
            await rates.forget(connection)
            of_address = await rates.take(connection, address)
            failed_before = of_address.left < _MOST_OF_ADDRESS - 1
            wait = None if of_address.allowed else of_address.wait
            for bucket in (*named, every):
                if wait is None:
                    taken = await rates.take(connection, bucket)
                    refused = not taken.allowed and (bucket is not every or failed_before)
                    wait = taken.wait if refused else None
        if wait is not None:
            raise _too_often(wait)
        return Counted((address, *named, every))

    async def give_back(self, counted: Counted) -> None:
        """The attempt succeeded."""
        async with self._database.transaction() as connection:
            await rates.give_back(connection, *counted.buckets)


async def take_invitation(connection: AsyncConnection, user_id: int) -> None:
    """Count an invitation of this user, by any inviter. Raises `Refused` (`sign_in_too_often`)."""
    taken = await rates.take(connection, Bucket(f"invitation of {user_id}", _MOST_MAILS, _MAILS_A_SECOND))
    if not taken.allowed:
        raise _too_often(taken.wait)


def _of_name(what: What, name: str, visit: Visit) -> tuple[Bucket, ...]:
    of_name = f"{what} of {name}"
    if what == "reset":
        return (Bucket(of_name, _MOST_MAILS, _MAILS_A_SECOND),)
    here = Bucket(f"{of_name} from {visit.network}", _MOST_OF_NAME_FROM_ADDRESS, 1 / 60)
    return here, Bucket(of_name, _MOST_OF_NAME, 1 / 6)


def _too_often(seconds: int) -> Refused:
    return Refused.because("sign_in_too_often", seconds=seconds)
