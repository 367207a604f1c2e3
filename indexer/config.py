"""The settings: built once, frozen, handed down in parts.

Defaults stand in `config/indexer.toml` alone, each with its sentence. Over them go the file named
by INDEXER_CONFIG, then the variables named here. A key nobody knows, or a value of the wrong type,
is an error that names it and where it stands.
"""

import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple, get_args, get_type_hints

import msgspec
from msgspec import Meta, Struct

SHIPPED = Path(__file__).parents[1] / "config" / "indexer.toml"
OBSOLETE = (
    "REDIS_URL",
    "REDIS_STREAM_KEY",
    "REDIS_CONSUMER_GROUP",
    "REDIS_MAX_STREAM_LEN",
    "DATA_RETENTION_DAYS",
    "BACKFILL_DAYS",
)

MOST_SHARDS = 256  # the partitions that DIDs are hashed into

Positive = Annotated[int, Meta(ge=1)]
Whole = Annotated[int, Meta(ge=0)]
Duration = Annotated[float, Meta(gt=0)]
Level = Literal["DEBUG", "INFO", "WARNING", "ERROR", "debug", "info", "warning", "error"]


class ConfigError(ValueError):
    """A setting that cannot be; the text names the key, where it stands and its value."""


def from_environment(name: str) -> Meta:
    return Meta(extra={"variable": name})


class Database(Struct, frozen=True):
    url: Annotated[str, from_environment("DATABASE_URL")]
    pool_size: Annotated[Positive, from_environment("DB_POOL_SIZE")]
    data_dir: Annotated[str, from_environment("DATA_DIR")]


class Relay(Struct, frozen=True):
    url: Annotated[str, from_environment("RELAY_URL")]
    start_cursor: Annotated[Whole | Literal["live"], from_environment("START_CURSOR")]
    idle_timeout_s: Duration
    backoff_first_s: Duration
    backoff_max_s: Duration
    max_frame_bytes: Positive
    gap_after_s: Duration


class Shards(Struct, frozen=True):
    count: Annotated[int, Meta(ge=0, le=MOST_SHARDS), from_environment("SHARDS")]
    queue_batches: Positive
    batch_frames: Positive
    batch_bytes: Positive
    batch_delay_ms: Duration
    unacked_frames: Positive
    unacked_bytes: Positive
    hung_after_s: Duration
    drain_s: Duration

    def total(self) -> int:
        """How many shards there are: as set, else one for each core that we may use."""
        return self.count or min(MOST_SHARDS, len(os.sched_getaffinity(0)))


class Writer(Struct, frozen=True):
    batch_events: Positive
    user_creations: Annotated[Positive, from_environment("MAX_CONCURRENT_USER_CREATIONS")]
    verify_signatures: bool
    verify_trees: bool


class Cursor(Struct, frozen=True):
    save_every_s: Duration


class Pending(Struct, frozen=True):
    ttl_h: Annotated[Duration, from_environment("PENDING_TTL")]
    max: Annotated[Whole, from_environment("PENDING_MAX")]
    fetch_posts: Annotated[bool, from_environment("FETCH_POSTS")]
    sweep_every_s: Duration
    delete_grace_h: Annotated[Duration, from_environment("DELETE_GRACE")]


class Services(Struct, frozen=True):
    plc_url: Annotated[str, from_environment("PLC_URL")]
    skip_pds_fetching: Annotated[bool, from_environment("SKIP_PDS_FETCHING")]
    labelers: Annotated[tuple[str, ...], from_environment("LABELERS")]
    allow_private_hosts: Annotated[tuple[str, ...], from_environment("ALLOW_PRIVATE_HOSTS")]


class Resolver(Struct, frozen=True):
    development: bool
    cache_entries: Positive
    cache_h: Duration
    negative_s: Duration
    renew_h: Duration
    renewals_per_minute: Positive


class Http(Struct, frozen=True):
    at_once: Positive
    at_once_per_host: Positive
    try_s: Duration
    retries: Whole
    redirects: Whole
    backoff_first_s: Duration
    backoff_max_s: Duration
    dns_servers: tuple[str, ...]
    rest_after: Positive
    rest_s: Duration


class Labels(Struct, frozen=True):
    did: Annotated[str, from_environment("LABEL_DID")]
    signing_key: Annotated[str, from_environment("LABEL_SIGNING_KEY")]
    host: Annotated[str, from_environment("LABEL_HOST")]
    port: Annotated[int, Meta(ge=0, le=65535), from_environment("LABEL_PORT")]
    token: Annotated[str, from_environment("LABEL_TOKEN")]
    most_subscribers: Positive
    send_s: Duration
    keep_events_d: Annotated[float, Meta(ge=0)]
    backoff_first_s: Duration
    backoff_max_s: Duration

    def __repr__(self) -> str:
        """Without its secrets, wherever a config is shown."""
        return f"Labels(did={self.did!r}, host={self.host!r}, port={self.port!r}, …)"


