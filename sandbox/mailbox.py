"""A mail server (SMTP) that delivers to a folder: every message becomes one file, and none is sent on.

`python -m sandbox.mailbox --dir FOLDER --port PORT` runs it; `sandbox.mails` reads the folder.
"""

import argparse
import asyncio
import logging
import os
import signal
from email.utils import formatdate
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

from sandbox.mails import file_name, last_number
from sandbox.ports import HOST

LARGEST_MESSAGE = 20 * 1024 * 1024
"""Bytes. Larger messages are refused with 552."""

logger = logging.getLogger(__name__)


class FolderDelivery:
    """Write each accepted message to the folder under the next number.

    The file's name is that number only, so no content of a message affects the path. There is no fsync:
    benchmarks send hundreds of messages a second, and this mail server is not meant to be reliable.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)  # mails hold names and phone numbers
        self._folder = folder
        self._number = last_number(folder)

    async def handle_EHLO(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, offered: list[str]
    ) -> list[str]:
        """Offer PIPELINING as most mail servers do: aiosmtpd answers pipelined commands in sequence."""
        session.host_name = hostname
        return [*offered[:-1], "250-PIPELINING", offered[-1]]

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Accept one message; the name is the protocol of aiosmtpd."""
        content = envelope.original_content or b""
        self._number += 1
        name = file_name(self._number)
        new = self._folder / f".{name}.new"
        try:
            new.write_bytes(trace_headers(envelope) + content)
            os.replace(new, self._folder / name)  # noqa: PTH105 - half the time of Path.replace
        except OSError:
            logger.exception("message %s could not be written", name)
            return "452 4.3.1 The mailbox cannot write to its folder"
        return f"250 2.0.0 Delivered as {self._number}"


def trace_headers(envelope: Envelope) -> bytes:
    """Trace headers with the envelope's sender and recipients, which a message's own headers may lack
    (RFC 5321 4.4).
    """
    lines = [f"Return-Path: <{envelope.mail_from or ''}>"]
    lines += [f"Delivered-To: {recipient}" for recipient in envelope.rcpt_tos]
    lines += [f"Received: by localhost; {formatdate(localtime=True)}"]
    return "".join(line + "\r\n" for line in lines).encode(errors="surrogateescape")


async def serve(folder: Path, port: int) -> None:
    """Take mails until SIGTERM or SIGINT."""
    loop = asyncio.get_running_loop()
    delivery = FolderDelivery(folder)
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)

    def session() -> SMTP:
        return SMTP(
            delivery,
            data_size_limit=LARGEST_MESSAGE,
            enable_SMTPUTF8=True,
            hostname="localhost",
            ident="esim-orders mailbox",
            loop=loop,
        )

    server = await loop.create_server(session, HOST, port, reuse_address=True)
    await stop.wait()
    server.close()


def main() -> None:
    """Run the mailbox as a process of its own."""
    parser = argparse.ArgumentParser(prog="python -m sandbox.mailbox", description=__doc__)
    parser.add_argument("--dir", type=Path, required=True, help="folder of the messages")
    parser.add_argument("--port", type=int, required=True, help="TCP port on the loopback interface")
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(message)s")
    asyncio.run(serve(arguments.dir, arguments.port))


if __name__ == "__main__":
    main()
