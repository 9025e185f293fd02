"""Looks up the hosts of receivers in threads of its own, few of each account.

The system's resolver blocks its thread until it gives up, which is long after its caller has: so the name
server of one account's host must not take the threads in which passwords are checked and files are read, nor
those of other accounts.
"""

import asyncio
import socket
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any
from weakref import WeakValueDictionary

from outbox.webhooks.addresses import Resolve

THREADS = 32
OF_AN_ACCOUNT = 4
"""Lookups of one account at the same time. What is over waits until its caller gives up."""
_Asked = tuple[int, str, int]


class Names:
    """The lookups of one process."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="webhook-names")
        self._under_way: dict[_Asked, asyncio.Future[list[str]]] = {}
        self._turns: WeakValueDictionary[int, asyncio.Semaphore] = WeakValueDictionary()

    def of(self, account_id: int) -> Resolve:
        """The resolver for endpoints of this account. Calls for one host at the same time are one lookup."""
        return partial(self._resolve, account_id)

    async def _resolve(self, account_id: int, host: str, port: int) -> list[str]:
        asked = (account_id, host, port)
        if asked not in self._under_way:
            turn = self._turns.setdefault(account_id, asyncio.Semaphore(OF_AN_ACCOUNT))
            await turn.acquire()
            if asked in self._under_way:  # another call for it had its turn meanwhile
                turn.release()
            else:
                self._start(asked, turn)
        return await asyncio.shield(self._under_way[asked])

    def _start(self, asked: _Asked, turn: asyncio.Semaphore) -> None:
        """The thread has its turn until it ends, whether or not a caller still waits for it."""
        _, host, port = asked
        lookup = asyncio.get_running_loop().run_in_executor(self._threads, look_up, host, port)
        self._under_way[asked] = lookup
        lookup.add_done_callback(partial(self._ended, asked, turn))

    def _ended(self, asked: _Asked, turn: asyncio.Semaphore, lookup: asyncio.Future[Any]) -> None:
        del self._under_way[asked]
        turn.release()
        if not lookup.cancelled():
            lookup.exception()  # its callers have it, if there are any left


def look_up(host: str, port: int) -> list[str]:
    """Ask the system's resolver, which blocks."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))
