"""A world's past in a database, and the stream that goes on from there.

The past is played without frames. Its rows are made by the indexer's own declarations and go in by
COPY; duplicates, counts, verdicts and notices are made of the rows, all at once. What the stream
tells then is the same world: it likes, answers, edits and deletes what is in the database.
"""

from load.past.fill import fill
from load.past.plan import Plan, begun
from load.past.stream import frames, generate

__all__ = ["Plan", "begun", "fill", "frames", "generate"]
