"""One account's repository, of now and before: what a PDS gives of it."""

from typing import NamedTuple

from indexer.protocol.car import read_car
from indexer.protocol.proof import read_head
from indexer.protocol.tree import prove, walk
from load.encoding.frames import car
from load.encoding.mst import Tree


class Commit(NamedTuple):
    cid: bytes
    rev: str
    data: bytes  # the root CID of the tree


class Record(NamedTuple):
    cid: bytes
    block: bytes


class Repo:
    """Nothing is forgotten. `back` is how many commits ago: 0 is the newest."""

    def __init__(self, did: str) -> None:
        self._did = did
        self._blocks = Tree().write()  # which no frame brings: that of a repo with nothing in it
        self._commits: list[Commit] = []
        self._whole: tuple[bytes, bytes] = (b"", b"")  # the newest commit, and its CAR

    def __len__(self) -> int:
        """How many commits there are."""
        return len(self._commits)

    def add(self, blocks_car: bytes) -> None:
        """A whole repo, or what a commit brings. Its root is the newest commit from now on."""
        roots, blocks = read_car(blocks_car)
        self._blocks |= blocks
        head = read_head(blocks[roots[0]], self._did)
        commit = Commit(roots[0], head.rev, head.data)
        if self._commits[-1:] != [commit]:
            self._commits.append(commit)

    def commit(self, back: int = 0) -> Commit:
        return self._commits[max(-1 - back, -len(self._commits))]

    def car(self, back: int = 0) -> bytes:
        """All of it."""
        commit = self.commit(back)
        if self._whole[0] == commit.cid:
            return self._whole[1]
        nodes: list[bytes] = [commit.cid]
        records = [cid for _, cid in walk(commit.data, self._noting(nodes))]
        whole = self._cut(nodes + records)
        if not back:
            self._whole = (commit.cid, whole)
        return whole

    def proof(self, path: str, back: int = 0) -> bytes:
        """A CAR of the commit, the way to `collection/rkey`, and the record if there is one."""
        commit = self.commit(back)
        cids: list[bytes] = [commit.cid]
        found = prove(commit.data, path, self._noting(cids))
        return self._cut(cids + ([found] if found else []))

    def record(self, path: str, back: int = 0) -> Record | None:
        cid = prove(self.commit(back).data, path, self._blocks.get)
        return Record(cid, self._blocks[cid]) if cid else None

    def paths(self, back: int = 0) -> list[str]:
        return [path for path, _ in walk(self.commit(back).data, self._blocks.get)]

    def _noting(self, cids: list[bytes]) -> "Noting":
        return Noting(self._blocks, cids)

    def _cut(self, cids: list[bytes]) -> bytes:
        return car(cids[0], {cid: self._blocks[cid] for cid in cids})


class Noting:
    """Gives blocks, and notes which: those are what shows the way."""

    def __init__(self, blocks: dict[bytes, bytes], cids: list[bytes]) -> None:
        self._blocks = blocks
        self._cids = cids

    def __call__(self, cid: bytes) -> bytes | None:
        self._cids.append(cid)
        return self._blocks.get(cid)
