"""Trees have the roots, layers and proofs that other implementations give them."""

import json
import random
from pathlib import Path
from typing import Any

import libipld
import pytest

from load.encoding.mst import Tree, layer_of, shared_prefix

LEAF = libipld.decode_multibase("bafyreie5cvv4h45feadgeuwhbcutmh6t2ceseocckahdoe6uat64zmz454")[1]


def vectors(corpus: Path, name: str) -> Any:
    return json.loads((corpus / "interop" / name).read_text())


def tree_of(keys: list[str], value: bytes = b"") -> Tree:
    tree = Tree()
    for key in keys:
        tree = tree.put(key.encode(), value)
    tree.write()
    return tree


def root(tree: Tree) -> str:
    tree.write()
    return libipld.encode_cid(tree.root.cid)


def test_layers_are_those_of_the_vectors(corpus: Path) -> None:
    for vector in vectors(corpus, "mst/key_heights.json"):
        assert layer_of(vector["key"].encode()) == vector["height"]


def test_shared_prefixes_are_those_of_the_vectors(corpus: Path) -> None:
    for vector in vectors(corpus, "mst/common_prefix.json"):
        left, right = vector["left"].encode(), vector["right"].encode()
        assert shared_prefix(left, right) == vector["len"]


def test_commits_have_the_roots_and_proofs_of_the_vectors(corpus: Path) -> None:
    for vector in vectors(corpus, "firehose/commit-proof-fixtures.json"):
        before = tree_of(vector["keys"], LEAF)
        assert root(before) == vector["rootBeforeCommit"]
        after = before
        for key in vector["adds"]:
            after = after.put(key.encode(), LEAF)
        for key in vector["dels"]:
            after = after.remove(key.encode())
        assert root(after) == vector["rootAfterCommit"]
        proofs = [after.proof(key.encode()) for key in vector["adds"] + vector["dels"]]
        sent = {libipld.encode_cid(cid) for proof in proofs for cid in proof}
        assert sent == set(vector["blocksInProof"]), vector["comment"]


def test_repositories_rebuilt_from_their_records_have_the_same_root(corpus: Path) -> None:
    for car in sorted((corpus / "devnet" / "cars").glob("*.car")):
        header, blocks = libipld.decode_car(car.read_bytes())
        data = blocks[header["roots"][0]]["data"]
        tree = Tree()
        for key, value in records_of(blocks, data):
            tree = tree.put(key, value)
        tree.write()
        assert tree.root.cid == data, car.name


def records_of(blocks: dict[bytes, Any], node: bytes | None) -> list[tuple[bytes, bytes]]:
    if node is None:
        return []
    found = records_of(blocks, blocks[node]["l"])
    key = b""
    for entry in blocks[node]["e"]:
        key = key[: entry["p"]] + entry["k"]
        found.append((key, entry["v"]))
        found += records_of(blocks, entry["t"])
    return found


def test_the_shape_does_not_remember_the_order_of_changes() -> None:
    keys = [f"app.bsky.feed.post/{number:06}" for number in range(500)]
    want = root(tree_of(keys, LEAF))
    for seed in range(3):
        shuffled = random.Random(seed).sample(keys, len(keys))
        extra = [f"app.bsky.feed.like/{number:06}" for number in range(100)]
        tree = tree_of(shuffled + extra, LEAF)
        for key in extra:
            tree = tree.remove(key.encode())
        assert root(tree) == want


def test_taking_everything_away_leaves_the_empty_tree() -> None:
    keys = [f"a/{number}" for number in range(50)]
    tree = tree_of(keys)
    for key in keys:
        tree = tree.remove(key.encode())
    assert root(tree) == root(Tree())


def test_a_change_leaves_the_older_tree_whole() -> None:
    older = tree_of([f"a/{number}" for number in range(50)])
    before = list(older.items())
    older.put(b"a/5", LEAF).put(b"b/1", LEAF).remove(b"a/7")
    assert list(older.items()) == before
    assert older.get(b"a/5") == b""
    assert older.get(b"b/1") is None


def test_only_new_nodes_are_written() -> None:
    older = tree_of([f"a/{number}" for number in range(200)])
    newer = older.put(b"a/42", LEAF)
    path = newer.write()
    assert 1 <= len(path) <= newer.height + 1
    assert not newer.write()


def test_removing_what_is_not_there_is_an_error() -> None:
    tree = tree_of([f"a/{number}" for number in range(20)])
    for key in (b"a/20", b"b", b"app.bsky.feed.post/9adeb165882c"):
        with pytest.raises(KeyError):
            tree.remove(key)
