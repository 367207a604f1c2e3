"""Repositories, most of them put away: memory holds those that were written to last."""

import marshal
import sqlite3
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from load.encoding.mst import Child, Node, Stub, Tree
from load.encoding.repository import Commit, Repository

AT_HAND = 4096
Make = Callable[[str], Repository]


class Shelf:
    """By DID. One that was never taken is made; `bare` gives one that nothing befell yet. What
    is put away lies in a file without a name, which goes when this goes."""

    def __init__(self, make: Make, bare: Make, at_hand: int = AT_HAND) -> None:
        self._make = make
        self._bare = bare
        self._most = at_hand
        self._at_hand: OrderedDict[str, Repository] = OrderedDict()
        self._file = sqlite3.connect("", isolation_level=None)
        self._file.execute("PRAGMA journal_mode = OFF")
        self._file.execute("CREATE TABLE away (did TEXT PRIMARY KEY, packed BLOB)")
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
        repository = self._bare(did)
        head, height, root = marshal.loads(packed)
        repository.head = head and Commit(*head)
        repository.tree = Tree(_node(root), height)
        return repository

    def _put_away(self, did: str, repository: Repository) -> None:
        head = repository.head
        if head is not None:
            head = head._replace(ops=[], blocks={head.cid: head.blocks[head.cid]})
        tree = repository.tree
        packed = marshal.dumps((head and tuple(head), tree.height, _plain(tree.root)), 2)
        self._away.add(did)
        self._file.execute("INSERT OR REPLACE INTO away VALUES (?, ?)", (did, packed))


def _plain(child: Child) -> Any:
    """What takes a tenth of the time to write and read that objects take."""
    if isinstance(child, Node):
        below = tuple(map(_plain, child.children))
        return child.keys, child.values, below, child.cid, child.block
    return child and child.cid


def _node(plain: Any) -> Node:
    keys, values, below, cid, block = plain
    return Node(keys, values, tuple(map(_child, below)), cid, block)


def _child(plain: Any) -> Child:
    if isinstance(plain, bytes):
        return Stub(plain)
    return plain and _node(plain)
