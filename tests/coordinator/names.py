"""A DNS server on loopback, that says what a test wants, and another thing the next time."""

import asyncio
import ipaddress
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiodns import DNSResolver

KINDS = {1: 4, 28: 6}  # A, AAAA and the version of their addresses
TXT = 16


class Names(asyncio.DatagramProtocol):
    """`says[name]` holds the answers, each a list of addresses; the last is given for ever. So does
    `writes[name]` for TXT, each a list of texts, or of lists of their parts, or the number of an
    error; None for silence."""

    def __init__(self):
        self.says = {}
        self.writes = {}
        self.asked = []

    def connection_made(self, transport):
        self.transport = transport

    def datagram_received(self, data, address):
        name, end = read_name(data)
        (kind,) = struct.unpack_from(">H", data, end)
        self.asked.append((name, kind))
        found = self.texts(name) if kind == TXT else self.addresses(name, kind)
        if found is None:
            return
        error = found if isinstance(found, int) else 0
        records = [
            b"\xc0\x0c" + struct.pack(">HHIH", kind, 1, 0, len(packed)) + packed
            for packed in ([] if error else found)
        ]
        is_known = name in self.says or name in self.writes
        flags = 0x8180 | error if is_known else 0x8183
        head = data[:2] + struct.pack(">HHHHH", flags, 1, len(records), 0, 0)
        self.transport.sendto(head + data[12 : end + 4] + b"".join(records), address)

    def texts(self, name):
        found = self.turn(self.writes.get(name, [[]]), name, TXT)
        if not isinstance(found, list):
            return found
        values = [[text] if isinstance(text, str) else text for text in found]
        return [b"".join(bytes([len(p)]) + p.encode() for p in parts) for parts in values]

    def turn(self, answers, name, kind):
        turn = sum(1 for asked in self.asked if asked == (name, kind)) - 1
        return answers[min(turn, len(answers) - 1)]

    def addresses(self, name, kind):
        answer = self.turn(self.says.get(name, [[]]), name, kind)
        found = [ipaddress.ip_address(text) for text in answer]
        return [address.packed for address in found if address.version == KINDS.get(kind)]


def read_name(data):
    labels, at = [], 12
    while length := data[at]:
        labels.append(data[at + 1 : at + 1 + length].decode())
        at += length + 1
    return ".".join(labels).lower(), at + 1


@asynccontextmanager
async def naming() -> AsyncIterator[tuple[Names, DNSResolver]]:
    loop = asyncio.get_running_loop()
    transport, names = await loop.create_datagram_endpoint(Names, local_addr=("127.0.0.1", 0))
    port = transport.get_extra_info("sockname")[1]
    ours = {"udp_port": port, "tcp_port": port, "timeout": 1, "tries": 1, "lookups": "b"}
    async with DNSResolver(nameservers=["127.0.0.1"], **ours) as dns:
        yield names, dns
    transport.close()
