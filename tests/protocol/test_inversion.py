"""A commit's changes are undone on the few nodes that come with it, and give the tree before."""

import json
from base64 import b64decode
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import libipld
import orjson
import pytest
from backports import zstd
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.protocol.car import read_car
from indexer.protocol.errors import Invalid
from indexer.protocol.identity import read_document
from indexer.protocol.inversion import Change, invert
from indexer.protocol.key import parse_did_key
from indexer.protocol.proof import read_head
from indexer.protocol.signature import verify_commit
from indexer.protocol.syntax import cid_text
from indexer.protocol.tree import Entry, Node, layer_of, prove, read_node, walk, write_node
from load.capture import read_capture
from load.encoding.mst import Tree, cid_of
from load.generate import generate

ONE, TWO, THREE = (cid_of(bytes((number,))) for number in range(3))
Blocks = dict[bytes, bytes]
Paths = dict[str, bytes]


class Step(NamedTuple):
    """A commit: what it changed, the trees before and after, and what came with it."""

    before: bytes
    after: bytes
    changes: list[Change]
    blocks: Blocks


def path(number: int) -> str:
    return f"app.bsky.feed.{'like' if number % 3 else 'post'}/{number:06}"


def tree_of(records: Paths) -> Tree:
    tree = Tree()
    for one, cid in records.items():
        tree = tree.put(one.encode(), cid)
    tree.write()
    return tree


def changes_between(before: Paths, after: Paths) -> list[Change]:
    every = {one: (before.get(one), after.get(one)) for one in {**before, **after}}
    return [Change(one, old, new) for one, (old, new) in every.items() if old != new]


def step(before: Paths, after: Paths) -> Step:
    """With the nodes on the ways to what changed and to its neighbours, as a PDS sends them."""
    changes, tree = changes_between(before, after), tree_of(after)
    blocks: Blocks = {tree.root.cid: tree.root.block}
    for change in changes:
        blocks |= tree.proof(change.path.encode())
    return Step(tree_of(before).root.cid, tree.root.cid, changes, blocks)


def inverted(one: Step) -> bytes:
    return invert(one.after, one.changes, one.blocks.get)


Records = st.dictionaries(st.integers(0, 400).map(path), st.sampled_from([ONE, TWO]), max_size=80)


@given(Records, Records)
@settings(max_examples=60)
def test_any_tree_leads_back_to_any_other(before: Paths, after: Paths) -> None:
    tree = tree_of(after)
    blocks = whole(tree)
    changes = changes_between(before, after)
    assert invert(tree.root.cid, changes, blocks.get) == tree_of(before).root.cid


@given(Records, st.integers(0, 400).map(path), st.sampled_from([ONE, THREE, None]))
@settings(max_examples=150)
def test_one_change_is_undone_on_the_nodes_around_it(
    before: Paths, at: str, cid: bytes | None
) -> None:
    after = {one: old for one, old in before.items() if one != at} | ({at: cid} if cid else {})
    made = step(before, after)
    assert inverted(made) == made.before


def whole(tree: Tree) -> Blocks:
    blocks: Blocks = {tree.root.cid: tree.root.block}
    for key, _ in tree.items():
        blocks |= tree.proof(key)
    return blocks


@given(Records)
@settings(max_examples=30)
def test_a_node_is_written_as_it_was_read(records: Paths) -> None:
    assert all(write_node(read_node(block)) == block for block in whole(tree_of(records)).values())


@pytest.mark.parametrize("size", [1, 20, 30, 300, 1024])
def test_a_key_of_any_length_is_written_as_it_was_read(size: int) -> None:
    node = Node(None, (Entry(b"x" * size, ONE, TWO), Entry(b"x" * (size - 1) + b"y", ONE, None)))
    assert read_node(write_node(node)) == node


def test_a_change_of_a_path_that_is_too_long_is_refused(made: Step) -> None:
    assert outcome(made._replace(changes=[Change("x" * 1025, ONE, None)])) == "bad_tree"


