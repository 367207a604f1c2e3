"""Trees of repos, and proofs out of them: the good ones read, and each kind of tampering seen."""

import csv
import json
import random
from collections.abc import Callable
from pathlib import Path

import libipld
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from libipld import encode_dag_cbor

from indexer.protocol.car import read_car
from indexer.protocol.errors import Invalid
from indexer.protocol.proof import read_head
from indexer.protocol.syntax import cid_text
from indexer.protocol.tree import Entry, Node, layer_of, prove, read_node, walk, write_node
from load.encoding.mst import Tree, cid_of

RECORD = cid_of(b"\xa0")
Blocks = dict[bytes, bytes]


def path(number: int) -> str:
    return f"app.bsky.feed.{'like' if number % 3 else 'post'}/{number:06}"


def tree_of(paths: list[str]) -> tuple[bytes, Blocks]:
    tree = Tree()
    for one in paths:
        tree = tree.put(one.encode(), RECORD)
    blocks = tree.write()
    return tree.root.cid, blocks


@pytest.fixture(scope="module")
def made() -> tuple[bytes, Blocks]:
    return tree_of([path(number) for number in range(300)])


@given(st.lists(st.integers(0, 10**6), max_size=60), st.integers(0, 10**6))
@settings(max_examples=60)
def test_a_tree_says_what_was_put_into_it(numbers: list[int], other: int) -> None:
    paths = sorted({path(number) for number in numbers})
    root, blocks = tree_of(paths)
    assert list(walk(root, blocks.get)) == [(one, RECORD) for one in paths]
    for one in [*paths, path(other)]:
        assert prove(root, one, blocks.get) == (RECORD if one in paths else None)


@given(st.sets(st.integers(0, 10**6), min_size=1, max_size=60), st.integers(0, 10**6))
@settings(max_examples=60)
def test_the_nodes_on_the_way_to_a_place_are_enough(numbers: set[int], other: int) -> None:
    tree = Tree()
    for number in numbers:
        tree = tree.put(path(number).encode(), RECORD)
    tree.write()
    for number in (*list(numbers)[:3], other):
        proof = tree.proof(path(number).encode())
        assert prove(tree.root.cid, path(number), proof.get) == (
            RECORD if number in numbers else None
        )


def test_the_tree_of_an_empty_repo_has_nothing_in_it() -> None:
    root, blocks = tree_of([])
    assert list(walk(root, blocks.get)) == []
    assert prove(root, path(1), blocks.get) is None


def test_a_key_that_is_no_path_does_not_hide_the_others() -> None:
    root, blocks = tree_of(["no path", path(1)])
    assert [one for one, _ in walk(root, blocks.get)] == [path(1), "no path"]


def test_every_node_is_missed(made: tuple[bytes, Blocks]) -> None:
    root, blocks = made
    for cid in blocks:
        rest = {other: block for other, block in blocks.items() if other != cid}
        assert refusal(lambda rest=rest: list(walk(root, rest.get))) == "missing_block"  # type: ignore[misc]


def keys_of_layer(layer: int, count: int) -> list[bytes]:
    numbers = (path(number).encode() for number in range(10**6))
    found = (key for key in numbers if layer_of(key) == layer)
    return sorted(next(found) for _ in range(count))


def node(*entries: tuple[int, bytes, bytes | None], left: bytes | None = None) -> bytes:
    made = [{"p": p, "k": k, "v": Cid(RECORD), "t": t and Cid(t)} for p, k, t in entries]
    return encode_node({"e": made, "l": left and Cid(left)})


class Cid(bytes):
    """To be written as a link."""


def encode_node(value: object) -> bytes:
    match value:
        case Cid():
            return b"\xd8\x2a\x58" + bytes([len(value) + 1]) + b"\0" + value
        case dict():
            items = sorted(value.items())
            inner = b"".join(encode_dag_cbor(k) + encode_node(v) for k, v in items)
            return bytes([0xA0 + len(value)]) + inner
        case list():
            return bytes([0x80 + len(value)]) + b"".join(map(encode_node, value))
    encoded: bytes = encode_dag_cbor(value)
    return encoded


