"""The settings: built once, frozen, handed down in parts.

Defaults stand in `config/indexer.toml` alone, each with its sentence. Over them go the file named
by INDEXER_CONFIG, then the variables that `sections` names.
"""

from indexer.config.explaining import Explained, explain
from indexer.config.loading import SHIPPED, ConfigError, load, obsolete, settings
from indexer.config.sections import (
    Audit,
    Config,
    Cursor,
    Database,
    Fetcher,
    Http,
    Labels,
    Log,
    Metrics,
    Pending,
    Relay,
    Repos,
    Resolver,
    Retention,
    Services,
    Shards,
    Writer,
    pool_size,
)

__all__ = [
    "SHIPPED",
    "Audit",
    "Config",
    "ConfigError",
    "Cursor",
    "Database",
    "Explained",
    "Fetcher",
    "Http",
    "Labels",
    "Log",
    "Metrics",
    "Pending",
    "Relay",
    "Repos",
    "Resolver",
    "Retention",
    "Services",
    "Shards",
    "Writer",
    "explain",
    "load",
    "obsolete",
    "pool_size",
    "settings",
]
