"""Records with their proofs, as a PDS gives them: real ones pass, and every lie is seen."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import libipld
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from libipld import encode_dag_cbor

from indexer.protocol.car import read_car
from indexer.protocol.dagjson import block_of_json
from indexer.protocol.errors import Invalid
from indexer.protocol.identity import read_document
from indexer.protocol.json import json_text
from indexer.protocol.key import Key, parse_did_key
from indexer.protocol.proof import Proof, read_proof
from indexer.protocol.syntax import cid_text
from indexer.protocol.tree import walk
from load.encoding.frames import car, document
from load.encoding.mst import cid_of
from load.encoding.repository import Repository, secret_of
from load.world import Write

DID, OTHER = f"did:plc:{'a' * 24}", f"did:plc:{'b' * 24}"
REV = "3labcdefgh222"
NSID = "app.bsky.feed.post"
HERE, NOT_HERE = f"{NSID}/{40:06}", f"{NSID}/{41:06}x"
ORDER = 0xFFFFFFFF_FFFFFFFF_FFFFFFFF_FFFFFFFE_BAAEDCE6_AF48A03B_BFD25E8C_D0364141


def key_of(did: str) -> Key:
    return parse_did_key(read_document(document(1, did, "a.test"), did).signing_key or "")


def record(number: int) -> bytes:
    return encode_dag_cbor({"$type": NSID, "text": str(number)})


def repository(did: str = DID) -> Repository:
    made = Repository(did, secret_of(1, did))
    blocks = [(number, record(number)) for number in range(100)]
    made.commit(
        REV,
        [Write("create", NSID, f"{number:06}", block, cid_of(block)) for number, block in blocks],
    )
    return made


def parts_of(made: Repository, path: str) -> tuple[bytes, dict[bytes, bytes]]:
    """The root, and the blocks of a proof: the commit first, and the record last."""
    assert made.head is not None
    cid = made.tree.get(path.encode())
    commit = {made.head.cid: made.head.blocks[made.head.cid]}
    blocks = commit | made.tree.proof(path.encode())
    return made.head.cid, blocks | ({cid: made.head.blocks[cid]} if cid else {})


@pytest.fixture(scope="module")
def made() -> Repository:
    return repository()


def read(root: bytes, blocks: dict[bytes, bytes], path: str = HERE) -> Proof:
    return read_proof(car(root, blocks), DID, key_of(DID), path)


def test_a_record_that_is_there_is_proved(made: Repository) -> None:
    proof = read(*parts_of(made, HERE))
    assert (proof.head.rev, proof.cid, proof.block) == (REV, cid_of(record(40)), record(40))


def test_that_a_record_is_not_there_is_proved(made: Repository) -> None:
    assert read(*parts_of(made, NOT_HERE), NOT_HERE)[1:] == (None, b"")


def signed_anew(made: Repository, **fields: object) -> tuple[bytes, dict[bytes, bytes]]:
    """By the right key, though the commit says something else."""
    root, blocks = parts_of(made, HERE)
    commit = libipld.decode_dag_cbor(blocks.pop(root)) | fields
    del commit["sig"]
    block = encode_dag_cbor(commit | {"sig": made._signature(encode_dag_cbor(commit))})
    return cid_of(block), {cid_of(block): block, **blocks}


def with_signature(made: Repository, change: Callable[[bytes], bytes]) -> Any:
    root, blocks = parts_of(made, HERE)
    commit = libipld.decode_dag_cbor(blocks.pop(root))
    block = encode_dag_cbor(commit | {"sig": change(commit["sig"])})
    return cid_of(block), {cid_of(block): block, **blocks}


def high(signature: bytes) -> bytes:
    s = ORDER - int.from_bytes(signature[32:], "big")
    return signature[:32] + s.to_bytes(32, "big")


def without(made: Repository, at: int) -> Any:
    root, blocks = parts_of(made, HERE)
    left_out = list(blocks)[at]
    return root, {cid: block for cid, block in blocks.items() if cid != left_out}


def with_other_record(made: Repository) -> Any:
    root, blocks = parts_of(made, HERE)
    blocks[made.tree.get(HERE.encode()) or b""] = record(1)
    return root, blocks


def other_tree(made: Repository) -> Any:
    """The commit stays, and another repo's nodes stand below it."""
    root, blocks = parts_of(made, HERE)
    return root, {root: blocks[root], **parts_of(repository(OTHER), HERE)[1]}


