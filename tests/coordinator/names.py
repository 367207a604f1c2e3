"""A DNS server on loopback, that says what a test wants, and another thing the next time."""

import asyncio
import ipaddress
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiodns import DNSResolver

KINDS = {1: 4, 28: 6}  # A, AAAA and the version of their addresses


class Names(asyncio.DatagramProtocol):
    """`says[name]` holds the answers, each a list of addresses; the last is given for ever."""

    def __init__(self):
        self.says = {}
        self.asked = []

    def connection_made(self, transport):
        self.transport = transport

    def datagram_received(self, data, address):
        name, end = read_name(data)
        (kind,) = struct.unpack_from(">H", data, end)
        self.asked.append((name, kind))
        records = [
            b"\xc0\x0c" + struct.pack(">HHIH", kind, 1, 0, len(packed)) + packed
            for packed in self.addresses(name, kind)
        ]
        flags = 0x8180 if name in self.says else 0x8183
        head = data[:2] + struct.pack(">HHHHH", flags, 1, len(records), 0, 0)
        self.transport.sendto(head + data[12 : end + 4] + b"".join(records), address)

    def addresses(self, name, kind):
        answers = self.says.get(name, [[]])
        turn = sum(1 for asked in self.asked if asked == (name, kind)) - 1
        found = [ipaddress.ip_address(text) for text in answers[min(turn, len(answers) - 1)]]
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
