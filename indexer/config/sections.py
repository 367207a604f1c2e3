"""What can be set: a class a section, its keys with their types and variables."""

import os
from typing import Annotated, Literal

from msgspec import Meta, Struct

MOST_SHARDS = 256  # the partitions that DIDs are hashed into

Positive = Annotated[int, Meta(ge=1)]
Whole = Annotated[int, Meta(ge=0)]
Duration = Annotated[float, Meta(gt=0)]
Level = Literal["DEBUG", "INFO", "WARNING", "ERROR", "debug", "info", "warning", "error"]


def from_environment(name: str, *, secret: bool = False) -> Meta:
    return Meta(extra={"variable": name, "secret": secret})


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
    gather_ms: Annotated[float, Meta(ge=0)]
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


class Retention(Struct, frozen=True):
    days: Annotated[int, Meta(ge=0, le=36_500), from_environment("DATA_RETENTION_DAYS")]
    every_h: Duration


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
    signing_key: Annotated[str, from_environment("LABEL_SIGNING_KEY", secret=True)]
    host: Annotated[str, from_environment("LABEL_HOST")]
    port: Annotated[int, Meta(ge=0, le=65535), from_environment("LABEL_PORT")]
    token: Annotated[str, from_environment("LABEL_TOKEN", secret=True)]
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
    retention: Retention
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