BASE = {path(number): ONE for number in range(300)}
TALLEST = max(BASE, key=lambda one: layer_of(one.encode()))
NEW = path(100_000)


@pytest.fixture(scope="module")
def made() -> Step:
    """Something new, something changed, something gone, and the root's only key among it."""
    after = {one: cid for one, cid in BASE.items() if one not in (TALLEST, path(7))}
    return step(BASE, after | {NEW: TWO, path(8): THREE})


def test_a_commit_of_every_kind_of_change_is_undone(made: Step) -> None:
    assert inverted(made) == made.before


def test_a_first_commit_leads_back_to_nothing() -> None:
    made = step({}, BASE)
    assert inverted(made) == made.before == cid_of(Tree().root.encode())


def test_a_commit_without_changes_leaves_its_tree(made: Step) -> None:
    assert invert(made.after, [], made.blocks.get) == made.after


def test_every_change_left_out_is_seen(made: Step) -> None:
    for at in range(len(made.changes)):
        rest = made.changes[:at] + made.changes[at + 1 :]
        assert outcome(made._replace(changes=rest)) != made.before


LIES: dict[str, Change] = {
    "a creation of what is not there": Change(path(200_000), None, ONE),
    "a creation of what is there otherwise": Change(path(9), None, TWO),
    "a change of what is not there": Change(path(200_000), ONE, TWO),
    "a change to what is not there": Change(path(9), THREE, TWO),
    "a deletion of what is there": Change(path(9), ONE, None),
    "a change in a layer above the root": Change(TALLEST, None, ONE),
}


@pytest.mark.parametrize("name", LIES)
def test_a_change_that_the_tree_does_not_bear_out_is_refused(name: str) -> None:
    lie = LIES[name]
    tree = tree_of({one: cid for one, cid in BASE.items() if one != TALLEST})
    made = Step(b"", tree.root.cid, [lie], whole(tree))
    assert outcome(made) == "bad_tree"


def test_a_change_of_nothing_to_nothing_is_refused(made: Step) -> None:
    assert outcome(made._replace(changes=[Change(path(9), None, None)])) == "bad_op"


def test_a_record_that_had_another_cid_leads_elsewhere(made: Step) -> None:
    lying = [one._replace(before=TWO) if one.before else one for one in made.changes]
    assert outcome(made._replace(changes=lying)) != made.before


def test_a_node_that_is_needed_is_missed_and_never_made_up() -> None:
    """Some nodes beside those that changed are sent without need."""
    after = {one: cid for one, cid in BASE.items() if one != path(7)} | {NEW: TWO}
    made = step(BASE, after)
    seen = set()
    for cid in made.blocks:
        rest = {other: block for other, block in made.blocks.items() if other != cid}
        seen.add(outcome(made._replace(blocks=rest)))
    assert seen <= {"missing_block", made.before}
    assert "missing_block" in seen


def test_a_damaged_node_is_refused_or_leads_elsewhere(made: Step) -> None:
    """Blocks are hashed before; this is what stands behind that."""
    needed = {cid for cid in made.blocks if without(made, cid) == "missing_block"}
    for cid in needed:
        block = made.blocks[cid]
        for at in range(0, len(block), 7):
            damaged = block[:at] + bytes((block[at] ^ 1,)) + block[at + 1 :]
            assert outcome(made._replace(blocks={**made.blocks, cid: damaged})) != made.before


def without(made: Step, cid: bytes) -> bytes | str:
    return outcome(made._replace(blocks={k: v for k, v in made.blocks.items() if k != cid}))


def outcome(made: Step) -> bytes | str:
    """The tree before, or why there is none."""
    try:
        return inverted(made)
    except Invalid as error:
        return error.reason