class Repos(Struct, frozen=True):
    at_once: Positive
    at_once_per_host: Positive
    max_bytes: Positive
    within_s: Duration
    attempts: Positive
    backoff_first_s: Duration
    backoff_max_s: Duration
    lease_s: Duration
    stall_s: Duration
    look_every_s: Duration
    mirror: str
    queued: Positive


class Fetcher(Struct, frozen=True):
    at_once: Positive
    at_once_per_host: Positive
    per_host_per_s: Duration
    retries: Whole
    max_bytes: Positive
    look_every_s: Duration
    lease_s: Duration
    backoff_first_s: Duration
    backoff_max_s: Duration


class Audit(Struct, frozen=True):
    every_h: Annotated[float, Meta(ge=0)]
    sample: Whole
    rows_at_once: Positive
    pause_ms: Duration
    repair: bool


class Metrics(Struct, frozen=True):
    port: Annotated[int, Meta(ge=0, le=65535), from_environment("METRICS_PORT")]
    host: Annotated[str, from_environment("METRICS_HOST")]


class Log(Struct, frozen=True):
    level: Annotated[Level, from_environment("LOG_LEVEL")]
    every_s: Duration


class Config(Struct, frozen=True):
    database: Database
    relay: Relay
    shards: Shards
    writer: Writer
    cursor: Cursor
    pending: Pending
    services: Services
    resolver: Resolver
    http: Http
    labels: Labels
    repos: Repos
    fetcher: Fetcher
    audit: Audit
    metrics: Metrics
    log: Log


def pool_size(config: Config) -> int:
    """Of one child: the parent and those who look on need some, too."""
    return max(1, config.database.pool_size // (config.shards.total() + 2))


class Setting(NamedTuple):
    """One key: the type of its value and the variable that sets it, if one does."""

    type: Any
    variable: str | None


class Given(NamedTuple):
    """A value as it was found, and where."""

    value: Any
    origin: str


def load(environ: Mapping[str, str] = os.environ) -> Config:
    """What the files and the environment say together. Raises `ConfigError`."""
    known = settings()
    given = dict(_from_file(SHIPPED))
    if own := environ.get("INDEXER_CONFIG"):
        given |= _from_file(Path(own))
    given |= _from_environment(environ, known)
    values: dict[str, dict[str, Any]] = {}
    for key, found in given.items():
        if key not in known:
            raise ConfigError(f"unknown key {key} = {_shown(key, found.value)} in {found.origin}")
        section, _, name = key.partition(".")
        values.setdefault(section, {})[name] = _converted(key, known[key].type, found)
    sections = get_type_hints(Config)
    return Config(**{name: sections[name](**keys) for name, keys in values.items()})


def settings() -> dict[str, Setting]:
    """Every key there is, as `section.name`."""
    return {
        f"{section}.{name}": Setting(kind, _variable(kind))
        for section, struct in get_type_hints(Config).items()
        for name, kind in get_type_hints(struct, include_extras=True).items()
    }


def obsolete(environ: Mapping[str, str] = os.environ) -> list[str]:
    """The variables of the older system that are set and have no meaning here."""
    return [name for name in OBSOLETE if environ.get(name)]


def _variable(kind: Any) -> str | None:
    extras = [meta.extra for meta in get_args(kind) if isinstance(meta, Meta) and meta.extra]
    return str(extras[0]["variable"]) if extras else None


def _from_file(path: Path) -> dict[str, Given]:
    try:
        sections = tomllib.loads(path.read_text())
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(f"{path} cannot be read: {error}") from error
    return {key: Given(value, str(path)) for key, value in _flat(sections)}


def _flat(sections: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for section, keys in sections.items():
        if isinstance(keys, dict):
            yield from ((f"{section}.{name}", value) for name, value in keys.items())
        else:
            yield section, keys


def _from_environment(
    environ: Mapping[str, str], known: Mapping[str, Setting]
) -> Iterator[tuple[str, Given]]:
    """An empty variable is one that is not set."""
    for key, setting in known.items():
        if setting.variable and (text := environ.get(setting.variable)):
            is_list = tuple[str, ...] in get_args(setting.type)
            value = [part.strip() for part in text.split(",")] if is_list else text
            yield key, Given(value, f"the variable {setting.variable}")


def _converted(key: str, kind: Any, found: Given) -> Any:
    """Variables are text, which a number or a truth value is read from; files have types."""
    from_text = found.origin.startswith("the variable")
    try:
        return msgspec.convert(found.value, kind, strict=not from_text)
    except msgspec.ValidationError as error:
        said = f"{key} = {_shown(key, found.value)} in {found.origin}: {error}"
        raise ConfigError(said) from None


def _shown(key: str, value: Any) -> str:
    """Without what may be a secret, also under a misspelt name; without the password in a URL."""
    if key.startswith("labels.") and not isinstance(value, float | bool):
        return "***"
    return re.sub(r"://.*@", "://***@", repr(value))
