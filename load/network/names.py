"""A DNS server on loopback, that says what it is told to, and another thing the next time."""

import asyncio
import ipaddress
import struct
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TypeVar, cast

from aiodns import DNSResolver

KINDS = {1: 4, 28: 6}  # A, AAAA and the version of their addresses
TXT = 16
Texts = list[str | list[str]]
T = TypeVar("T")


class Names(asyncio.DatagramProtocol):
    """`says[name]` holds the answers, each a list of addresses; the last is given for ever. So does
    `writes[name]` for TXT, each a list of texts, or of lists of their parts, or the number of an
    error; None for silence. `asked` are the questions, as (name, type)."""

    def __init__(self) -> None:
        self.says: dict[str, list[list[str]]] = {}
        self.writes: dict[str, list[Texts | int | None]] = {}
        self.asked: list[tuple[str, int]] = []
        self.port = 0
        self._turns: Counter[tuple[str, int]] = Counter()
        self._transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.DatagramTransport, transport)
        self.port = transport.get_extra_info("sockname")[1]

    def datagram_received(self, data: bytes, addr: tuple[str | int, int]) -> None:
        name, end = read_name(data)
        (kind,) = struct.unpack_from(">H", data, end)
        self.asked.append((name, kind))
        self._turns[name, kind] += 1
        found = self._texts(name) if kind == TXT else self._addresses(name, kind)
        if found is None or self._transport is None:
            return
        error = found if isinstance(found, int) else 0
        records = [
            b"\xc0\x0c" + struct.pack(">HHIH", kind, 1, 0, len(packed)) + packed
            for packed in (found if isinstance(found, list) else [])
        ]
        is_known = name in self.says or name in self.writes
        flags = 0x8180 | error if is_known else 0x8183
        head = data[:2] + struct.pack(">HHHHH", flags, 1, len(records), 0, 0)
        self._transport.sendto(head + data[12 : end + 4] + b"".join(records), addr)

    def _texts(self, name: str) -> list[bytes] | int | None:
        found = self._turn(self.writes.get(name, [[]]), name, TXT)
        if found is None or isinstance(found, int):
            return found
        values = [[text] if isinstance(text, str) else text for text in found]
        return [b"".join(bytes([len(p)]) + p.encode() for p in parts) for parts in values]

    def _addresses(self, name: str, kind: int) -> list[bytes]:
        answer = self._turn(self.says.get(name, [[]]), name, kind)
        found = [ipaddress.ip_address(text) for text in answer]
        return [address.packed for address in found if address.version == KINDS.get(kind)]

    def _turn(self, answers: list[T], name: str, kind: int) -> T:
        return answers[min(self._turns[name, kind], len(answers)) - 1]


def read_name(data: bytes) -> tuple[str, int]:
    """The name that a question asks for, and where what follows it begins."""
    labels, at = [], 12
    while length := data[at]:
        labels.append(data[at + 1 : at + 1 + length].decode())
        at += length + 1
    return ".".join(labels).lower(), at + 1


@asynccontextmanager
async def naming() -> AsyncIterator[tuple[Names, DNSResolver]]:
    """The server, and a resolver that asks nobody else."""
    loop = asyncio.get_running_loop()
    transport, names = await loop.create_datagram_endpoint(Names, local_addr=("127.0.0.1", 0))
    try:
        async with resolver_at(names.port) as dns:
            yield names, dns
    finally:
        transport.close()


def resolver_at(port: int) -> DNSResolver:
    return DNSResolver(
        nameservers=["127.0.0.1"], udp_port=port, tcp_port=port, timeout=1, tries=1, lookups="b"
    )
