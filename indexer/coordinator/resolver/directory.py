"""The directory of did:plc as it is configured: an operator named it, so it may be reached."""

from urllib.parse import urlsplit

from indexer.config import Config, ConfigError
from indexer.coordinator.http import Forbidden
from indexer.coordinator.http.target import PORTS, read_target

NONE_LISTED: frozenset[tuple[str, int]] = frozenset()


def allowed_hosts(config: Config) -> list[str]:
    """What the client is to be opened with as private hosts: those that were listed, and the
    directory's if strangers' URLs may not look like it: http, another port, no public name. (One of
    a public name at a private address has to be listed.) Raises `ConfigError`."""
    plc_url = config.services.plc_url
    listed = list(config.services.allow_private_hosts)
    try:
        read_target(plc_url, NONE_LISTED)
    except Forbidden:
        listed.append(_address(plc_url))
    return listed


def host_of(plc_url: str) -> str:
    return urlsplit(plc_url).hostname or ""


def _address(plc_url: str) -> str:
    try:
        parts = urlsplit(plc_url)
        host, port = parts.hostname or "", parts.port or PORTS[parts.scheme]
    except (ValueError, KeyError):
        host, port = "", 0
    if not host or parts.username is not None:
        raise ConfigError(f"services.plc_url = {plc_url!r} is no http:// or https:// URL of a host")
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
