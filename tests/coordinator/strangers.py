"""Servers that answer with whatever bytes a test wants, at whatever pace."""

import asyncio
import ssl
from contextlib import asynccontextmanager

from load.network import certificate


def answer(status=200, body=b"", **headers):
    """The bytes of an answer. Names of headers are written with underscores."""
    headers = {"Content_Length": len(body), **headers}
    lines = [f"HTTP/1.1 {status} Word"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + body


class Stranger:
    """`does` is what it answers in turn, the last for ever: bytes; a list of bytes with pauses in
    seconds between, None for a cut. None hangs up. `heard` holds the heads of requests.
    """

    def __init__(self, *does):
        self.does = does
        self.heard = []
        self.connections = 0
        self.busy = self.busiest = 0

    async def meet(self, reader, writer):
        self.connections += 1
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                doing = self.does[min(len(self.heard), len(self.does) - 1)]
                self.heard.append(head.decode())
                if doing is None:
                    break
                await self.answer(doing if isinstance(doing, list) else [doing], writer)
        except (asyncio.IncompleteReadError, ConnectionError, ssl.SSLError):
            pass
        except asyncio.CancelledError:
            writer.transport.abort()  # a cancelled meeting would be logged as an error
        finally:
            writer.close()

    async def answer(self, parts, writer):
        self.busy += 1
        self.busiest = max(self.busiest, self.busy)
        try:
            for part in parts:
                if part is None:
                    writer.transport.abort()
                elif isinstance(part, bytes):
                    writer.write(part)
                    await writer.drain()
                else:
                    await asyncio.sleep(part)
        finally:
            self.busy -= 1


@asynccontextmanager
async def living(stranger, address="127.0.0.1", tls=None):
    """Gives the port."""
    meetings = set()

    async def meet(reader, writer):
        meetings.add(asyncio.current_task())
        await stranger.meet(reader, writer)

    server = await asyncio.start_server(meet, address, 0, ssl=tls)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for meeting in meetings:
            meeting.cancel()
        await asyncio.gather(*meetings, return_exceptions=True)


def certified(name, directory):
    """The contexts of a server called so, and of a client who trusts it."""
    server, authority = certificate.certified([name], directory)
    return server, ssl.create_default_context(cafile=authority)
