"""An embedded PostgreSQL for those who run none: its programs, its data, its process."""

from indexer.postgres.binaries import NoPostgres
from indexer.postgres.binaries import find as find_binaries
from indexer.postgres.server import Server, running, running_url

__all__ = ["NoPostgres", "Server", "find_binaries", "running", "running_url"]
