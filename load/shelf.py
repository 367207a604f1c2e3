"""Repositories, most of them put away: memory holds those that were written to last."""

import pickle
import sqlite3
from collections import OrderedDict
from collections.abc import Callable

from load.repository import Repository

AT_HAND = 4096
Make = Callable[[str], Repository]


class Shelf:
    """By DID. One that was never taken is made. What is put away lies in a file without a name,
    which goes when this goes."""

    def __init__(self, make: Make, at_hand: int = AT_HAND) -> None:
        self._make = make
        self._most = at_hand
        self._at_hand: OrderedDict[str, Repository] = OrderedDict()
        self._file = sqlite3.connect("", isolation_level=None)
        self._file.execute("PRAGMA journal_mode = OFF")
        self._file.execute("CREATE TABLE away (did TEXT PRIMARY KEY, packed BLOB) WITHOUT ROWID")
        self._away: set[str] = set()

    def take(self, did: str) -> Repository:
        found = self._at_hand.get(did)
        if found is not None:
            self._at_hand.move_to_end(did)
            return found
        found = self._fetched(did) if did in self._away else self._make(did)
        self._at_hand[did] = found
        if len(self._at_hand) > self._most:
            self._put_away(*self._at_hand.popitem(last=False))
        return found

    def drop(self, did: str) -> None:
        self._at_hand.pop(did, None)
        if did in self._away:
            self._away.discard(did)
            self._file.execute("DELETE FROM away WHERE did = ?", (did,))

    def _fetched(self, did: str) -> Repository:
        ((packed,),) = self._file.execute("SELECT packed FROM away WHERE did = ?", (did,))
        repository = self._make(did)
        repository.head, repository.tree = pickle.loads(packed)
        return repository

    def _put_away(self, did: str, repository: Repository) -> None:
        head = repository.head
        if head is not None:
            head = head._replace(ops=[], blocks={head.cid: head.blocks[head.cid]})
        packed = pickle.dumps((head, repository.tree), pickle.HIGHEST_PROTOCOL)
        self._away.add(did)
        self._file.execute("INSERT OR REPLACE INTO away VALUES (?, ?)", (did, packed))
