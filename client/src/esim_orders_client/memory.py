"""Answers that are kept with their `ETag`, so that what has not changed is not sent again."""

from collections import OrderedDict
from threading import Lock

from esim_orders_client.calls import Access, Call

_Key = tuple[Access, str, str, tuple[tuple[str, str], ...]]


class Memory:
    """The newest answers to GET, by caller, address and query. Threads may share it."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: OrderedDict[_Key, tuple[str, bytes]] = OrderedDict()
        self._lock = Lock()

    def find(self, access: Access, call: Call) -> tuple[str, bytes] | None:
        """The tag and the bytes of the last answer to this call."""
        with self._lock:
            return self._kept.get(_key(access, call)) if call.method == "GET" else None

    def keep(self, access: Access, call: Call, tag: str | None, content: bytes) -> None:
        """Remember an answer that has a tag; the oldest one is forgotten."""
        if call.method != "GET" or not tag:
            return
        with self._lock:
            self._kept[_key(access, call)] = (tag, content)
            self._kept.move_to_end(_key(access, call))
            if len(self._kept) > self._most:
                self._kept.popitem(last=False)


def _key(access: Access, call: Call) -> _Key:
    return access, call.path, call.accept, call.parameters()
