"""The same code without asyncio."""

import re

_CHANGES = (
    (r"esim_orders_client\._async\b", "esim_orders_client._sync"),
    (r"for asyncio", "that waits for each answer"),
    (r"import asyncio\n", ""),
    (r"asyncio\.sleep", "time.sleep"),
    (r"async (def|with|for)", r"\1"),
    (r"await ", ""),
    (r"Awaitable\[(.+?\])\]", r"\1"),
    (r"AsyncIterator, Awaitable, ", "Iterator, "),
    (r"AsyncGenerator\[(\w+), None\]", r"Generator[\1, None, None]"),
    (r"aclosing", "closing"),
    (r"__aenter__", "__enter__"),
    (r"__aexit__", "__exit__"),
    (r"\.aread\(", ".read("),
    (r"\.aiter_bytes\(", ".iter_bytes("),
    (r"\baclose\b", "close"),
    (r"\bAsync(?=[A-Z])", ""),
    (r"httpx2\.AsyncClient", "httpx2.Client"),
)


def synchronous(text: str) -> str:
    """A module of `_async` as its twin in `_sync`."""
    for pattern, replacement in _CHANGES:
        text = re.sub(pattern, replacement, text)
    return text
