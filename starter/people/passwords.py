"""Hashes passwords with argon2, in threads and few at once: each takes 64 MB and a processor for a moment."""

import asyncio
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pwdlib import PasswordHash

_AT_ONCE = 2


class Hasher:
    """Makes and compares hashes."""

    def __init__(self) -> None:
        self._turn = asyncio.Semaphore(_AT_ONCE)

    async def hash(self, password: str) -> str:
        """The hash to store of a password."""
        async with self._turn:
            return await asyncio.to_thread(_argon2().hash, password)

    async def verify(self, password: str, stored: str | None) -> tuple[bool, str | None]:
        """Whether this is the password, and the hash to store instead where the stored one is outdated.

        Without a stored hash it takes as long: the time says nothing of whether there is such a user.
        """
        async with self._turn:
            return await asyncio.to_thread(_compared, password, stored)


def _compared(password: str, stored: str | None) -> tuple[bool, str | None]:
    same, renewed = _argon2().verify_and_update(password, stored or _of_nobody())
    return (same, renewed) if stored else (False, None)


@cache
def _argon2() -> "PasswordHash":
    from pwdlib import PasswordHash  # noqa: PLC0415  commands that hash nothing need not load it

    return PasswordHash.recommended()


@cache
def _of_nobody() -> str:
    return _argon2().hash("no user has this password")
