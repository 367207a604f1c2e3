"""A machine that tries to break the indexer: one stream, indexed in peace and under fire.

The same stream goes twice through the real processes, each time into a PostgreSQL of its own. The
first time nothing happens. The second time a killer ends a random process every second or so,
PostgreSQL's included, and every start has another number of shards. In the end all tables of the
two databases have to say the same, but for what `load.snapshot` leaves out.
"""

from load.chaos.stage import Plan, chaos

__all__ = ["Plan", "chaos"]
