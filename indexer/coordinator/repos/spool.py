"""A repo as it is at its PDS, and as it is stored: on disk, in a database without a name that goes
with its connection. Memory is bounded, however large the repo.

Every call may take long and is for a thread, one at a time.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from indexer.protocol.syntax import cid_text, is_nsid, is_rkey

CACHE_KIB = 4096
SETUP = f"""
    PRAGMA journal_mode = OFF;
    PRAGMA synchronous = OFF;
    PRAGMA locking_mode = EXCLUSIVE;
    PRAGMA temp_store = FILE;
    PRAGMA cache_size = -{CACHE_KIB};
    CREATE TABLE blocks (cid BLOB PRIMARY KEY, block BLOB NOT NULL);
    CREATE TABLE theirs (path TEXT PRIMARY KEY, cid BLOB NOT NULL, version TEXT NOT NULL)
        WITHOUT ROWID;
    CREATE TABLE ours (path TEXT PRIMARY KEY, version TEXT) WITHOUT ROWID;
    BEGIN;
"""
MISSING = """
    SELECT path FROM theirs
    WHERE NOT EXISTS (SELECT 1 FROM blocks WHERE blocks.cid = theirs.cid) LIMIT 1
"""
DIFFERENCES = """
    SELECT path, theirs.cid, block, ours.path IS NOT NULL
    FROM theirs LEFT JOIN ours USING (path) JOIN blocks ON blocks.cid = theirs.cid
    WHERE ours.version IS NOT theirs.version
    UNION ALL
    SELECT path, NULL, x'', true FROM ours
    WHERE NOT EXISTS (SELECT 1 FROM theirs WHERE theirs.path = ours.path)
    ORDER BY 1
"""
COUNT = "SELECT (SELECT count(*) FROM theirs), (SELECT count(*) FROM ours)"


class Change(NamedTuple):
    path: str  # collection/rkey
    cid: bytes | None  # None: it is not in the repo
    block: bytes
    stored: bool  # in another version


class Spool:
    def __init__(self) -> None:
        self._db = sqlite3.connect("", check_same_thread=False, isolation_level=None)
        self._db.executescript(SETUP)

    def close(self) -> None:
        self._db.close()

    def add_blocks(self, blocks: Iterable[tuple[bytes, bytes]]) -> None:
        self._db.executemany("INSERT OR IGNORE INTO blocks VALUES (?, ?)", blocks)

    def block(self, cid: bytes) -> bytes | None:
        row = self._db.execute("SELECT block FROM blocks WHERE cid = ?", (cid,)).fetchone()
        return row and bytes(row[0])

    def add_theirs(self, entries: Iterable[tuple[str, bytes]]) -> None:
        """What stands in the tree. Where no record can stand there is nothing to store."""
        self._db.executemany(
            "INSERT INTO theirs VALUES (?, ?, ?)",
            ((path, cid, cid_text(cid)) for path, cid in entries if is_path(path)),
        )

    def add_ours(self, records: Iterable[tuple[str, str | None]]) -> None:
        self._db.executemany(
            "INSERT OR REPLACE INTO ours VALUES (?, ?)",
            ((path, version) for path, version in records if is_path(path)),
        )

    def missing(self) -> str | None:
        """The path of a record that is in the tree and not among the blocks."""
        row = self._db.execute(MISSING).fetchone()
        return row and str(row[0])

    def counts(self) -> tuple[int, int]:
        """Of records there, and of those stored."""
        theirs, ours = self._db.execute(COUNT).fetchone()
        return theirs, ours

    def changes(self) -> Iterator[Change]:
        """By path."""
        for path, cid, block, stored in self._db.execute(DIFFERENCES):
            yield Change(path, cid, block, bool(stored))


def is_path(path: str) -> bool:
    collection, _, rkey = path.partition("/")
    return is_nsid(collection) and is_rkey(rkey)
