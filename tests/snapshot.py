"""What the database says, as the load harness compares it."""

from load.snapshot import TABLES, Snapshot, difference, snapshot

__all__ = ["TABLES", "Snapshot", "difference", "snapshot"]
