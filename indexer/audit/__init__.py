"""Compares what is derived and stored with the rows it was derived from, and mends what differs.

Every comparison is one statement: it sees one moment, in which counts and rows agree, since every
writer moves both in one transaction. So it may run while others write, and finds nothing on a
database that only we have written; but for the status of a user who was named for the first time
while opting out and being deleted at once. What is mended is compared again under the locks that
its writers take, in their order. Notices that are missing are not looked for: that a thread is
muted, or an inbox was forgotten, would explain them.
"""

from indexer.audit.auditing import Tally, audit
from indexer.audit.background import keep_auditing
from indexer.audit.parts import Sample, read_sample

__all__ = ["Sample", "Tally", "audit", "keep_auditing", "read_sample"]
