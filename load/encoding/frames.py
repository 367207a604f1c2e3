"""Happenings into frames, byte for byte as a relay sends them."""

from collections.abc import Mapping
from typing import Any

from libipld import encode_dag_cbor, encode_multibase

from indexer.protocol.syntax import make_tid
from load.encoding.border import Border
from load.encoding.history import history
from load.encoding.mst import Tree
from load.encoding.repository import Commit, Repository, secret_of
from load.encoding.shelf import AT_HAND, Shelf
from load.world import Happening
from load.world.times import iso, rev_of

PDS = "https://pds.test"


class Encoder:
    """Holds every repository of a world, and gives numbers: one frame for each happening.

    `records` is how many an account has from before it joined, of which nobody hears. `border` is
    where the frames begin, when it is not with the world.
    """

    def __init__(
        self, seed: int, records: int = 0, border: Border | None = None, at_hand: int = AT_HAND
    ) -> None:
        self._border = border or Border()
        self.seq = self._border.happenings
        self._seed = seed
        self._records = records
        self.repositories = Shelf(self.begun, self.bare, at_hand)
        self._handles: dict[str, str] = {}

    def encode(self, happening: Happening) -> bytes:
        self.seq += 1
        self._handles[happening.did] = happening.handle
        match happening.kind:
            case "commit":
                body = self._commit(happening)
            case "sync":
                body = self._sync(happening)
            case "identity":
                body = {"did": happening.did, "handle": happening.handle}
            case "account":
                body = self._account(happening)
        body["seq"] = self.seq
        body["time"] = iso(happening.time_us)
        return _HEADERS[happening.kind] + encode_dag_cbor(body)

    def begun(self, did: str) -> Repository:
        tree = history(did, self._records) if self._records else Tree()
        standing = self._border.standing.get(did)
        if standing is not None:
            for path, cid in sorted(standing.paths.items()):
                tree = tree.put(path.encode(), cid)
        if self._records or standing:
            tree.write()  # No commit is going to tell of it.
        repository = self.bare(did, tree)
        if standing is not None:
            repository.resume(standing.rev)
        return repository

    def bare(self, did: str, tree: Tree | None = None) -> Repository:
        return Repository(did, secret_of(self._seed, did), tree)

    def surprise(self, after: Happening) -> bytes:
        """A #sync to a commit behind this one, of which there is no frame."""
        self.repositories.take(after.did).commit(make_tid(after.time_us, 1), ())
        return self.encode(Happening(after.time_us, "sync", after.did, after.handle))

    def _commit(self, happening: Happening) -> dict[str, Any]:
        rev = rev_of(happening.time_us)
        commit = self.repositories.take(happening.did).commit(rev, happening.writes)
        body = {
            "repo": happening.did,
            "rev": rev,
            "since": commit.since,
            "commit": commit.cid,
            "blocks": car(commit.cid, commit.blocks),
            "ops": commit.ops,
            "blobs": [],
            "rebase": False,
            "tooBig": False,
        }
        if commit.previous_data is not None:
            body["prevData"] = commit.previous_data
        return body

    def _sync(self, happening: Happening) -> dict[str, Any]:
        head: Commit | None = self.repositories.take(happening.did).head
        if head is None:
            raise ValueError(f"{happening.did} has no commit to be synchronized to")
        blocks = {head.cid: head.blocks[head.cid]}
        return {"did": happening.did, "rev": head.rev, "blocks": car(head.cid, blocks)}

    def _account(self, happening: Happening) -> dict[str, Any]:
        body: dict[str, Any] = {"did": happening.did, "active": happening.status is None}
        if happening.status is not None:
            body["status"] = happening.status
        if happening.status == "deleted":
            self.repositories.drop(happening.did)
        return body

    def documents(self) -> list[dict[str, Any]]:
        """The DID documents of everybody so far, with which their signatures verify."""
        return [document(self._seed, did, handle) for did, handle in self._handles.items()]


_HEADERS = {
    kind: encode_dag_cbor({"op": 1, "t": f"#{kind}"})
    for kind in ("commit", "identity", "account", "sync")
}


def car(root: bytes, blocks: Mapping[bytes, bytes]) -> bytes:
    """A CAR v1 of these blocks, in this order."""
    header = encode_dag_cbor({"version": 1, "roots": [root]})
    parts = [_varint(len(header)), header]
    for cid, block in blocks.items():
        parts += (_varint(len(cid) + len(block)), cid, block)
    return b"".join(parts)


def _varint(number: int) -> bytes:
    head = b""
    while number > 127:
        head += bytes([number & 127 | 128])
        number >>= 7
    return head + bytes([number])


def document(seed: int, did: str, handle: str) -> dict[str, Any]:
    key = Repository(did, secret_of(seed, did)).key.public_key.format()
    return {
        "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"],
        "id": did,
        "alsoKnownAs": [f"at://{handle}"],
        "verificationMethod": [
            {
                "id": f"{did}#atproto",
                "type": "Multikey",
                "controller": did,
                # 0xe7 as a varint says that a compressed k256 key follows.
                "publicKeyMultibase": encode_multibase("z", b"\xe7\x01" + key),
            }
        ],
        "service": [
            {"id": "#atproto_pds", "type": "AtprotoPersonalDataServer", "serviceEndpoint": PDS}
        ],
    }
