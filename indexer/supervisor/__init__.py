"""Starts, watches, replaces and ends the processes."""

from indexer.parent.source import Broken
from indexer.supervisor.program import Supervisor

__all__ = ["Broken", "Supervisor"]
