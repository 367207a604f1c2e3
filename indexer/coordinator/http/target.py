"""Which URLs may be asked, judged as they are written. Pure.

The form is so narrow that two readers cannot differ on it: plain ASCII, no userinfo, no escapes in
the host, and a host that is a name of the public DNS, never an address. Hosts that an operator
listed are excepted: http, the listed port, and whatever address they have.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urljoin

from yarl import URL

from indexer.coordinator.http.errors import Forbidden

Listed = frozenset[tuple[str, int]]

PORTS = {"http": 80, "https": 443}
MOST_CHARACTERS = 8000
FORM = re.compile(
    r"(?i:https?)://(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?(?:[/?#][!-\[\]-~]*)?"
)
LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
# A last label begins with a letter, or resolvers would read 127.1 and 0x7f000001 as addresses.
NAME = re.compile(rf"(?=.{{1,253}}\Z)(?:{LABEL}\.)+(?=[a-z]){LABEL}")
ENTRY = re.compile(r"([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::([0-9]{1,5}))?")
NO_PUBLIC_NAMES = frozenset(
    "alt arpa corp example home internal invalid lan local localdomain localhost onion test".split()
)


@dataclass(frozen=True, slots=True)
class Target:
    url: URL
    host: str
    listed: bool


def read_listed(entries: Iterable[str]) -> Listed:
    """Each `host` (at the ports of http and https) or `host:port`. Raises ValueError."""
    return frozenset(pair for entry in entries for pair in _read_entry(entry))


def read_target(text: str, listed: Listed) -> Target:
    """Raises `Forbidden`."""
    if len(text) > MOST_CHARACTERS or not FORM.fullmatch(text):
        raise Forbidden("?", "no plain http or https URL")
    try:
        url = URL(text)
        host, port = url.raw_host or "", url.port or 0
    except ValueError:
        raise Forbidden("?", "no URL") from None
    if (host, port) in listed:
        return Target(url, host, listed=True)
    if why := _why_forbidden(url.scheme, host, port):
        raise Forbidden(host, why)
    return Target(url, host, listed=False)


def redirected(target: Target, location: str, listed: Listed) -> Target:
    """Where an answer sends us. A stranger may not send us to a listed host: raises `Forbidden`."""
    if not re.fullmatch(r"[!-\[\]-~]{1,8000}", location):
        raise Forbidden(target.host, "redirects to no plain URL")
    try:
        text = urljoin(str(target.url), location)
    except ValueError:
        raise Forbidden(target.host, "redirects to no URL") from None
    following = read_target(text, listed)
    if following.listed and not target.listed:
        raise Forbidden(following.host, f"only we may name it, and {target.host} redirects to it")
    return following


def _why_forbidden(scheme: str, host: str, port: int) -> str | None:
    if scheme != "https":
        return "http is for the hosts in ALLOW_PRIVATE_HOSTS"
    if port != PORTS["https"]:
        return f"port {port} is not listed"
    if not NAME.fullmatch(host):
        return "no full name of a host"
    if host.rpartition(".")[2] in NO_PUBLIC_NAMES:
        return "no name of the public DNS"
    return None


def _read_entry(entry: str) -> Iterable[tuple[str, int]]:
    if not (found := ENTRY.fullmatch(entry)):
        raise ValueError(f"{entry!r} in ALLOW_PRIVATE_HOSTS is neither HOST nor HOST:PORT")
    host = URL(f"http://{found[1]}").raw_host or ""
    return [(host, int(found[2]))] if found[2] else [(host, port) for port in PORTS.values()]
