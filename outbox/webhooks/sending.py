"""Sends requests to a receiver of webhooks: to a checked address, signed, within ten seconds.

No redirect is followed, no proxy of the environment is used, and of an answer at most 2 KB are read.
"""

import asyncio
import json
import logging
import ssl
import time
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import urlsplit

import httpx2

from models.networks import Network
from models.operations.webhooks import LONGEST_ANSWER, Answer, Outcome
from outbox.webhooks.addresses import NotThisMachine, PrivateAddress, Resolve, all_loopback, checked
from outbox.webhooks.signing import signed

SECONDS = 10.0
"""Within which a receiver answers: name, connection, TLS and status."""
CONNECTS_WITHIN = 3.0
"""Seconds for a connection, and for TLS, after which the next address of the host is tried; the last one has
what is left.
"""
_REST_OF_ANSWER = 1.0
"""Seconds for the text of an answer, once its status is known."""
_PORTS = {"http": 80, "https": 443}
_TRY_NEXT = (httpx2.ConnectError, httpx2.ConnectTimeout)
_UNSEEN = dict.fromkeys(range(32), None) | {127: None} | {ord(keep): keep for keep in "\n\t"}

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Post:
    """What is sent: the id by which a receiver recognises a repeat, and the body."""

    id: str
    type: str
    timestamp: str
    data: Mapping[str, Any]

    @property
    def body(self) -> bytes:
        """The JSON that is signed and sent."""
        content = {"type": self.type, "timestamp": self.timestamp, "data": self.data}
        return json.dumps(content, separators=(",", ":"), ensure_ascii=False).encode()


class Sender:
    """Sends to one receiver, over connections that are kept for the next request."""

    def __init__(
        self,
        client: httpx2.AsyncClient,
        url: str,
        resolver: Resolve,
        refused: Collection[Network],
        *,
        loopback: bool,
    ) -> None:
        self._client = client
        self._resolver = resolver
        self._refused = refused
        self._loopback = loopback
        self._works = ""
        """The address that the last connection was made to."""
        parts = urlsplit(url)
        self._scheme = parts.scheme
        self._host = parts.hostname or ""
        self._port = parts.port or _PORTS.get(parts.scheme, 0)
        self._netloc = parts.netloc
        self._path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")

    @classmethod
    @asynccontextmanager
    async def to(
        cls,
        url: str,
        *,
        loopback: bool,
        resolver: Resolve,
        refused: Collection[Network] = (),
        verify: ssl.SSLContext | None = None,
    ) -> AsyncIterator["Sender"]:
        """A sender to this address, unless it is in a `refused` network; its connections are closed at the
        end of the block.
        """
        async with httpx2.AsyncClient(
            verify=verify or _certificates(), trust_env=False, follow_redirects=False, timeout=SECONDS
        ) as client:
            yield cls(client, url, resolver, refused, loopback=loopback)

    async def send(self, post: Post, secrets: Sequence[str]) -> Answer:
        """Send it once. Whatever goes wrong is an answer, too."""
        began = time.monotonic()
        outcome, status, text = Outcome.TIMEOUT, None, ""
        try:
            async with asyncio.timeout(SECONDS) as limit:
                status, text = await self._sent(post, secrets, limit)
            outcome = Outcome.DELIVERED if 200 <= status < 300 else Outcome.STATUS
        except TimeoutError:
            pass
        except PrivateAddress:
            outcome = Outcome.PRIVATE_ADDRESS
        except OSError:
            outcome = Outcome.UNKNOWN_HOST
        except (httpx2.TimeoutException, httpx2.PoolTimeout):
            outcome = Outcome.TIMEOUT
        except (httpx2.HTTPError, httpx2.InvalidURL, httpx2.StreamError) as failure:
            outcome = Outcome.TLS if _is_tls(failure) else Outcome.CONNECTION
        except Exception as failure:  # noqa: BLE001  else its batch would never be recorded, and sent for ever
            _log.error("A request to a webhook failed by a defect.", exc_info=failure)
            outcome = Outcome.CONNECTION
        return Answer(outcome, status, text, round((time.monotonic() - began) * 1000))

    async def check(self) -> None:
        """Raise `PrivateAddress` where the host may not be called (`NotThisMachine`, if not by http), and
        `OSError` where it is unknown.
        """
        await self._addresses()

    async def _addresses(self) -> list[str]:
        async with asyncio.timeout(SECONDS):
            found = await checked(
                self._host, self._port, self._resolver, loopback=self._loopback, refused=self._refused
            )
        if self._scheme != "https" and not (self._loopback and all_loopback(found)):
            raise NotThisMachine
        return found

    async def _sent(self, post: Post, secrets: Sequence[str], limit: asyncio.Timeout) -> tuple[int, str]:
        """The status and, of a failure, the beginning of the text. The first address that can be connected to
        is used; it is the first to be tried the next time.
        """
        addresses = sorted(await self._addresses(), key=lambda address: address != self._works)
        body = post.body
        headers = {
            "Host": self._netloc,
            "Content-Type": "application/json",
            "User-Agent": "esim-orders-webhooks",
            "Accept-Encoding": "identity",
            **signed(secrets, post.id, int(time.time()), body),
        }
        for address in addresses[:-1]:
            try:
                return await self._to(address, body, headers, limit, CONNECTS_WITHIN)
            except _TRY_NEXT as failure:
                if _is_tls(failure):
                    raise
        return await self._to(addresses[-1], body, headers, limit, SECONDS)

    async def _to(
        self,
        address: str,
        body: bytes,
        headers: Mapping[str, str],
        limit: asyncio.Timeout,
        connects_within: float,
    ) -> tuple[int, str]:
        host = f"[{address}]" if ":" in address else address
        url = f"{self._scheme}://{host}:{self._port}{self._path}"
        async with self._client.stream(
            *("POST", url),
            content=body,
            headers=headers,
            timeout=httpx2.Timeout(SECONDS, connect=connects_within),
            extensions={"sni_hostname": self._host},
        ) as answer:
            self._works = address
            limit.reschedule(None)  # the status is known in time, whenever its text ends
            text = await _beginning(answer)  # read of a success, too: else its connection is not kept
            return answer.status_code, "" if 200 <= answer.status_code < 300 else text


async def _beginning(answer: httpx2.Response) -> str:
    """The first 2 KB of the answer, as far as they come."""
    read = b""
    try:
        async with asyncio.timeout(_REST_OF_ANSWER):
            async for part in answer.aiter_raw():
                read += part
                if len(read) >= LONGEST_ANSWER:
                    break
    except (TimeoutError, httpx2.HTTPError, httpx2.StreamError):
        pass  # the status says enough
    return read[:LONGEST_ANSWER].decode(errors="replace").translate(_UNSEEN)


def _is_tls(failure: BaseException) -> bool:
    seen: BaseException | None = failure
    while seen is not None:
        if isinstance(seen, ssl.SSLError):
            return True
        seen = seen.__cause__ or seen.__context__
    return False


@cache
def _certificates() -> ssl.SSLContext:
    """The system's certificates; made once, as it takes long."""
    return httpx2.create_ssl_context()
