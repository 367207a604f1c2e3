"""One account's repository: its tree, its key, its signed commits."""

from collections.abc import Sequence
from hashlib import sha256
from typing import Any, NamedTuple

from coincurve import PrivateKey
from libipld import encode_dag_cbor

from load.encoding.mst import Tree, cid_of
from load.world import Write


class Commit(NamedTuple):
    cid: bytes
    rev: str
    since: str | None
    previous_data: bytes | None  # The root of the tree before, None for the first commit.
    ops: list[dict[str, Any]]
    blocks: dict[bytes, bytes]  # The commit's own first, then what proves the ops, then records.


class Repository:
    """Begins with a tree that no commit ever told of, as a rule an empty one."""

    def __init__(self, did: str, secret: bytes, tree: Tree | None = None) -> None:
        self.did = did
        self.key = PrivateKey(secret)
        self.tree = tree or Tree()
        self.head: Commit | None = None

    def commit(self, rev: str, writes: Sequence[Write]) -> Commit:
        before = self.head and self.tree.root.cid
        ops = [self._apply(write) for write in writes]
        nodes = self.tree.write() or {self.tree.root.cid: self.tree.root.block}
        for write in writes:
            nodes |= self.tree.proof(write.path.encode())
        block = self._signed(rev)
        cid = cid_of(block)
        records = {write.cid: write.block for write in writes if write.cid}
        blocks = {cid: block, **nodes, **records}
        since = self.head and self.head.rev
        self.head = Commit(cid, rev, since, before, ops, blocks)
        return self.head

    def resume(self, rev: str) -> None:
        """As if a commit that nobody saw had made the tree."""
        block = self._signed(rev)
        cid = cid_of(block)
        self.head = Commit(cid, rev, None, None, [], {cid: block})

    def _apply(self, write: Write) -> dict[str, Any]:
        key = write.path.encode()
        op: dict[str, Any] = {"action": write.action, "path": write.path, "cid": write.cid}
        if write.action != "create":
            op["prev"] = self.tree.get(key)
        if write.cid is None:
            self.tree = self.tree.remove(key)
        else:
            self.tree = self.tree.put(key, write.cid)
        return op

    def _signed(self, rev: str) -> bytes:
        root = self.tree.root.cid
        names = {"did": self.did, "rev": rev}  # which stand before the signature
        commit = encode_dag_cbor(names | {"version": 3, "data": root, "prev": None})
        return with_signature(commit, self._signature(commit), len(encode_dag_cbor(names)))

    def _signature(self, message: bytes) -> bytes:
        """r and s; libsecp256k1 makes the low s that the protocol demands."""
        return self.key.sign_recoverable(message)[:64]


def with_signature(commit: bytes, signature: bytes, at: int) -> bytes:
    """Written by hand: libipld takes bytes for a CID when they happen to look like one."""
    head = bytes((commit[0] + 1,))
    return head + commit[1:at] + b"\x63sig\x58\x40" + signature + commit[at:]


def secret_of(seed: int, did: str) -> bytes:
    return sha256(f"key of {did} in world {seed}".encode()).digest()
