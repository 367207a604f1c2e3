"""Generated frames are what the network would send: signed, proven, numbered, in canonical form."""

from collections import Counter
from hashlib import sha256
from pathlib import Path
from typing import Any

import cbor2
import libipld
import pytest
from coincurve import PublicKey
from coincurve.ecdsa import cdata_to_der, deserialize_compact, signature_normalize

from load.capture import read_capture
from load.encoding.frames import Encoder
from load.encoding.mst import Node, Tree, layer_of
from load.encoding.repository import with_signature
from load.generate import generate

Body = dict[str, Any]


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return Encoder(seed=1)


@pytest.fixture(scope="module")
def frames(encoder: Encoder) -> list[bytes]:
    return [frame for _, frame in generate(seed=1, commits=600, encoder=encoder)]


@pytest.fixture(scope="module")
def bodies(frames: list[bytes]) -> list[tuple[str, Body]]:
    return [split(frame) for frame in frames]


@pytest.fixture(scope="module")
def commits(bodies: list[tuple[str, Body]]) -> list[Body]:
    return [body for kind, body in bodies if kind == "#commit"]


def split(frame: bytes) -> tuple[str, Body]:
    header, body = libipld.decode_dag_cbor_multi(frame)
    assert header["op"] == 1
    return header["t"], body


def blocks_of(body: Body) -> tuple[bytes, dict[bytes, Any]]:
    header, blocks = libipld.decode_car(body["blocks"])
    return header["roots"][0], blocks


def test_numbers_have_no_gap_and_times_never_go_back(bodies: list[tuple[str, Body]]) -> None:
    assert [body["seq"] for _, body in bodies] == list(range(1, len(bodies) + 1))
    times = [body["time"] for _, body in bodies]
    assert times == sorted(times)


def test_a_new_account_comes_as_identity_account_commit_sync(
    bodies: list[tuple[str, Body]],
) -> None:
    first: dict[str, list[str]] = {}
    for kind, body in bodies:
        first.setdefault(body.get("did") or body["repo"], []).append(kind)
    assert {tuple(kinds[:4]) for kinds in first.values()} == {
        ("#identity", "#account", "#commit", "#sync")
    }


def test_frames_are_canonical(frames: list[bytes]) -> None:
    for frame in frames:
        parts = libipld.decode_dag_cbor_multi(frame)
        assert b"".join(libipld.encode_dag_cbor(part) for part in parts) == frame
        kind, body = split(frame)
        if kind == "#commit":
            for block in raw_blocks(body["blocks"]).values():
                assert cbor2.dumps(cbor2.loads(block), canonical=True) == block


def raw_blocks(data: bytes) -> dict[bytes, bytes]:
    """The blocks of a CAR undecoded, cut out by what a CAR says about their lengths."""
    blocks = {}
    position = 0
    while position < len(data):
        length = shift = 0
        while True:
            byte = data[position]
            position += 1
            length |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                break
        section = data[position : position + length]
        position += length
        if section.startswith(b"\x01\x71\x12\x20"):
            blocks[section[:36]] = section[36:]
    return blocks


def test_every_block_has_the_hash_that_its_cid_says(commits: list[Body]) -> None:
    for body in commits:
        for cid, block in raw_blocks(body["blocks"]).items():
            assert cid[4:] == sha256(block).digest()


def test_every_commit_says_what_its_frame_says(commits: list[Body]) -> None:
    for body in commits:
        root, blocks = blocks_of(body)
        commit = blocks[root]
        assert root == body["commit"]
        said = (commit["did"], commit["rev"], commit["version"], commit["prev"])
        assert said == (body["repo"], body["rev"], 3, None)
        assert (body["tooBig"], body["rebase"], body["blobs"]) == (False, False, [])


def test_every_signature_verifies_with_the_key_in_the_document(
    commits: list[Body], encoder: Encoder
) -> None:
    keys = {document["id"]: key_in(document) for document in encoder.documents()}
    for body in commits:
        root, blocks = blocks_of(body)
        unsigned = {name: value for name, value in blocks[root].items() if name != "sig"}
        signature = deserialize_compact(blocks[root]["sig"])
        was_high, _ = signature_normalize(signature)
        assert not was_high
        message = libipld.encode_dag_cbor(unsigned)
        assert keys[body["repo"]].verify(cdata_to_der(signature), message)


