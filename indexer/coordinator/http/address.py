"""Which addresses are public. Pure.

`ipaddress.is_global` lets multicast, 6to4 and NAT64 through and differs between versions of Python,
so the registries of special addresses stand here. Of IPv6 only global unicast passes, which leaves
out every form that wraps an IPv4 address but two: 6to4 and Teredo, listed, and ISATAP, below.
"""

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network

GLOBAL_UNICAST = IPv6Network("2000::/3")
SPECIAL = {
    ip_network(network): name
    for network, name in (
        ("0.0.0.0/8", "this network"),
        ("10.0.0.0/8", "private"),
        ("100.64.0.0/10", "carrier-grade NAT"),
        ("127.0.0.0/8", "loopback"),
        ("168.63.129.16/32", "a cloud's inner service"),
        ("169.254.0.0/16", "link-local"),
        ("172.16.0.0/12", "private"),
        ("192.0.0.0/24", "protocol assignments"),
        ("192.0.2.0/24", "documentation"),
        ("192.31.196.0/24", "AS112"),
        ("192.52.193.0/24", "AMT"),
        ("192.88.99.0/24", "6to4 relay"),
        ("192.168.0.0/16", "private"),
        ("192.175.48.0/24", "AS112"),
        ("198.18.0.0/15", "benchmarking"),
        ("198.51.100.0/24", "documentation"),
        ("203.0.113.0/24", "documentation"),
        ("224.0.0.0/4", "multicast"),
        ("240.0.0.0/4", "reserved or broadcast"),
        ("2001::/23", "protocol assignments, Teredo among them"),
        ("2001:db8::/32", "documentation"),
        ("2002::/16", "6to4"),
        ("2620:4f:8000::/48", "AS112"),
        ("3ffe::/16", "6bone"),
        ("3fff::/20", "documentation"),
    )
}
ISATAP = {0x00005EFE, 0x02005EFE}  # the third quarter of an address; the last is IPv4


def why_not_public(text: str) -> str | None:
    """None for an address that anybody on the Internet could mean by it."""
    try:
        address = ip_address(text)
    except ValueError:
        return "no address"
    if isinstance(address, IPv6Address) and (why := _odd_form(address)):
        return why
    return next((name for network, name in SPECIAL.items() if _within(address, network)), None)


def _odd_form(address: IPv6Address) -> str | None:
    if address.scope_id is not None:
        return "bound to an interface"
    if address not in GLOBAL_UNICAST:
        return "no global unicast"
    return "ISATAP" if int(address) >> 32 & 0xFFFFFFFF in ISATAP else None


def _within(address: IPv4Address | IPv6Address, network: object) -> bool:
    return address in network  # type: ignore[operator]
