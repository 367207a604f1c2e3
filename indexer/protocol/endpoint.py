"""Where a service is, as a DID document says it: `https://host` or `https://host:port`.

A path, a query, a user's name: refused, and so are addresses of IPv6. Whether one may connect there
is for the client to judge that sees the address.
"""

import re
from functools import lru_cache

MOST_CHARACTERS = 300  # a host name has at most 253

_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_ENDPOINT = re.compile(
    rf"(?P<scheme>https?)://(?P<host>{_LABEL}(?:\.{_LABEL})*)(?::(?P<port>[0-9]{{1,5}}))?/?"
)
_USUAL = {"https": 443, "http": 80}


def parse_endpoint(text: object) -> str | None:
    """In lower case, without the port that goes without saying. None for what is no endpoint."""
    if isinstance(text, str) and len(text) <= MOST_CHARACTERS:
        return _parse(text)
    return None


@lru_cache(maxsize=4096)  # Few hosts have nearly all accounts.
def _parse(text: str) -> str | None:
    if not text.isascii() or not (found := _ENDPOINT.fullmatch(text.lower())):
        return None
    scheme, host = found["scheme"], found["host"]
    port = int(found["port"] or _USUAL[scheme])
    if len(host) > 253 or not 0 < port < 1 << 16:
        return None
    return f"{scheme}://{host}" if port == _USUAL[scheme] else f"{scheme}://{host}:{port}"
