"""A mail server on this machine that misbehaves as told, and remembers what it got."""

import asyncio
import ssl
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self


class Offered:
    """What every server of a test offers unless it says otherwise."""

    pipelining = False


OFFERED = Offered()
Answer = str | Callable[["Session"], Awaitable[str | None]]


async def hang(session: "Session") -> None:
    """Say nothing until the client is gone."""
    await session.reader.read()
    raise ConnectionResetError


async def drop(session: "Session") -> None:
    """Close the connection without an answer."""
    raise ConnectionResetError


@dataclass(frozen=True)
class Received:
    sender: str
    recipient: str
    content: bytes


@dataclass
class Session:
    server: "MisbehavingServer"
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    number: int
    mails: int = 0
    sender: str = ""
    recipient: str = ""
    content: bytes = b""

    async def run(self) -> None:
        try:
            await self.say("GREETING", "220 misbehaving.test")
            while line := await self.reader.readline():
                words = line.decode().strip()
                verb = words.split(" ")[0].upper()
                self.server.commands.append((self.number, words))
                await self.obey(verb, words)
                if verb == "QUIT":
                    return
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            self.writer.close()

    async def obey(self, verb: str, words: str) -> None:
        if verb == "EHLO":
            offers = [*self.server.extensions, *(["250-PIPELINING"] if self.server.pipelining else [])]
            await self.say(verb, "\r\n".join(["250-misbehaving.test", *offers, "250 HELP"]))
        elif verb == "STARTTLS" and self.server.tls is not None:
            await self.say(verb, "220 go ahead")
            await self.writer.start_tls(self.server.tls)
        elif verb == "DATA":
            if await self.say(verb, "354 go on") == "354 go on":
                await self.take_content()
        else:
            self.sender = words if verb == "MAIL" else self.sender
            self.recipient = words if verb == "RCPT" else self.recipient
            await self.say(verb, {"AUTH": "235 welcome", "QUIT": "221 bye"}.get(verb, "250 OK"))

    async def take_content(self) -> None:
        self.content = b""
        while not self.content.endswith(b"\r\n.\r\n") and self.content != b".\r\n":
            self.content += await self.reader.readuntil(b"\r\n")
        if self.content == b".\r\n":  # of a client that sent DATA before its recipient was refused
            await self.say("NO_CONTENT", "554 no valid recipients")
            return
        self.server.contents += 1
        if await self.say("CONTENT", "250 taken") == "250 taken":
            self.server.taken.append(Received(self.sender, self.recipient, self.content))
            self.mails += 1
            self.server.something_taken.set()

    async def say(self, moment: str, otherwise: str) -> str:
        told = self.server.told.get(moment, otherwise)
        answer = told if isinstance(told, str) else await told(self)
        answer = otherwise if answer is None else answer
        self.writer.write(answer.encode() + b"\r\n")
        await self.writer.drain()
        if answer.startswith("421"):
            raise ConnectionResetError
        return answer


@dataclass
class MisbehavingServer:
    """`told` maps a moment (GREETING, EHLO, MAIL, RCPT, DATA, CONTENT, AUTH, ...) to its answer."""

    told: Mapping[str, Answer] = field(default_factory=dict)
    extensions: tuple[str, ...] = ()
    tls: ssl.SSLContext | None = None
    implicit_tls: bool = False
    pipelining: bool = field(default_factory=lambda: OFFERED.pipelining)
    commands: list[tuple[int, str]] = field(default_factory=list)
    taken: list[Received] = field(default_factory=list)
    contents: int = 0
    most_open: int = 0
    sessions: list[Session] = field(default_factory=list)
    something_taken: asyncio.Event = field(default_factory=asyncio.Event)
    _tasks: dict[asyncio.Task[None], Session] = field(default_factory=dict)

    async def __aenter__(self) -> Self:
        context = self.tls if self.implicit_tls else None
        self._server = await asyncio.start_server(self._welcome, "127.0.0.1", 0, ssl=context)
        self.port: int = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._server.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _welcome(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        session = Session(self, reader, writer, number=len(self.sessions) + 1)
        self.sessions.append(session)
        task = asyncio.current_task()
        assert task is not None
        self._tasks[task] = session
        self.most_open = max(self.most_open, len(self._tasks))
        try:
            await session.run()
        except asyncio.CancelledError:
            pass
        finally:
            del self._tasks[task]

    @property
    def url(self) -> str:
        scheme = "smtps" if self.implicit_tls else "smtp"
        return f"{scheme}://127.0.0.1:{self.port}"

    @property
    def open(self) -> int:
        return len(self._tasks)
