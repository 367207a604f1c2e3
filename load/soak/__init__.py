"""The indexer for an hour, against hosts that misbehave.

A world is made, of whose firehose the indexer hears the second half only. What that rests on is
fetched, more is asked for as long as it lasts, and the world goes on. Then every host is honest
again, and everything that was ever asked for has to be accounted for.
"""

from load.soak.plan import Plan
from load.soak.stage import soak

__all__ = ["Plan", "soak"]