LIES: dict[str, tuple[str, Callable[[Repository], Any]]] = {
    "the record is another": ("wrong_hash", with_other_record),
    "the record is left out": ("missing_block", lambda made: without(made, -1)),
    "the commit is left out": ("missing_block", lambda made: without(made, 0)),
    "the root of the tree is left out": ("missing_block", lambda made: without(made, 1)),
    "a node on the way is left out": ("missing_block", lambda made: without(made, 2)),
    "another account's repo": ("bad_commit", lambda _: parts_of(repository(OTHER), HERE)),
    "another account's commit, signed by this one": (
        "bad_commit",
        lambda made: signed_anew(made, did=OTHER),
    ),
    "an older version of the format": ("bad_commit", lambda made: signed_anew(made, version=2)),
    "a revision that is none": ("bad_commit", lambda made: signed_anew(made, rev="now")),
    "a tree that is none": ("bad_commit", lambda made: signed_anew(made, data=b"tree")),
    "a tree that is a record": (
        "bad_tree",
        lambda made: signed_anew(made, data=made.tree.get(HERE.encode())),
    ),
    "a changed signature": (
        "bad_signature",
        lambda made: with_signature(made, lambda sig: sig[:-1] + bytes([sig[-1] ^ 1])),
    ),
    "the other signature that fits": ("bad_signature", lambda made: with_signature(made, high)),
    "half a signature": ("bad_signature", lambda made: with_signature(made, lambda sig: sig[:32])),
}


@pytest.mark.parametrize("name", LIES)
def test_a_lie_is_seen(made: Repository, name: str) -> None:
    reason, tell = LIES[name]
    root, blocks = tell(made)
    assert refusal(lambda: read(root, blocks)) == reason


def test_another_repos_nodes_prove_nothing() -> None:
    made = Repository(DID, secret_of(1, DID))
    made.commit(REV, [Write("create", NSID, "1", record(1), cid_of(record(1)))])
    root, blocks = other_tree(made)
    assert refusal(lambda: read(root, blocks)) == "missing_block"


def test_another_key_has_not_signed_it(made: Repository) -> None:
    proof = car(*parts_of(made, HERE))
    assert refusal(lambda: read_proof(proof, DID, key_of(OTHER), HERE)) == "bad_signature"


def test_every_damaged_byte_is_seen(made: Repository) -> None:
    proof = car(*parts_of(made, HERE))
    for at in range(len(proof)):
        damaged = proof[:at] + bytes([proof[at] ^ 0x41]) + proof[at + 1 :]
        with pytest.raises(Invalid):
            read_proof(damaged, DID, key_of(DID), HERE)


def refusal(do: Callable[[], object]) -> str:
    with pytest.raises(Invalid) as caught:
        do()
    return caught.value.reason


def test_the_devnets_records_are_proved_by_what_their_pds_has(corpus: Path) -> None:
    """In every repo the first record, by all of its blocks, and with another account's key not."""
    last: Key | None = None
    for file in sorted((corpus / "devnet" / "cars").glob("*.car"))[:40]:
        did, data = file.stem.replace("_", ":"), file.read_bytes()
        said = json.loads((corpus / "devnet" / "plc" / f"{file.stem}.json").read_text())
        key = parse_did_key(read_document(said, did).signing_key or "")
        for path, cid, block in some_records(data):
            assert read_proof(data, did, key, path)[1:] == (cid, block)
            if last is not None and last != key:
                wrong = last
                assert refusal(lambda: read_proof(data, did, wrong, path)) == "bad_signature"  # noqa: B023
        last = key


def test_the_devnets_records_come_out_of_json_as_they_were(corpus: Path) -> None:
    count = 0
    for file in sorted((corpus / "devnet" / "cars").glob("*.car")):
        for _, cid, block in some_records(file.read_bytes(), most=100):
            text = json_text(libipld.decode_dag_cbor(block), block)
            assert block_of_json(json.loads(text), cid_text(cid)) == block
            count += 1
    assert count > 1000


def some_records(data: bytes, most: int = 1) -> Iterator[tuple[str, bytes, bytes]]:
    roots, blocks = read_car(data)
    tree = libipld.decode_dag_cbor(blocks[roots[0]])["data"]
    for at, (path, cid) in enumerate(walk(tree, blocks.get)):
        if at < most:
            yield path, cid, blocks[cid]


@pytest.mark.parametrize(
    "value",
    [
        {"text": 1.5},
        {"text": 1 << 64},
        {"a": {"$link": "bafy"}},
        {"a": {"$bytes": "!"}},
        {"a": {"$bytes": "\u00e9"}},
        {"a": "\ud800"},
        {"\ud800": 1},
        {"$type": NSID, "text": "another"},
    ],
    ids=ascii,
)
def test_json_that_is_not_what_its_cid_says_is_refused(value: object) -> None:
    assert refusal(lambda: block_of_json(value, cid_text(cid_of(record(1))))) in (
        "bad_record",
        "wrong_hash",
    )


Json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()),
    lambda inner: (
        st.lists(inner)
        | st.dictionaries(st.sampled_from(["$link", "$bytes", "a"]) | st.text(), inner)
    ),
)


@given(Json)
@settings(max_examples=50)
def test_no_json_raises_anything_but_invalid(value: object) -> None:
    with pytest.raises(Invalid):
        block_of_json(value, "bafy")


def test_json_without_end_is_refused() -> None:
    value: object = {}
    for _ in range(100):
        value = {"a": value}
    assert refusal(lambda: block_of_json(value, "")) == "bad_record"
