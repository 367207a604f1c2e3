"""How fast the indexer is, and how fast PostgreSQL lets it be, measured in the same run.

A run is the real program reading a capture, from a file as fast as it can or from a relay of ours
at a rate, into a copy of a database that has a past. What it wrote is then written once more by a
bare loop (`load.bench.ceiling`); the ratio of the two is the figure that counts, for it does not
depend on the machine. All figures go into a JSON file, and a page of plots beside it.
"""

from load.bench.bench import bench
from load.bench.compare import compare
from load.bench.plan import Plan, World

__all__ = ["Plan", "World", "bench", "compare"]