A, B = keys_of_layer(0, 2)
HIGH = keys_of_layer(1, 1)[0]
SHARED = len(A) - 1 if A[:-1] == B[:-1] else next(i for i in range(len(A)) if A[i] != B[i])
LEAF, ABOVE = node((0, A, None)), node((0, HIGH, None))
BEHIND = node((0, next(key for key in reversed(keys_of_layer(0, 400)) if key > HIGH), None))
EMPTY = node()
BAD_TREES: dict[str, tuple[bytes, list[bytes]]] = {
    "keys out of order": (node((0, B, None), (SHARED, A[SHARED:], None)), []),
    "a key twice": (node((0, A, None), (len(A), b"", None)), []),
    "a prefix that is too short": (node((0, A, None), (0, B, None)), []),
    "a prefix longer than the key before": (node((0, A, None), (len(A) + 1, b"x", None)), []),
    "a first key with a prefix": (node((1, A[1:], None)), []),
    "a key in a layer that is not its own": (node((0, A, None), (SHARED, HIGH[SHARED:], None)), []),
    "a node below the lowest layer": (node((0, A, cid_of(LEAF))), [LEAF]),
    "a subtree of another layer": (node((0, HIGH, cid_of(ABOVE))), [ABOVE]),
    "a subtree on the wrong side": (node((0, HIGH, None), left=cid_of(BEHIND)), [BEHIND]),
    "an empty node": (node((0, HIGH, cid_of(EMPTY))), [EMPTY]),
    "a root above a single node": (node(left=cid_of(LEAF)), [LEAF]),
    "a key longer than any path": (node((0, b"x" * 1025, None)), []),
    "a value that is no block": (LEAF.replace(RECORD, b"\x01\x55" + RECORD[2:]), []),
    "a key without a record": (LEAF.replace(encode_node(Cid(RECORD)), b"\xf6"), []),
    "a node in two pieces": (LEAF + b"\xf6", []),
    "a node that ends early": (LEAF[:-1], []),
    "a node of other fields": (LEAF.replace(b"\x61l", b"\x61m"), []),
    "a length in more bytes than it needs": (b"\xa2\x61e\x98\x01" + LEAF[4:], []),
    "more entries than there are": (b"\xa2\x61e\x99\xff\xff" + LEAF[4:], []),
    "an endless node": (b"\xa2\x61e\x9f" + LEAF[4:], []),
    "no node": (b"\xa0", []),
    "nothing": (b"", []),
}


@pytest.mark.parametrize("name", BAD_TREES)
def test_a_tree_that_its_keys_would_not_make_is_refused(name: str) -> None:
    root, others = BAD_TREES[name]
    blocks = {cid_of(block): block for block in (root, *others)}
    assert refusal(lambda: list(walk(cid_of(root), blocks.get))) == "bad_tree"


def test_a_few_bytes_that_spell_long_keys_are_refused_before_they_fill_memory() -> None:
    keys = [b"x" * 60_000 + b"%06d" % number for number in range(500)]
    block = write_node(Node(None, tuple(Entry(key, RECORD, None) for key in keys)))
    assert len(block) < 1_000_000
    assert refusal(lambda: read_node(block)) == "bad_tree"


def test_damaged_nodes_are_refused_or_are_other_nodes(made: tuple[bytes, Blocks]) -> None:
    chance = random.Random(5)
    for block in made[1].values():
        for _ in range(20):
            at = chance.randrange(len(block))
            damaged = block[:at] + bytes([block[at] ^ 1 << chance.randrange(8)]) + block[at + 1 :]
            try:
                assert read_node(damaged) != read_node(block)
            except Invalid as error:
                assert error.reason == "bad_tree"


def refusal(do: Callable[[], object]) -> str:
    with pytest.raises(Invalid) as caught:
        do()
    return caught.value.reason


def test_real_repos_have_the_records_that_others_found(corpus: Path) -> None:
    roots, blocks = read_car((corpus / "relay" / "repo.car").read_bytes())
    with (corpus / "relay" / "car_expected_records.tsv").open() as file:
        expected = [(row[0], row[1]) for row in csv.reader(file, delimiter="\t")]
    did = did_of(blocks[roots[0]])
    found = walk(read_head(blocks[roots[0]], did).data, blocks.get)
    assert [(one, cid_text(cid)) for one, cid in found] == sorted(expected)


def test_the_devnets_repos_are_whole(corpus: Path) -> None:
    for car in sorted((corpus / "devnet" / "cars").glob("*.car")):
        roots, blocks = read_car(car.read_bytes())
        head = read_head(blocks[roots[0]], did_of(blocks[roots[0]]))
        found = list(walk(head.data, blocks.get))
        assert {cid for _, cid in found} <= blocks.keys()
        assert all(prove(head.data, one, blocks.get) == cid for one, cid in found)


def test_the_vectors_proofs_show_what_came_and_what_went(corpus: Path) -> None:
    vectors = json.loads((corpus / "interop/firehose/commit-proof-fixtures.json").read_text())
    for vector in vectors:
        leaf = libipld.decode_multibase(vector["leafValue"])[1]
        tree = Tree()
        for key in {*vector["keys"], *vector["adds"]} - set(vector["dels"]):
            tree = tree.put(key.encode(), leaf)
        sent = set(vector["blocksInProof"])
        blocks = {cid: block for cid, block in tree.write().items() if cid_text(cid) in sent}
        root = libipld.decode_multibase(vector["rootAfterCommit"])[1]
        assert all(prove(root, key, blocks.get) == leaf for key in vector["adds"])
        assert all(prove(root, key, blocks.get) is None for key in vector["dels"])


def did_of(commit: bytes) -> str:
    did: str = libipld.decode_dag_cbor(commit)["did"]
    return did
