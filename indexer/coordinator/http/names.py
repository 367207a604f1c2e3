"""Whom names are asked of."""

from collections.abc import Sequence
from urllib.parse import urlsplit

from aiodns import DNSResolver

PORT = 53


def resolver(servers: Sequence[str]) -> DNSResolver:
    """Of these name servers, `address` or `address:port` with one port for all of them; of the
    system's when there are none. Raises ValueError."""
    if not servers:
        return DNSResolver()
    places = [urlsplit(f"//{server}") for server in servers]
    ports = {place.port or PORT for place in places}
    if len(ports) > 1:
        raise ValueError(f"name servers at several ports: {', '.join(servers)}")
    port = ports.pop()
    addresses = [place.hostname or "" for place in places]
    return DNSResolver(nameservers=addresses, udp_port=port, tcp_port=port)
