"""What PostgreSQL itself can do with the same rows: a bare loop, nothing of ours, writes them.

What a run of the indexer added to the past, or changed in it, is taken out of its database and
written again into a fresh copy of the past: the same rows into the same tables with the same
indexes, as fast as they are taken.

It does this:
- Rows are those whose last version a transaction of the run wrote, in the order of those
  transactions.
- They are cut into parts of about 5,000 operations' rows. Each part is one transaction, over all
  tables, with `synchronous_commit = off`.
- Counters, and repos for their revision, are written in each part that has a row which counts, or
  is of that repo: once a part, with what they are in the end.
- Rows that the past does not have go in by binary COPY. Those that it has (counters, repos, users)
  by binary COPY into a temporary table and one INSERT … ON CONFLICT DO UPDATE.
- One, two and four connections write parts side by side; the best counts. Its operations a second
  are those of the stream, over the time from the first part to the last commit.

It does less than the indexer has to, so the ratio is never better than it should be:
- Any other row is written once, with what it is in the end, also one that was changed often; and
  parts are five times as large as the indexer's transactions, so counters are written less often.
- Nothing is deleted: neither old rows that the run deleted, nor those it wrote and deleted again.
  Where one of the former is in the way of a unique constraint the new row is left out, and counted.
- Nothing is read: no gate, no look for what is answered. No triggers.
"""

from load.bench.ceiling.measure import ceiling

__all__ = ["ceiling"]
