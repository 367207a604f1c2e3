"""What RELAY_URL may say, and what it means."""

import re
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit, urlunsplit

PATH = "/xrpc/com.atproto.sync.subscribeRepos"
PORTS = {"ws": 80, "wss": 443}
SCHEMES = {"ws": "ws", "wss": "wss", "http": "ws", "https": "wss"}


class Address(NamedTuple):
    """`service` names the source in the database: host and path, or the file. A seq means nothing
    at another host or endpoint."""

    service: str
    url: str | None
    file: Path | None


def read_address(text: str) -> Address:
    """A bare host, a ws/wss URL, one with the full path, or file:PATH. Raises ValueError."""
    text = text.strip()
    if text.startswith("file:"):
        return _file(text)
    if "://" not in text:
        text = f"wss://{text}"
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError as error:
        raise ValueError(f"RELAY_URL {text!r} cannot be read: {error}") from None
    scheme = SCHEMES.get(parts.scheme)
    if scheme is None or not parts.hostname or parts.username or parts.password:
        raise ValueError(f"RELAY_URL {_hidden(text)!r} is not HOST, wss://HOST[:PORT] or file:PATH")
    path = parts.path.rstrip("/")
    if not path.endswith(PATH):
        path += PATH
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    if port is not None and port != PORTS[scheme]:
        host = f"{host}:{port}"
    return Address(host + path, urlunsplit((scheme, host, path, parts.query, "")), None)


def _file(text: str) -> Address:
    path = Path(re.sub("^file:(//)?", "", text)).expanduser().absolute()
    return Address(f"file:{path}", None, path)


def _hidden(text: str) -> str:
    return re.sub("//.*@", "//…@", text)