def test_a_signature_that_looks_like_a_cid_is_bytes() -> None:
    commit, signature = {"did": "did:plc:a", "rev": "3a", "data": b"d"}, b"\x01" + bytes(63)
    at = len(libipld.encode_dag_cbor({"did": "did:plc:a", "rev": "3a"}))
    block = with_signature(libipld.encode_dag_cbor(commit), signature, at)
    assert block == cbor2.dumps(commit | {"sig": signature}, canonical=True)


def key_in(document: dict[str, Any]) -> PublicKey:
    _, key = libipld.decode_multibase(document["verificationMethod"][0]["publicKeyMultibase"])
    assert key[:2] == b"\xe7\x01"
    return PublicKey(key[2:])


def test_every_commit_follows_from_the_one_before(commits: list[Body]) -> None:
    last: dict[str, tuple[str, bytes]] = {}
    for body in commits:
        root, blocks = blocks_of(body)
        before = last.get(body["repo"])
        assert (body["since"], body.get("prevData")) == (before or (None, None))
        assert before is None or body["rev"] > before[0]
        last[body["repo"]] = body["rev"], blocks[root]["data"]


def test_ops_say_what_they_replace(commits: list[Body]) -> None:
    live: dict[tuple[str, str], bytes] = {}
    seen: Counter[str] = Counter()
    for body in commits:
        for op in body["ops"]:
            key = body["repo"], op["path"]
            assert op.get("prev") == live.pop(key, None)
            assert ("prev" in op) == (op["action"] != "create")
            assert (op["cid"] is None) == (op["action"] == "delete")
            if op["cid"]:
                live[key] = op["cid"]
            seen[op["action"]] += 1
    assert set(seen) == {"create", "update", "delete"}


def test_taking_the_ops_back_gives_the_tree_before(commits: list[Body]) -> None:
    for body in commits:
        assert taken_back(body) == body.get("prevData", taken_back(body))


def test_what_real_relays_send_can_be_taken_back_the_same_way(corpus: Path) -> None:
    for _, frame in read_capture(corpus / "relay" / "frames.cborseq.zst"):
        kind, body = split(frame)
        if kind == "#commit":
            assert taken_back(body) == body["prevData"]


def taken_back(body: Body) -> bytes:
    """The root of the tree without these ops, by nothing but the blocks in the frame."""
    root, blocks = blocks_of(body)
    node = partial(blocks, blocks[root]["data"])
    tree = Tree(node, layer_of(node.keys[0]) if node.keys else 0)
    for op in reversed(body["ops"]):
        key = op["path"].encode()
        assert tree.get(key) == op["cid"]
        tree = tree.put(key, op["prev"]) if op.get("prev") else tree.remove(key)
    tree.write()
    return tree.root.cid


def partial(blocks: dict[bytes, Any], cid: bytes) -> Node:
    """A node whose children may be unknown: then they have a CID, and looking into them fails."""
    if cid not in blocks:
        return Node((), (), (), cid)
    keys: list[bytes] = []
    for entry in blocks[cid]["e"]:
        keys.append((keys[-1][: entry["p"]] if keys else b"") + entry["k"])
    links = [blocks[cid]["l"], *(entry["t"] for entry in blocks[cid]["e"])]
    children = tuple(link and partial(blocks, link) for link in links)
    values = tuple(entry["v"] for entry in blocks[cid]["e"])
    return Node(tuple(keys), values, children, cid, b"unread")


def test_a_sync_repeats_the_commit_it_stands_for(bodies: list[tuple[str, Body]]) -> None:
    heads: dict[str, Body] = {}
    for kind, body in bodies:
        if kind == "#commit":
            heads[body["repo"]] = body
        elif kind == "#sync":
            root, blocks = blocks_of(body)
            assert root == heads[body["did"]]["commit"]
            assert blocks[root]["rev"] == body["rev"]
            assert len(blocks) == 1


def test_nobody_commits_after_leaving(bodies: list[tuple[str, Body]]) -> None:
    gone: set[str] = set()
    statuses = set()
    for kind, body in bodies:
        did = body.get("did") or body["repo"]
        if kind == "#account":
            gone.discard(did)
            if not body["active"]:
                gone.add(did)
                statuses.add(body["status"])
        assert kind != "#commit" or did not in gone
    assert statuses == {"deactivated", "deleted"}