@given(st.data())
@settings(max_examples=100)
def test_no_bytes_raise_anything_but_invalid(made: Step, data: st.DataObject) -> None:
    """Whatever stands where nodes belong: mostly nodes of this very tree."""
    nodes = st.sampled_from(list(made.blocks.values())) | st.binary(max_size=60)
    blocks = dict(made.blocks)
    for cid in data.draw(st.lists(st.sampled_from(list(blocks)), min_size=1, max_size=3)):
        blocks[cid] = data.draw(nodes)
    for read in (
        lambda: outcome(made._replace(blocks=blocks)),
        lambda: list(walk(made.after, blocks.get)),
        lambda: prove(made.after, NEW, blocks.get),
    ):
        try:
            read()
        except Invalid as error:
            assert error.reason in ("bad_tree", "missing_block")


def steps(frames: Iterable[bytes]) -> Iterator[tuple[str, bytes, Step]]:
    """Accounts, their signed commits, and what these changed."""
    empty = cid_of(Tree().root.encode())
    for frame in frames:
        header, body = libipld.decode_dag_cbor_multi(frame)
        if header["t"] == "#commit":
            (root, *_), blocks = read_car(body["blocks"])
            data = read_head(blocks[root], body["repo"]).data
            changes = [Change(op["path"], op.get("prev"), op["cid"]) for op in body["ops"]]
            made = Step(body.get("prevData") or empty, data, changes, blocks)
            yield body["repo"], blocks[root], made


def count_undone(frames: Iterable[bytes]) -> int:
    count = 0
    for _, _, made in steps(frames):
        assert inverted(made) == made.before
        count += 1
    return count


def test_every_commit_of_a_made_world_is_undone() -> None:
    assert count_undone(frame for _, frame in generate(seed=7, commits=300)) == 300


def test_every_commit_of_a_relay_is_signed_and_undone(corpus: Path) -> None:
    documents = orjson.loads(zstd.decompress((corpus / "relay/did_docs.json.zst").read_bytes()))
    keys = {did: read_document(value, did).signing_key for did, value in documents.items()}
    count = 0
    for did, block, made in steps(frames_of(corpus / "relay/frames.cborseq.zst")):
        assert verify_commit(block, parse_did_key(keys[did] or ""))
        assert inverted(made) == made.before
        count += 1
    assert count == 148


def test_every_commit_of_a_small_network_is_undone(corpus: Path) -> None:
    assert count_undone(frames_of(corpus / "devnet/frames.cborseq.zst")) == 3591


def frames_of(capture: Path) -> Iterator[bytes]:
    return (frame for _, frame in read_capture(capture))


def test_the_vectors_are_undone_on_the_blocks_that_they_name(corpus: Path) -> None:
    vectors = json.loads((corpus / "interop/firehose/commit-proof-fixtures.json").read_text())
    for vector in vectors:
        leaf, before, after = (
            libipld.decode_multibase(vector[name])[1]
            for name in ("leafValue", "rootBeforeCommit", "rootAfterCommit")
        )
        keys = {*vector["keys"], *vector["adds"]} - set(vector["dels"])
        tree, sent = tree_of(dict.fromkeys(keys, leaf)), set(vector["blocksInProof"])
        blocks = {cid: block for cid, block in whole(tree).items() if cid_text(cid) in sent}
        changes = [Change(one, None, leaf) for one in vector["adds"]]
        changes += [Change(one, leaf, None) for one in vector["dels"]]
        made = Step(before, after, changes, blocks)
        assert inverted(made) == before, vector["comment"]
        assert after == tree.root.cid


def test_older_commits_prove_their_records_and_cannot_be_undone(corpus: Path) -> None:
    """They are of a time when a commit did not bring the nodes beside those that it changed."""
    for file in sorted((corpus / "interop/firehose").glob("firehose_commit_*.json")):
        body = json.loads(file.read_text())
        (root, *_), blocks = read_car(b64decode(body["blocks"]["$bytes"] + "=="))
        data = read_head(blocks[root], body["repo"]).data
        cids = {op["path"]: libipld.decode_multibase(op["cid"]["$link"])[1] for op in body["ops"]}
        assert all(prove(data, one, blocks.get) == cid for one, cid in cids.items())
        changes = [Change(one, None, cid) for one, cid in cids.items()]
        assert outcome(Step(b"", data, changes, blocks)) == "missing_block"
